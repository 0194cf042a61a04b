# Free text: RE2 for the patterns, ICU for character sets and folding, and the data of lib/text/data,
# which become functions of the library.
efface_module(text PUBLIC efface::base
              PRIVATE nlohmann_json::nlohmann_json PkgConfig::RE2 PkgConfig::ICU)
file(GLOB efface_text_data CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/text/data/*.json)
list(JOIN efface_text_data "," efface_text_inputs)
set(efface_text_source ${CMAKE_CURRENT_BINARY_DIR}/text/data.cpp)
add_custom_command(
  OUTPUT ${efface_text_source}
  COMMAND ${CMAKE_COMMAND} -DINPUTS=${efface_text_inputs} -DOUTPUT=${efface_text_source}
          -P ${CMAKE_CURRENT_SOURCE_DIR}/text/embed_data.cmake
  DEPENDS ${efface_text_data} ${CMAKE_CURRENT_SOURCE_DIR}/text/embed_data.cmake
  COMMENT "Embedding lib/text/data"
  VERBATIM)
target_sources(efface_text PRIVATE ${efface_text_source})
