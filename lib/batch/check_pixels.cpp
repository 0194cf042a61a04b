#include "batch/check_pixels.h"

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "batch/burned_in_text.h"
#include "batch/instance.h"
#include "picture_codecs/read_picture.h"

namespace efface::batch {

namespace {

using burned_in::FoundText;
using Found = std::vector<FoundText>;

constexpr const char* pixel_data = "(7fe0,0010)";

bool shows(const Found& frame, bool is_sure) {
  return std::any_of(frame.begin(), frame.end(),
                     [is_sure](const FoundText& text) { return text.is_sure == is_sure; });
}

/// Whether words were surely read. `kind`: what the parts of the image are called.
bool report(const std::string& path, const std::vector<Found>& frames, const std::string& kind,
            CheckSink& sink) {
  const auto count = [&frames](bool is_sure) {
    return static_cast<std::uint64_t>(std::count_if(
        frames.begin(), frames.end(), [&](const Found& frame) { return shows(frame, is_sure); }));
  };
  const auto first = [&frames](bool is_sure) {
    return std::find_if(frames.begin(), frames.end(),
                        [&](const Found& frame) { return shows(frame, is_sure); }) -
           frames.begin() + 1;
  };
  const auto add = [&](const char* rule, bool is_sure, const char* reason) {
    sink.add(path,
             findings::Finding{
                 rule, {}, kind + " " + std::to_string(first(is_sure)), reason, count(is_sure)});
  };
  if (count(true) > 0) {
    add("pixels.text", true, "words can be read in the pixels");
  } else if (count(false) > 0) {
    add("pixels.text-like", false, "something in the pixels looks like characters");
  }
  return count(true) > 0;
}

/// Runs and says what of it could not be done; rethrows what concerns the whole check.
template <class Look>
void or_not_checked(const std::string& path, const char* place, CheckSink& sink, const Look& look) {
  try {
    look();
  } catch (const base::Error& error) {
    const base::Fault fault = error.fault();
    if (fault != base::Fault::model && fault != base::Fault::unsupported &&
        fault != base::Fault::bad_input) {
      throw;
    }
    sink.add(path, "not-checked", place,
             "whether text stands in the pixels: " + without_quotes(error.what()));
  }
}

}  // namespace

void check_burned_in_text(const std::string& path, dicom_dcmtk::DicomFile& file,
                          const dicom::DataSet& attributes, const dicom::InstanceFacts& facts,
                          const Context& context, CheckSink& sink) {
  or_not_checked(path, pixel_data, sink, [&] {
    const bool has_words =
        report(path, find_burned_in_text(file, attributes, context), "frame", sink);
    if (has_words && facts.burned_in_annotation == "NO") {
      sink.add(path, "claim.no-burned-in-text", "(0028,0301)",
               "it says NO, and words can be read in the pixels");
    }
  });
}

void check_text_in_picture(const std::string& path, std::span<const std::byte> content,
                           const Context& context, CheckSink& sink) {
  or_not_checked(path, "pixels", sink, [&] {
    if (context.text_readers == nullptr) {
      throw base::Error(base::Fault::model, "there is no text reader");
    }
    const std::vector<picture_codecs::Page> pages = picture_codecs::read_picture(content);
    std::vector<Found> found(pages.size());
    context.pool.parallel_for(pages.size(), [&](std::size_t p) {
      context.check_cancelled();
      auto reader = context.text_readers->borrow();
      found[p] = find_text_in_frame(pages[p].samples, pages[p].layout, {}, *reader);
    });
    report(path, found, "page", sink);
  });
}

}  // namespace efface::batch
