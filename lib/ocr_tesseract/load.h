// Opens libefface_ocr.so when the first image has to be read, so that a run without such images
// does not pay for Tesseract's start-up. No Tesseract here: link efface_ocr_tesseract_loader.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "burned_in/reader.h"

namespace efface::ocr_tesseract {

/// Loads the library (once; it stays for the life of the process) and makes a reader in it. Throws
/// base::Error: model when the library or the language data are missing, or the library is of
/// another build.
std::unique_ptr<burned_in::TextReader> load_text_reader(const std::filesystem::path& plugin);

/// E.g. "5.3.0". Loads the library.
std::string tesseract_version(const std::filesystem::path& plugin);

}  // namespace efface::ocr_tesseract
