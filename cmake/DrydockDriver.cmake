# How a Windows driver is built here: the same sources by clang for the MSVC ABI and by MinGW GCC, both linked by lld.
# Custom commands, since one CMake project has one compiler per language.

find_program(DRYDOCK_CLANG clang-19 REQUIRED)
find_program(DRYDOCK_LLD lld-link-19 REQUIRED)
find_program(DRYDOCK_DLLTOOL llvm-dlltool-19 REQUIRED)
find_program(DRYDOCK_MINGW_CC x86_64-w64-mingw32-gcc REQUIRED)
find_program(DRYDOCK_MINGW_CXX x86_64-w64-mingw32-g++ REQUIRED)

set(DRYDOCK_WDK ${CMAKE_SOURCE_DIR}/wdk)
set(DRYDOCK_WDK_OUT ${CMAKE_BINARY_DIR}/wdk/lib)
set(DRYDOCK_DRIVER_OUT ${CMAKE_BINARY_DIR}/drivers)
set(DRYDOCK_IMPORT_MODULES ntoskrnl hal ndis netio fwpkclnt wdfldr)
set(DRYDOCK_KMDF_VERSIONS 1.9 1.15 1.33)

# The kernel has no C library and no headers of one, no thread-local storage, no exceptions; every function must be unwindable.
set(DRYDOCK_DRIVER_FLAGS
  -ffreestanding -nostdinc -isystem ${DRYDOCK_WDK}/include -isystem ${DRYDOCK_WDK}/include/crt
  -fasynchronous-unwind-tables -fno-strict-aliasing
  -Wall -Wextra -Werror -Wno-multichar -Wno-unknown-pragmas  # pool tags; pragmas only one of the compilers knows
  -ffile-prefix-map=${CMAKE_SOURCE_DIR}=. -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
set(DRYDOCK_DRIVER_C_FLAGS -std=c11)
set(DRYDOCK_DRIVER_CXX_FLAGS -std=c++20 -fno-exceptions -fno-rtti -fno-threadsafe-statics)
set(DRYDOCK_CLANG_FLAGS
  --target=x86_64-pc-windows-msvc -O1 -g -gcodeview -gno-codeview-command-line -fdebug-compilation-dir=.
  -fms-extensions -fstack-protector-strong -Wno-microsoft-anon-tag)
set(DRYDOCK_MINGW_FLAGS -O1 -g -gdwarf-4 -mno-red-zone -fno-stack-protector -fno-ident)

# drydock_driver_object(OUT KIND SOURCE FLAGS...): one object file of KIND (clang or mingw) with its header dependencies.
function(drydock_driver_object out kind source)
  get_filename_component(extension ${source} LAST_EXT)
  if(extension STREQUAL ".c")
    set(language ${DRYDOCK_DRIVER_C_FLAGS})
  elseif(extension STREQUAL ".S")
    set(language "")
  else()
    set(language ${DRYDOCK_DRIVER_CXX_FLAGS})
  endif()
  if(kind STREQUAL "clang" OR extension STREQUAL ".S")
    set(compiler ${DRYDOCK_CLANG})
    set(flags ${DRYDOCK_CLANG_FLAGS})
  else()
    set(compiler ${DRYDOCK_MINGW_CC})
    if(language STREQUAL "${DRYDOCK_DRIVER_CXX_FLAGS}")
      set(compiler ${DRYDOCK_MINGW_CXX})
    endif()
    set(flags ${DRYDOCK_MINGW_FLAGS})
  endif()
  get_filename_component(directory ${out} DIRECTORY)
  file(MAKE_DIRECTORY ${directory})
  file(RELATIVE_PATH relative_out ${CMAKE_SOURCE_DIR} ${out})  # the object's name is part of its debug information
  add_custom_command(OUTPUT ${out}
    COMMAND ${compiler} ${language} ${flags} ${DRYDOCK_DRIVER_FLAGS} ${ARGN}
            -MD -MT ${out} -MF ${out}.d -c ${source} -o ${relative_out}
    DEPENDS ${source} DEPFILE ${out}.d
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}  # becomes "." in the debug information
    COMMENT "Compiling driver source ${source} (${kind})" VERBATIM)
endfunction()

# drydock_driver_runtime(): import libraries and the objects every driver is linked with; called once, by wdk/.
function(drydock_driver_runtime)
  set(outputs "")
  foreach(module ${DRYDOCK_IMPORT_MODULES})
    set(library ${DRYDOCK_WDK_OUT}/${module}.lib)
    file(MAKE_DIRECTORY ${DRYDOCK_WDK_OUT})
    add_custom_command(OUTPUT ${library}
      COMMAND ${DRYDOCK_DLLTOOL} -m i386:x86-64 -d ${DRYDOCK_WDK}/lib/${module}.def -l ${library}
      DEPENDS ${DRYDOCK_WDK}/lib/${module}.def COMMENT "Making import library ${module}.lib" VERBATIM)
    list(APPEND outputs ${library})
  endforeach()
  foreach(kind clang mingw)
    set(directory ${DRYDOCK_WDK_OUT}/${kind})
    drydock_driver_object(${directory}/gs_check.obj ${kind} ${DRYDOCK_WDK}/lib/gs_check.S)
    foreach(entry DriverEntry FxDriverEntry)
      drydock_driver_object(${directory}/gs_support.${entry}.obj ${kind} ${DRYDOCK_WDK}/lib/gs_support.c
        -fno-stack-protector -DWDK_REAL_ENTRY=${entry})
      list(APPEND outputs ${directory}/gs_support.${entry}.obj)
    endforeach()
    foreach(version ${DRYDOCK_KMDF_VERSIONS})
      string(REPLACE "1." "" minor ${version})
      drydock_driver_object(${directory}/kmdf_entry.${version}.obj ${kind} ${DRYDOCK_WDK}/lib/kmdf_entry.c
        -DKMDF_VERSION_MINOR=${minor})
      list(APPEND outputs ${directory}/kmdf_entry.${version}.obj)
    endforeach()
    list(APPEND outputs ${directory}/gs_check.obj)
  endforeach()
  add_custom_target(wdk_runtime ALL DEPENDS ${outputs})
  add_custom_target(drivers ALL)
