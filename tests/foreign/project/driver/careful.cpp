// SPDX-License-Identifier: Apache-2.0
// A goto past an initialization in the same file as a __try: Microsoft's compiler takes it, and clang fails when it
// is also to guard single instructions.
extern "C" {  // as some do for all of Windows' headers
#include <ntddk.h>
#include <fwpsk.h>
#include <fwpmk.h>
#include <mstcpip.h>
#include <netioapi.h>
#include <traceloggingprovider.h>
}

#include "..\shared\contract.h"
#include "careful.tmh"  // trace functions that the project file tells of

#ifdef ONLY_MAIN
#error a definition of another file
#endif

// What drivers that look for a route or an interface link to.
extern "C" void* const ip_helper[] = {
    reinterpret_cast<void*>(GetBestRoute2),
    reinterpret_cast<void*>(GetIpForwardTable2),
    reinterpret_cast<void*>(NotifyRouteChange2),
    reinterpret_cast<void*>(GetUnicastIpAddressEntry),
    reinterpret_cast<void*>(ConvertInterfaceGuidToLuid),
    reinterpret_cast<void*>(ConvertInterfaceAliasToLuid),
    reinterpret_cast<void*>(ConvertInterfaceLuidToAlias),
};

static long Guarded(volatile long* at) {
  __try {
    return *at;
  } __finally {
    *at = 0;
  }
}

long Careful(long kind) {
  if (kind == 0) goto done;
  {
    volatile long value = kind;
    kind = Guarded(&value);
  }
  long twice = kind * 2;
  kind = twice / 2;
  Say(TRACE_LEVEL_INFORMATION, CAREFUL, "%d", kind);
  Whisper(CAREFUL, "%d, still", kind);
  Shout("%d!", kind);
  Mutter("%d, says a file beside the project", kind);
done:
  return kind;
}
