#include "batch/burned_in_text.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "base/error.h"
#include "burned_in/blank.h"
#include "burned_in/clues.h"
#include "burned_in/device_rules.h"
#include "burned_in/find_text.h"
#include "dicom_dcmtk/frame_reader.h"
#include "volume_itk/image_file.h"

namespace efface::batch {

namespace {

using burned_in::Box;
using burned_in::FoundText;
using burned_in::Picture;
using burned_in::Stretch;
using Found = std::vector<FoundText>;
using Frame = std::vector<std::byte>;

/// A box in another frame is the same text when it covers so much of it.
constexpr double same_place = 0.5;

/// The frames of an image as they will be written but for its text.
dicom_dcmtk::FrameStream frames_of(dicom_dcmtk::DicomFile& file, const InstanceJob& job) {
  auto reader = std::make_shared<dicom_dcmtk::FrameReader>(file, volume_itk::decode_dicom_pixels);
  dicom_dcmtk::FrameStream frames{reader->layout(), reader->count(), {}};
  if (!job.pixels) {
    frames.read = [reader](std::size_t i) { return reader->read(i); };
    return frames;
  }
  const std::size_t size = frames.layout.frame_bytes();
  if (job.pixels->bytes.size() != size * frames.frames) {
    throw base::Error(base::Fault::internal, "changed voxels do not have the size of the image");
  }
  auto bytes = std::make_shared<const Frame>(job.pixels->bytes);
  frames.read = [bytes, size](std::size_t i) {
    const auto first = bytes->begin() + static_cast<std::ptrdiff_t>(i * size);
    return Frame(first, first + static_cast<std::ptrdiff_t>(size));
  };
  return frames;
}

/// Reads the frames in portions, as many at once as there are threads.
class FrameSurvey {
 public:
  FrameSurvey(const dicom_dcmtk::FrameStream& frames, const burned_in::Clues& clues,
              const Context& context)
      : frames_(frames), clues_(clues), context_(context), found_(frames.frames) {}

  /// What was found, frame by frame.
  std::vector<Found> run() {
    const std::size_t portion = std::max<std::size_t>(1, context_.options.jobs);
    for (std::size_t first = 0; first < frames_.frames; first += portion) {
      context_.check_cancelled();
      read_portion(first, std::min(portion, frames_.frames - first));
    }
    return std::move(found_);
  }

  std::uint64_t frames_read() const { return frames_read_; }

 private:
  void read_portion(std::size_t first, std::size_t count) {
    std::vector<Frame> portion(count);
    context_.pool.parallel_for(count, [&](std::size_t n) { portion[n] = frames_.read(first + n); });
    std::vector<std::size_t> fresh;
    for (std::size_t n = 0; n < count; ++n) {
      if (portion[n] != (n == 0 ? before_ : portion[n - 1]) || first + n == 0) fresh.push_back(n);
    }
    context_.pool.parallel_for(fresh.size(), [&](std::size_t f) {
      auto reader = context_.text_readers->borrow();
      found_[first + fresh[f]] =
          find_text_in_frame(portion[fresh[f]], frames_.layout, clues_, *reader);
    });
    for (std::size_t n = 0; n < count; ++n) {
      const bool is_fresh = std::find(fresh.begin(), fresh.end(), n) != fresh.end();
      if (!is_fresh) found_[first + n] = found_[first + n - 1];
    }
    frames_read_ += fresh.size();
    before_ = std::move(portion.back());
  }

