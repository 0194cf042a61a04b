#include "ocr_tesseract/tesseract_reader.h"

#include <omp.h>
#include <tesseract/baseapi.h>
#include <tesseract/resultiterator.h>

#include <cstdio>

#include "base/error.h"

namespace efface::ocr_tesseract {

namespace {

using burned_in::Picture;
using burned_in::Word;

/// Tesseract opens four threads for each line of text, which costs more than it gains; its runs are
/// spread over threads by the caller.
class OneThread {
 public:
  OneThread() : before_(omp_get_max_active_levels()) { omp_set_max_active_levels(0); }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;
  ~OneThread() { omp_set_max_active_levels(before_); }

 private:
  int before_;
};

class TesseractReader : public burned_in::TextReader {
 public:
  TesseractReader() {
    api_.SetVariable("debug_file", "/dev/null");  // it would print
    if (api_.Init(nullptr, "eng", tesseract::OEM_LSTM_ONLY) != 0) {
      throw base::Error(base::Fault::model, "Tesseract's language data (eng) are missing",
                        "install tesseract-ocr-eng, or set TESSDATA_PREFIX to their directory");
    }
    api_.SetVariable("debug_file", "/dev/null");
    api_.SetVariable("tessedit_enable_doc_dict", "0");
  }

  std::vector<Word> read(const Picture& picture, Layout layout) override {
    const OneThread one_thread;
    api_.SetPageSegMode(layout == Layout::line ? tesseract::PSM_SINGLE_LINE
                                               : tesseract::PSM_SPARSE_TEXT);
    api_.SetImage(picture.grey.data(), picture.columns, picture.rows, 1, picture.columns);
    api_.SetSourceResolution(resolution);
    std::vector<Word> words;
    if (api_.Recognize(nullptr) == 0) words = take_words();
    api_.Clear();
    api_.ClearAdaptiveClassifier();
    return words;
  }

 private:
  static constexpr int resolution = 150;

  std::vector<Word> take_words() {
    std::vector<Word> words;
    const std::unique_ptr<tesseract::ResultIterator> at(api_.GetIterator());
    if (!at) return words;
    do {
      if (at->Empty(tesseract::RIL_WORD)) continue;
      const std::unique_ptr<const char[]> text(at->GetUTF8Text(tesseract::RIL_WORD));
      int left = 0, top = 0, right = 0, bottom = 0;
      if (!text || !at->BoundingBox(tesseract::RIL_WORD, &left, &top, &right, &bottom)) continue;
      words.push_back({{left, top, right - left, bottom - top},
                       at->Confidence(tesseract::RIL_WORD),
                       base::Phi<std::string>(text.get())});
    } while (at->Next(tesseract::RIL_WORD));
    return words;
  }

  tesseract::TessBaseAPI api_;
};

}  // namespace

std::unique_ptr<burned_in::TextReader> make_tesseract_reader() {
  return std::make_unique<TesseractReader>();
}

std::string tesseract_version() {
  return tesseract::TessBaseAPI::Version();
}

}  // namespace efface::ocr_tesseract
