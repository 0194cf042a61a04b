# The manifest's JSON Schema becomes a function of the library, so that the program can print it.
set(efface_schema ${CMAKE_CURRENT_SOURCE_DIR}/audit/manifest.schema.json)
set(efface_schema_source ${CMAKE_CURRENT_BINARY_DIR}/audit/manifest_schema.cpp)
add_custom_command(
  OUTPUT ${efface_schema_source}
  COMMAND ${CMAKE_COMMAND} -DINPUT=${efface_schema} -DOUTPUT=${efface_schema_source}
          -P ${CMAKE_CURRENT_SOURCE_DIR}/audit/embed_schema.cmake
  DEPENDS ${efface_schema} ${CMAKE_CURRENT_SOURCE_DIR}/audit/embed_schema.cmake
  COMMENT "Embedding manifest.schema.json"
  VERBATIM)
target_sources(efface_audit PRIVATE ${efface_schema_source})
