# efface_module(NAME [PUBLIC deps...] [PRIVATE deps...]): a static library efface_NAME from every .cpp in
# lib/NAME. PUBLIC: modules and libraries its headers need; PRIVATE: foreign libraries of an adapter.
function(efface_module name)
  cmake_parse_arguments(arg "" "" "PUBLIC;PRIVATE" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/lib/${name}/*.cpp)
  add_library(efface_${name} STATIC ${sources})
  add_library(efface::${name} ALIAS efface_${name})
  target_include_directories(efface_${name} PUBLIC ${CMAKE_SOURCE_DIR}/lib)
  target_link_libraries(efface_${name} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
  efface_warnings(efface_${name})
endfunction()

# efface_warnings(TARGET): the house's warning flags.
function(efface_warnings target)
  # g++ 12 warns falsely of overlapping copies in std::string's operator+ (GCC bug 105651).
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wshadow
                         -Wno-restrict)
  if(EFFACE_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()

# efface_foreign(NAME INCLUDES dirs... LIBRARIES libs...): an adapter's foreign library, kept private.
function(efface_foreign name)
  cmake_parse_arguments(arg "" "" "INCLUDES;LIBRARIES" ${ARGN})
  target_include_directories(efface_${name} SYSTEM PRIVATE ${arg_INCLUDES})
  target_link_libraries(efface_${name} PRIVATE ${arg_LIBRARIES})
endfunction()

# efface_embed(MODULE TEXT HEADER FUNCTION): the text of lib/MODULE/TEXT becomes a function of the library.
function(efface_embed module text header function)
  set(input ${CMAKE_SOURCE_DIR}/lib/${module}/${text})
  set(output ${CMAKE_BINARY_DIR}/lib/${module}/${function}.cpp)
  set(script ${CMAKE_SOURCE_DIR}/scripts/cmake/embed_text.cmake)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DINPUT=${input} -DOUTPUT=${output} -DMODULE=${module} -DHEADER=${header}
            -DFUNCTION=${function} -P ${script}
    DEPENDS ${input} ${script}
    COMMENT "Embedding ${text}"
    VERBATIM)
  target_sources(efface_${module} PRIVATE ${output})
endfunction()