endfunction()

# drydock_driver(NAME name SOURCES ... [KMDF 1.9|1.15|1.33] [DEFINES ...] [INCLUDES ...] [ASYNC_SOURCES ...]): builds
# build/drivers/clang/name.sys with name.pdb and build/drivers/mingw/name.sys with DWARF, as part of the target `drivers`.
# ASYNC_SOURCES: those whose __try blocks guard their own instructions too, not only calls (clang's -fasync-exceptions).
function(drydock_driver)
  cmake_parse_arguments(arg "INTEGRITYCHECK" "NAME;KMDF" "SOURCES;DEFINES;INCLUDES;ASYNC_SOURCES" ${ARGN})
  if(NOT arg_NAME OR NOT arg_SOURCES OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "drydock_driver: NAME and SOURCES are needed; not understood: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(arg_KMDF AND NOT arg_KMDF IN_LIST DRYDOCK_KMDF_VERSIONS)
    message(FATAL_ERROR "drydock_driver: KMDF ${arg_KMDF} is not one of ${DRYDOCK_KMDF_VERSIONS}")
  endif()
  set(flags "")
  foreach(define ${arg_DEFINES})
    list(APPEND flags -D${define})
  endforeach()
  foreach(include ${arg_INCLUDES})
    list(APPEND flags -I${include})
  endforeach()
  if(arg_KMDF)
    string(REPLACE "1." "" minor ${arg_KMDF})
    list(APPEND flags -DKMDF_VERSION_MAJOR=1 -DKMDF_VERSION_MINOR=${minor})
  endif()

  set(outputs "")
  foreach(kind clang mingw)
    set(directory ${DRYDOCK_DRIVER_OUT}/${kind})
    set(objects "")
    foreach(source ${arg_SOURCES} ${arg_ASYNC_SOURCES})
      set(async "")
      if(source IN_LIST arg_ASYNC_SOURCES AND kind STREQUAL "clang")
        set(async -fasync-exceptions)
      endif()
      get_filename_component(source ${source} ABSOLUTE)
      get_filename_component(stem ${source} NAME)
      set(object ${directory}/${arg_NAME}.obj/${stem}.obj)
      drydock_driver_object(${object} ${kind} ${source} ${flags} ${async})
      list(APPEND objects ${object})
    endforeach()
    set(runtime ${DRYDOCK_WDK_OUT}/${kind}/gs_check.obj)
    if(arg_KMDF)
      list(APPEND runtime ${DRYDOCK_WDK_OUT}/${kind}/gs_support.FxDriverEntry.obj
           ${DRYDOCK_WDK_OUT}/${kind}/kmdf_entry.${arg_KMDF}.obj)
    else()
      list(APPEND runtime ${DRYDOCK_WDK_OUT}/${kind}/gs_support.DriverEntry.obj)
    endif()
    set(merge "")  # and what else the linker is told of this driver
    if(arg_KMDF)
      set(merge /merge:.kmdfclassbind=.data /merge:.kmdftypeinit=.data)
    endif()
    if(arg_INTEGRITYCHECK)
      list(APPEND merge /integritycheck)
    endif()
    set(libraries ${DRYDOCK_IMPORT_MODULES})
    list(TRANSFORM libraries REPLACE "(.+)" "${DRYDOCK_WDK_OUT}/\\1.lib")

    set(image ${directory}/${arg_NAME}.sys)
    if(kind STREQUAL "clang")
      set(debug /debug /pdb:${arg_NAME}.pdb /pdbaltpath:${arg_NAME}.pdb /pdbsourcepath:.)
    else()
      set(debug /debug:dwarf)
    endif()
    # Inputs are named relative to the output, so that nothing in the image or its symbols depends on where the project lies.
    set(relative_inputs "")
    foreach(input ${objects} ${runtime} ${libraries})
      file(RELATIVE_PATH relative ${directory} ${input})
      list(APPEND relative_inputs ${relative})
    endforeach()
    add_custom_command(OUTPUT ${image}
      COMMAND ${DRYDOCK_LLD} /nologo /driver /subsystem:native /machine:x64 /entry:GsDriverEntry /nodefaultlib
              /dynamicbase /nxcompat /section:INIT,ERD ${merge} /Brepro ${debug} /out:${arg_NAME}.sys ${relative_inputs}
      WORKING_DIRECTORY ${directory}
      DEPENDS ${objects} ${runtime} ${libraries}
      COMMENT "Linking driver ${kind}/${arg_NAME}.sys" VERBATIM)
    list(APPEND outputs ${image})
  endforeach()
  add_custom_target(driver_${arg_NAME} DEPENDS ${outputs})
  add_dependencies(driver_${arg_NAME} wdk_runtime)
  add_dependencies(drivers driver_${arg_NAME})
endfunction()
