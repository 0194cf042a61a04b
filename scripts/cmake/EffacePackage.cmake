# What `cmake --install` and `cpack` ship. The program finds its parts beside itself: bin/efface,
# lib/efface/libefface_torch.so (opened only when a volume needs the model), lib/efface/libefface_ocr.so
# (only when an image has to be read), share/efface/models, share/efface/pixels.
include(GNUInstallDirs)

if(TARGET efface)
  install(TARGETS efface RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(TARGETS efface_torch_plugin efface_ocr_plugin LIBRARY DESTINATION lib/efface)
install(FILES ${CMAKE_SOURCE_DIR}/lib/burned_in/data/devices.json
        DESTINATION ${CMAKE_INSTALL_DATADIR}/efface/pixels)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/models/ DESTINATION ${CMAKE_INSTALL_DATADIR}/efface/models
        FILES_MATCHING PATTERN "*.pt" PATTERN "*.json" PATTERN "*.md")
install(FILES ${CMAKE_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)

# efface_install_if_present(DESTINATION dir FILE path [RENAME name]): parts that may not exist yet.
function(efface_install_if_present)
  cmake_parse_arguments(arg "" "DESTINATION;FILE;RENAME" "" ${ARGN})
  if(EXISTS ${CMAKE_SOURCE_DIR}/${arg_FILE})
    if(arg_RENAME)
      install(FILES ${CMAKE_SOURCE_DIR}/${arg_FILE} DESTINATION ${arg_DESTINATION}
              RENAME ${arg_RENAME})
    else()
      install(FILES ${CMAKE_SOURCE_DIR}/${arg_FILE} DESTINATION ${arg_DESTINATION})
    endif()
  endif()
endfunction()

efface_install_if_present(FILE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
efface_install_if_present(FILE lib/audit/manifest.schema.json
                          DESTINATION ${CMAKE_INSTALL_DATADIR}/efface)
efface_install_if_present(FILE cmd/efface.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)

# Completion scripts come from the program itself, so that they know every option.
if(TARGET efface)
  set(completions ${CMAKE_BINARY_DIR}/completions)
  add_custom_command(
    OUTPUT ${completions}/efface ${completions}/_efface ${completions}/efface.fish
    COMMAND ${CMAKE_COMMAND} -E make_directory ${completions}
    COMMAND efface completion bash > ${completions}/efface
    COMMAND efface completion zsh > ${completions}/_efface
    COMMAND efface completion fish > ${completions}/efface.fish
    DEPENDS efface VERBATIM)
  add_custom_target(efface_completions ALL DEPENDS ${completions}/efface)
  install(FILES ${completions}/efface
          DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
  install(FILES ${completions}/_efface
          DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
  install(FILES ${completions}/efface.fish
          DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME efface)
set(CPACK_PACKAGE_CONTACT "The efface developers <efface@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS tesseract-ocr-eng)  # the text reader's language data
# LibTorch's matrix products are 40 times slower without it.
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS libopenblas0-pthread)
include(CPack)
