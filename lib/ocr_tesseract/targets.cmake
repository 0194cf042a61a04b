# Three targets from one directory: ocr_tesseract (static, needs Tesseract), efface_ocr_plugin
# (libefface_ocr.so around it, opened when needed) and ocr_tesseract_loader (static, without Tesseract).
add_library(efface_ocr_tesseract STATIC ${CMAKE_CURRENT_LIST_DIR}/tesseract_reader.cpp)
add_library(efface::ocr_tesseract ALIAS efface_ocr_tesseract)
target_include_directories(efface_ocr_tesseract PUBLIC ${CMAKE_SOURCE_DIR}/lib)
target_link_libraries(efface_ocr_tesseract PUBLIC efface::burned_in
                      PRIVATE PkgConfig::TESSERACT OpenMP::OpenMP_CXX)
efface_warnings(efface_ocr_tesseract)

add_library(efface_ocr_plugin MODULE ${CMAKE_CURRENT_LIST_DIR}/plugin.cpp)
target_link_libraries(efface_ocr_plugin PRIVATE efface::ocr_tesseract)
set_target_properties(efface_ocr_plugin PROPERTIES
  OUTPUT_NAME efface_ocr
  CXX_VISIBILITY_PRESET hidden
  VISIBILITY_INLINES_HIDDEN ON
  LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
target_link_options(efface_ocr_plugin PRIVATE LINKER:--exclude-libs,ALL)
efface_warnings(efface_ocr_plugin)

# What the plugin links must be position independent.
set_target_properties(efface_dicom efface_burned_in efface_ocr_tesseract PROPERTIES
  POSITION_INDEPENDENT_CODE ON)

add_library(efface_ocr_tesseract_loader STATIC ${CMAKE_CURRENT_LIST_DIR}/load.cpp)
add_library(efface::ocr_tesseract_loader ALIAS efface_ocr_tesseract_loader)
target_include_directories(efface_ocr_tesseract_loader PUBLIC ${CMAKE_SOURCE_DIR}/lib)
target_link_libraries(efface_ocr_tesseract_loader PUBLIC efface::burned_in PRIVATE ${CMAKE_DL_LIBS})
efface_warnings(efface_ocr_tesseract_loader)
