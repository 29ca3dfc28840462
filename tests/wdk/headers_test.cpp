// SPDX-License-Identifier: Apache-2.0
// Every header that a driver may include compiles as the first line of a source, in C and in C++,
// for the Windows target in Microsoft's dialect and without a warning.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

const fs::path include_folder = fs::path(DRYDOCK_SOURCE_DIR) / "wdk" / "include";

constexpr const char* flags =
    "--target=x86_64-pc-windows-msvc -fms-extensions -fms-compatibility "
    "-fms-compatibility-version=19.39 -ffreestanding -nostdinc -fsyntax-only -fno-builtin "
    "-Wall -Wextra -Werror -Wsystem-headers -Wno-unknown-pragmas -Wno-multichar -Wno-microsoft "
    "-Wno-pragma-system-header-outside-header -Wno-pragma-pack -Wno-ignored-pragmas";

// Names to include by: those of include/ and of include/crt/, the latter also without ".h".
std::vector<std::string> header_names() {
  std::vector<std::string> names;
  for (const fs::path& folder : {include_folder, include_folder / "crt", include_folder / "wdf"}) {
    for (const auto& file : fs::directory_iterator(folder)) {
      if (file.is_regular_file()) names.push_back(file.path().filename());
    }
  }
  std::ranges::sort(names);
  return names;
}

bool is_cxx_only(const std::string& name) {
  return !name.ends_with(".h") || name == "new.h";
}

// One translation unit for each header, compiled as far as the syntax, all in one shell command.
std::string complaints(const std::string& language, const std::string& standard) {
  const fs::path folder = fs::path(DRYDOCK_BINARY_DIR) / "scratch" / ("headers_" + standard);
  fs::create_directories(folder);
  std::ofstream list(folder / "list");
  for (const std::string& name : header_names()) {
    if (language == "c" && is_cxx_only(name)) continue;
    const fs::path unit = folder / (name + ".unit");
    std::ofstream(unit) << "#include <" << name << ">\nint one_declaration;\n";
    list << unit.string() << '\n';
  }
  list.close();
  const fs::path log = folder / "log";
  const std::string command = fmt::format(
      "xargs -P 2 -I@ clang-19 {} -x {} -std={} -isystem {} -isystem {}/crt -isystem {}/wdf @ "
      "< {} > {} 2>&1",
      flags, language, standard, include_folder.string(), include_folder.string(),
      include_folder.string(), (folder / "list").string(), log.string());
  const int status = std::system(command.c_str());
  std::ifstream text(log);
  std::string all((std::istreambuf_iterator<char>(text)), {});
  return status == 0 ? all : all + fmt::format("status {}", status);
}

TEST(LongHeaders, each_compiles_alone_in_c) {
  EXPECT_EQ(complaints("c", "gnu17"), "");
}

TEST(LongHeaders, each_compiles_alone_in_cxx) {
  EXPECT_EQ(complaints("c++", "c++20"), "");
}

TEST(Headers, those_that_public_drivers_include_are_there) {
  std::vector<std::string> missing;
  for (const char* name : {"ntddk.h",       "wdm.h",
                           "ntifs.h",       "ntstrsafe.h",
                           "ntintsafe.h",   "wdmsec.h",
                           "ndis.h",        "fwpsk.h",
                           "fwpmk.h",       "fwpvi.h",
                           "wdf.h",         "wdfdriver.h",
                           "wdfdevice.h",   "wsk.h",
                           "netioapi.h",    "netioddk.h",
                           "netiodef.h",    "mstcpip.h",
                           "ws2def.h",      "ws2ipdef.h",
                           "in6addr.h",     "inaddr.h",
                           "ip2string.h",   "nldef.h",
                           "ifdef.h",       "initguid.h",
                           "guiddef.h",     "intrin.h",
                           "sal.h",         "driverspecs.h",
                           "specstrings.h", "wpp_trace.h",
                           "wpprecorder.h", "traceloggingprovider.h",
                           "evntrace.h",    "evntprov.h",
                           "ntverp.h",      "excpt.h",
                           "fwpmu.h",       "winerror.h",
                           "windef.h",      "ntimage.h",
                           "devguid.h",     "dontuse.h",
                           "pshpack1.h",    "poppack.h",
                           "stdio.h",       "stdlib.h",
                           "string.h",      "stdint.h",
                           "stdbool.h",     "wchar.h",
                           "new",           "type_traits"}) {
    if (!fs::exists(include_folder / name) && !fs::exists(include_folder / "crt" / name) &&
        !fs::exists(include_folder / "wdf" / name)) {
      missing.emplace_back(name);
    }
  }
  EXPECT_EQ(missing, std::vector<std::string>{});
}

}  // namespace
