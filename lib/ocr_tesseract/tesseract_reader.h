// Tesseract as a burned_in::TextReader. The only code that knows Tesseract and Leptonica; part of
// the plugin libefface_ocr.so, since linking them costs every start of the program 20 ms.
#pragma once

#include <memory>
#include <string>

#include "burned_in/reader.h"

namespace efface::ocr_tesseract {

/// English, LSTM, one thread, no memory from one picture to the next: what is read depends on the
/// picture alone. Throws base::Error: model when the language data are missing (tesseract-ocr-eng;
/// TESSDATA_PREFIX is honoured).
std::unique_ptr<burned_in::TextReader> make_tesseract_reader();

std::string tesseract_version();

}  // namespace efface::ocr_tesseract
