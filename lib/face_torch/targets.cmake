# Three targets from one directory: face_torch (static, needs LibTorch), efface_torch_plugin
# (libefface_torch.so around it, opened when needed) and face_torch_loader (static, without LibTorch).
add_library(efface_face_torch STATIC ${CMAKE_CURRENT_LIST_DIR}/torch_segmenter.cpp)
add_library(efface::face_torch ALIAS efface_face_torch)
target_include_directories(efface_face_torch PUBLIC ${CMAKE_SOURCE_DIR}/lib)
target_include_directories(efface_face_torch SYSTEM PRIVATE ${TORCH_INCLUDE_DIRS})
target_link_libraries(efface_face_torch PUBLIC efface::face PRIVATE ${TORCH_LIBRARIES})
efface_warnings(efface_face_torch)

add_library(efface_torch_plugin MODULE ${CMAKE_CURRENT_LIST_DIR}/plugin.cpp)
target_link_libraries(efface_torch_plugin PRIVATE efface::face_torch)
set_target_properties(efface_torch_plugin PROPERTIES
  OUTPUT_NAME efface_torch
  CXX_VISIBILITY_PRESET hidden
  VISIBILITY_INLINES_HIDDEN ON
  LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
target_link_options(efface_torch_plugin PRIVATE LINKER:--exclude-libs,ALL)
efface_warnings(efface_torch_plugin)

# What the plugin links must be position independent.
set_target_properties(efface_base efface_volume efface_face efface_face_torch PROPERTIES
  POSITION_INDEPENDENT_CODE ON)

add_library(efface_face_torch_loader STATIC ${CMAKE_CURRENT_LIST_DIR}/load.cpp)
add_library(efface::face_torch_loader ALIAS efface_face_torch_loader)
target_include_directories(efface_face_torch_loader PUBLIC ${CMAKE_SOURCE_DIR}/lib)
target_link_libraries(efface_face_torch_loader PUBLIC efface::face PRIVATE ${CMAKE_DL_LIBS})
efface_warnings(efface_face_torch_loader)