  const dicom_dcmtk::FrameStream& frames_;
  const burned_in::Clues& clues_;
  const Context& context_;
  std::vector<Found> found_;
  Frame before_;
  std::uint64_t frames_read_ = 0;
};

bool is_same_place(const Box& a, const Box& b) {
  const Box common = burned_in::intersection(a, b);
  const auto least = same_place * static_cast<double>(std::max(a.area(), b.area()));
  return !common.is_empty() && static_cast<double>(common.area()) >= least;
}

/// Text that stands in a tenth of the frames, and in two at least, stands in all: where the reader
/// missed it in some, it goes nevertheless.
Found steady_text(const std::vector<Found>& found) {
  struct Place {
    FoundText text;
    std::size_t frames, last_frame;
  };
  std::vector<Place> places;
  for (std::size_t f = 0; f < found.size(); ++f) {
    for (const FoundText& text : found[f]) {
      const auto same = std::find_if(places.begin(), places.end(), [&](const Place& place) {
        return is_same_place(text.box, place.text.box);
      });
      if (same == places.end()) {
        places.push_back({text, 1, f});
        continue;
      }
      same->text.box = burned_in::around(same->text.box, text.box);
      same->frames += same->last_frame == f ? 0 : 1;
      same->last_frame = f;
    }
  }
  const std::size_t least = std::max<std::size_t>(2, found.size() / 10);
  Found steady;
  for (const Place& place : places) {
    if (place.frames >= least) steady.push_back(place.text);
  }
  return steady;
}

/// What will be blanked in each frame, none inside another.
std::vector<Found> settle(std::vector<Found> found, const std::vector<Box>& known,
                          const dicom::SampleLayout& layout) {
  const Found steady = steady_text(found);
  for (Found& frame : found) {
    Found all;
    for (const Box& box : known) all.push_back({box, FoundText::By::rule});
    all.insert(all.end(), steady.begin(), steady.end());
    all.insert(all.end(), frame.begin(), frame.end());
    for (FoundText& text : all) text.box = burned_in::blanked_box(text.box, layout);
    std::vector<Box> boxes;
    for (const FoundText& text : all) boxes.push_back(text.box);
    boxes = burned_in::without_contained(std::move(boxes));
    frame.clear();
    for (const Box& box : boxes) {
      const auto first = std::find_if(all.begin(), all.end(),
                                      [&](const FoundText& text) { return text.box == box; });
      frame.push_back(*first);
    }
  }
  return found;
}

std::vector<audit::BurnedInRecord::Box> recorded(const std::vector<Found>& found) {
  std::map<std::pair<Box, FoundText::By>, std::uint64_t> counts;
  for (const Found& frame : found) {
    for (const FoundText& text : frame) ++counts[{text.box, text.by}];
  }
  std::vector<audit::BurnedInRecord::Box> boxes;
  const auto number = [](int n) { return static_cast<std::uint32_t>(n); };
  for (const auto& [text, frames] : counts) {
    const Box& box = text.first;
    boxes.push_back({{number(box.x), number(box.y), number(box.width), number(box.height)},
                     to_string(text.second),
                     frames});
  }
  return boxes;
}

/// The same frames with text blanked as they are read.
dicom_dcmtk::FrameStream blanked(dicom_dcmtk::FrameStream frames, const std::vector<Found>& found) {
  auto boxes = std::make_shared<std::vector<std::vector<Box>>>();
  for (const Found& frame : found) {
    boxes->emplace_back();
    for (const FoundText& text : frame) boxes->back().push_back(text.box);
  }
  frames.read = [read = frames.read, layout = frames.layout, boxes](std::size_t i) {
    Frame frame = read(i);
    const std::vector<Box>& places = (*boxes)[i];
    if (!places.empty()) {
      burned_in::blank(frame, layout, burned_in::render(frame, layout), places);
    }
    return frame;
  };
  return frames;
}

}  // namespace

Found find_text_in_frame(std::span<const std::byte> frame, const dicom::SampleLayout& layout,
                         const burned_in::Clues& clues, burned_in::TextReader& reader) {
  Found found = burned_in::find_text(burned_in::render(frame, layout), reader, clues);
  if (layout.bits_allocated == 8) return found;
  const Found more =
      burned_in::find_text(burned_in::render(frame, layout, Stretch::middle), reader, clues);
  found.insert(found.end(), more.begin(), more.end());
  return found;
}

std::vector<Found> find_burned_in_text(dicom_dcmtk::DicomFile& file, const dicom::DataSet& data_set,
                                       const Context& context) {
  if (context.text_readers == nullptr) {
    throw base::Error(base::Fault::model, "there is no text reader");
  }
  const dicom_dcmtk::FrameStream frames = frames_of(file, InstanceJob{});
  const burned_in::Clues clues = burned_in::clues_of(data_set);
  return FrameSurvey(frames, clues, context).run();
}

void clean_burned_in_text(dicom_dcmtk::DicomFile& file, const dicom::DataSet& data_set,
                          InstanceJob& job, const Context& context, audit::BurnedInRecord& record) {
  if (context.text_readers == nullptr) {
    throw base::Error(base::Fault::model, "there is no text reader");
  }
  const dicom_dcmtk::FrameStream frames = frames_of(file, job);
  const burned_in::Clues clues = burned_in::clues_of(data_set);
  FrameSurvey survey(frames, clues, context);
  const std::vector<Box> known = burned_in::known_boxes(context.options.device_rules, data_set,
                                                        static_cast<int>(frames.layout.columns),
                                                        static_cast<int>(frames.layout.rows));
  const std::vector<Found> found = settle(survey.run(), known, frames.layout);
  record.frames_read = survey.frames_read();
  record.boxes = recorded(found);
  record.decision = record.boxes.empty() ? "none_found" : "blanked";
  if (record.boxes.empty()) return;
  job.pixels = dicom_dcmtk::NewPixels{{}, blanked(frames, found)};
}

}  // namespace efface::batch
