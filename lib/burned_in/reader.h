// What reads text in pictures, as the rest of efface sees it, and a pool of such readers: making
// one costs time, using one is for a single thread.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/phi.h"
#include "burned_in/picture.h"

namespace efface::burned_in {

struct Word {
  Box box;                      ///< in the picture that was read
  double confidence = 0;        ///< 0 to 100
  base::Phi<std::string> text;  ///< UTF-8; for judging, never for a record
};

class TextReader {
 public:
  enum class Layout : std::uint8_t {
    scattered,  ///< words anywhere
    line        ///< one line of text
  };
  virtual ~TextReader() = default;
  /// Words in reading order. Throws base::Error.
  virtual std::vector<Word> read(const Picture& picture, Layout layout) = 0;
};

/// Hands readers out, one a thread at a time, made when first needed.
class ReaderPool {
 public:
  using Make = std::function<std::unique_ptr<TextReader>()>;
  explicit ReaderPool(Make make) : make_(std::move(make)) {}

  /// Gives the reader back when it goes out of scope.
  class Loan {
   public:
    Loan(ReaderPool& pool, std::unique_ptr<TextReader> reader)
        : pool_(pool), reader_(std::move(reader)) {}
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    ~Loan() { pool_.give_back(std::move(reader_)); }
    TextReader& operator*() { return *reader_; }

   private:
    ReaderPool& pool_;
    std::unique_ptr<TextReader> reader_;
  };

  /// Throws what `make` throws; after that every call throws it again, without another try.
  Loan borrow();

 private:
  void give_back(std::unique_ptr<TextReader> reader);

  Make make_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<TextReader>> idle_;
  std::exception_ptr failure_;
};

}  // namespace efface::burned_in
