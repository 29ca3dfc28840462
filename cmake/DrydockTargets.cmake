# How a floor becomes a library and a tests/ folder a test program. Sources are globbed: a new file needs no edit here.

find_package(fmt REQUIRED)

add_library(drydock_options INTERFACE)
target_compile_options(drydock_options INTERFACE
  -Wall -Wextra -Werror -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor
  -fno-omit-frame-pointer    # the thunk finds the driver's frame behind its own
  -fno-strict-aliasing)      # driver memory is read under many types
target_include_directories(drydock_options INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_include_directories(drydock_options SYSTEM INTERFACE ${CMAKE_SOURCE_DIR}/wdk/include)
if(DRYDOCK_SANITIZER STREQUAL "undefined")
  # Alignment: drivers may hand over pointers of any alignment. Function: ms_abi callbacks carry no type hash.
  target_compile_options(drydock_options INTERFACE
    -fsanitize=undefined -fno-sanitize=alignment,function,vptr -fno-sanitize-recover=all)
  target_link_options(drydock_options INTERFACE -fsanitize=undefined)
elseif(DRYDOCK_SANITIZER STREQUAL "address")
  target_compile_options(drydock_options INTERFACE -fsanitize=address)
  target_link_options(drydock_options INTERFACE -fsanitize=address)
endif()
if(NOT DRYDOCK_SANITIZER STREQUAL "address")
  # A run is made of thousands of small objects that go together: a fifth of a driver's life was spent in libc's malloc.
  find_package(mimalloc REQUIRED)
  target_link_libraries(drydock_options INTERFACE mimalloc)
endif()

# Headers of libraries, parsed once for all floors and once for all tests: a third of what a file costs. Every file still
# includes what it uses, and the presets debug and asan, which know nothing of this, tell when one does not.
function(drydock_precompile name)
  if(NOT DRYDOCK_PRECOMPILED_HEADERS)
    return()
  endif()
  file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp "")
  add_library(${name} OBJECT ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
  target_link_libraries(${name} PRIVATE drydock_options fmt::fmt)
  target_compile_options(${name} PUBLIC -Xclang -fno-pch-timestamp)  # for ccache
  target_precompile_headers(${name} PRIVATE ${ARGN}
    <algorithm> <array> <bit> <chrono> <cstdint> <cstring> <deque> <filesystem> <fstream> <functional> <iterator> <map>
    <memory> <optional> <set> <span> <sstream> <string> <string_view> <unordered_map> <utility> <variant> <vector>
    <fmt/format.h>)
endfunction()

function(drydock_use_precompiled target name)
  if(DRYDOCK_PRECOMPILED_HEADERS)
    target_precompile_headers(${target} REUSE_FROM ${name})
  endif()
endfunction()

# drydock_library(NAME DEPS...): every .cpp of the current folder; DEPS are libraries of lower floors or of the system.
function(drydock_library name)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp ${CMAKE_CURRENT_SOURCE_DIR}/rules/*.cpp
       ${CMAKE_CURRENT_SOURCE_DIR}/sources/*.cpp ${CMAKE_CURRENT_SOURCE_DIR}/*.S)
  if(sources)
    add_library(drydock_${name} STATIC ${sources})
    target_link_libraries(drydock_${name} PUBLIC drydock_options ${ARGN})
    drydock_use_precompiled(drydock_${name} drydock_headers)
  else()
    add_library(drydock_${name} INTERFACE)
    target_link_libraries(drydock_${name} INTERFACE drydock_options ${ARGN})
  endif()
endfunction()

# drydock_tests(NAME DEPS...): every .cpp of tests/NAME as one GoogleTest program, each test known to ctest.
function(drydock_tests name)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/${name}/*.cpp)
  if(NOT sources)
    return()
  endif()
  string(REPLACE "/" "_" target ${name})
  add_executable(${target}_tests ${sources})
  target_link_libraries(${target}_tests PRIVATE ${ARGN} GTest::gtest_main)
  if(DRYDOCK_SANITIZER OR NOT name IN_LIST DRYDOCK_BUSY_TESTS)
    # Halves the time to compile them, and loses no check: what is tested is compiled as ever.
    target_compile_options(${target}_tests PRIVATE -O0)
    drydock_use_precompiled(${target}_tests drydock_test_headers)
  endif()
  target_include_directories(${target}_tests PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_compile_definitions(${target}_tests PRIVATE
    DRYDOCK_SOURCE_DIR="${CMAKE_SOURCE_DIR}" DRYDOCK_BINARY_DIR="${CMAKE_BINARY_DIR}")
  # Tests of two builds may run at once.
  set(scratch ${CMAKE_BINARY_DIR}/scratch)
  file(MAKE_DIRECTORY ${scratch})
  gtest_discover_tests(${target}_tests DISCOVERY_TIMEOUT 60
    PROPERTIES TIMEOUT 600 ENVIRONMENT TEST_TMPDIR=${scratch})
endfunction()
