// SPDX-License-Identifier: Apache-2.0
// Small Windows images compiled and linked by a test, with the tools that also build the reference
// drivers.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "image/process.h"

namespace drydock::image::testing {

class Workshop {
 public:
  Workshop() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "drydock-image-XXXXXX").string();
    if (mkdtemp(pattern.data()) != nullptr) folder_ = pattern;
  }
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;
  ~Workshop() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  [[nodiscard]] std::string file(const std::string& name) const { return folder_ / name; }

  // Compiles `source` of the tests' folder and links it as driver; `compiler` is the command up to
  // its flags. Empty: the error.
  std::string build(const std::string& source, std::vector<std::string> compiler,
                    const std::vector<std::string>& link_options, const std::string& output) {
    write("host.def", "LIBRARY host.sys\nEXPORTS\nhost_call\n");
    for (const std::string& part : {std::string("-c"), DRYDOCK_SOURCE_DIR "/tests/image/" + source,
                                    std::string("-o"), file("x.obj")}) {
      compiler.push_back(part);
    }
    std::vector<std::string> link{
        "lld-link-19",   "/driver",     "/subsystem:native", "/entry:DriverEntry",
        "/nodefaultlib", file("x.obj"), file("host.lib"),    "/out:" + file(output)};
    link.insert(link.end(), link_options.begin(), link_options.end());
    const std::vector<std::string> library{"llvm-lib-19", "/machine:x64",
                                           "/def:" + file("host.def"), "/out:" + file("host.lib")};
    for (const auto& command : {compiler, library, link}) {
      const auto result = run_program(command, "", std::chrono::seconds(60));
      if (!result) return result.error().message;
    }
    return {};
  }

 private:
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(file(name)) << text;
  }

  std::filesystem::path folder_;
};

inline std::vector<std::string> clang_command(const std::string& optimisation) {
  return {"clang-19",       "--target=x86_64-pc-windows-msvc", optimisation, "-gcodeview", "-g",
          "-ffreestanding", "-fasynchronous-unwind-tables",    "-w"};
}

inline std::vector<std::string> mingw_command(const std::string& optimisation) {
  return {"x86_64-w64-mingw32-gcc",       optimisation,           "-gdwarf-4", "-ffreestanding",
          "-fasynchronous-unwind-tables", "-mno-stack-arg-probe", "-w"};
}

}  // namespace drydock::image::testing
