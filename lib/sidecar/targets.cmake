# Files beside images. Their rules by name are data, which become a function of the library.
efface_module(sidecar PUBLIC efface::deid efface::text PRIVATE nlohmann_json::nlohmann_json
              pugixml::pugixml ZLIB::ZLIB)
set(efface_sidecar_source ${CMAKE_CURRENT_BINARY_DIR}/sidecar/field_data.cpp)
set(efface_sidecar_data ${CMAKE_CURRENT_SOURCE_DIR}/sidecar/data/fields.json)
add_custom_command(
  OUTPUT ${efface_sidecar_source}
  COMMAND ${CMAKE_COMMAND} -DINPUT=${efface_sidecar_data} -DOUTPUT=${efface_sidecar_source}
          -P ${CMAKE_CURRENT_SOURCE_DIR}/sidecar/embed_data.cmake
  DEPENDS ${efface_sidecar_data} ${CMAKE_CURRENT_SOURCE_DIR}/sidecar/embed_data.cmake
  COMMENT "Embedding lib/sidecar/data"
  VERBATIM)
target_sources(efface_sidecar PRIVATE ${efface_sidecar_source})
