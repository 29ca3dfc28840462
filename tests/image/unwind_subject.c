// SPDX-License-Identifier: Apache-2.0
// Functions of many frame shapes, compiled for Windows by the unwinder's test and run under single
// steps.
#define NOINLINE __attribute__((noinline))
typedef unsigned long long u64;
int _fltused = 1;

__declspec(dllimport) u64 host_call(u64 value);

// Large frames probe their pages through this; it must keep rax.
__asm__(".globl __chkstk\n__chkstk:\n ret\n.globl ___chkstk_ms\n___chkstk_ms:\n ret\n");

NOINLINE u64 leaf(u64 a, u64 b) {
  return a * 31 + b;
}

NOINLINE u64 pushes(u64 a, u64 b, u64 c, u64 d) {
  u64 total = 0;
  for (u64 i = 0; i < 3; ++i) {
    u64 x = host_call(a + i), y = host_call(b ^ x), z = host_call(c + y), w = host_call(d - z);
    total += x * y + z * w + a + b + c + d;
  }
  return total;
}

NOINLINE u64 large_frame(u64 a) {
  volatile u64 space[1200];
  for (u64 i = 0; i < 1200; i += 400) space[i] = host_call(a + i);
  return space[0] + space[400] + space[800];
}

NOINLINE u64 huge_frame(u64 a) {
  volatile unsigned char space[600000];
  space[0] = (unsigned char)host_call(a);
  space[599999] = (unsigned char)a;
  return space[0] + (u64)space[599999];
}

NOINLINE u64 frame_pointer(u64 a) {
  volatile unsigned char* room = __builtin_alloca((a & 63) + 32);
  room[0] = (unsigned char)host_call(a);
  u64 kept = host_call(a + 1);
  volatile unsigned char* more = __builtin_alloca((kept & 31) + 16);
  more[1] = (unsigned char)host_call(kept);
  return room[0] + more[1] + kept;
}

NOINLINE u64 floats(u64 a) {
  double w = (double)a, x = w * 1.5, y = w + 2.25, z = w - 3.125, v = w / 3;
  for (u64 i = 0; i < 3; ++i) {
    u64 r = host_call(a + i);
    w += x * (double)r;
    x -= y;
    y *= 1.0001;
    z += w;
    v += z * y;
  }
  return (u64)(long long)(w + x + y + z + v);
}

NOINLINE u64 tail_call(u64 a, u64 b) {
  u64 x = host_call(a);
  if (x & 1) return leaf(x, b);
  return pushes(x, a, b, a ^ b);
}

typedef u64 (*Function)(u64, u64);
Function volatile through = leaf;
NOINLINE u64 indirect_tail_call(u64 a, u64 b) {
  u64 x = host_call(b);
  return through(x, a);
}

NOINLINE u64 recursion(u64 depth) {
  if (depth == 0) return host_call(7);
  return recursion(depth - 1) * 3 + host_call(depth);
}

NOINLINE u64 early_exit(u64 a) {
  if (a == 0) return 1;
  u64 x = host_call(a), y = host_call(x), z = host_call(y);
  if (x == 5) return y;
  return x + y * z + host_call(z);
}

NOINLINE u64 switches(u64 a) {
  switch (a) {
    case 0:
      return host_call(3) + 1;
    case 1:
      return host_call(5) * host_call(1);
    case 2:
      return 12;
    case 3:
      return leaf(a, host_call(2));
    case 4:
      return host_call(9) ^ a;
    case 5:
      return recursion(1);
    default:
      return host_call(a) - 4;
  }
}

__declspec(dllexport) u64 DriverEntry(u64 a, u64 b) {
  u64 total = pushes(a, b, a + 1, b + 1) + large_frame(a) + huge_frame(b) + frame_pointer(a);
  total += floats(a) + tail_call(a, b) + tail_call(a + 1, b) + indirect_tail_call(a, b);
  total += recursion(4) + early_exit(0) + early_exit(a);
  for (u64 i = 0; i < 7; ++i) total += switches(i);
  return total;
}
