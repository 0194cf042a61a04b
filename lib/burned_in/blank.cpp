#include "burned_in/blank.h"

#include <algorithm>
#include <cstring>
#include <map>

#include "base/error.h"

namespace efface::burned_in {

namespace {

using dicom::SampleLayout;

/// Pixels, or pairs of them, as runs of bytes: one run a plane.
class Cells {
 public:
  Cells(std::span<std::byte> frame, const SampleLayout& layout)
      : frame_(frame), width_(layout.is_subsampled() ? 2 : 1), columns_(layout.columns / width_) {
    const std::size_t sample = layout.bytes_per_sample();
    const bool is_planar =
        layout.samples_per_pixel > 1 && layout.is_planar && !layout.is_subsampled();
    planes_ = is_planar ? layout.samples_per_pixel : 1;
    bytes_ = is_planar ? sample : layout.is_subsampled() ? 4 : sample * layout.samples_per_pixel;
    plane_bytes_ = std::size_t{columns_} * layout.rows * bytes_;
  }

  std::string get(int x, int y) const {
    std::string cell;
    for (std::size_t p = 0; p < planes_; ++p) {
      cell.append(reinterpret_cast<const char*>(frame_.data()) + offset(x, y, p), bytes_);
    }
    return cell;
  }

  void set(int x, int y, const std::string& cell) {
    for (std::size_t p = 0; p < planes_; ++p) {
      std::memcpy(frame_.data() + offset(x, y, p), cell.data() + p * bytes_, bytes_);
    }
  }

  int width() const { return static_cast<int>(width_); }

 private:
  std::size_t offset(int x, int y, std::size_t plane) const {
    const std::size_t cell =
        static_cast<std::size_t>(y) * columns_ + static_cast<std::size_t>(x) / width_;
    return plane * plane_bytes_ + cell * bytes_;
  }

  std::span<std::byte> frame_;
  std::uint32_t width_, columns_;
  std::size_t planes_ = 1, bytes_ = 1, plane_bytes_ = 0;
};

std::string darkest_cell(const Cells& cells, const Picture& picture) {
  const auto darkest = std::min_element(picture.grey.begin(), picture.grey.end());
  const int place = static_cast<int>(darkest - picture.grey.begin());
  return cells.get(place % picture.columns, place / picture.columns);
}

/// The commonest cell on the border of a box, when at least half of the border is like it.
std::string border_cell(const Cells& cells, const Box& box) {
  std::map<std::string, int> counts;
  int total = 0;
  const auto count = [&](int x, int y) {
    ++counts[cells.get(x, y)];
    ++total;
  };
  for (int x = box.x; x < box.right(); x += cells.width()) {
    count(x, box.y);
    count(x, box.bottom() - 1);
  }
  for (int y = box.y; y < box.bottom(); ++y) {
    count(box.x, y);
    count(box.right() - 1, y);
  }
  const auto commonest =
      std::max_element(counts.begin(), counts.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  return 2 * commonest->second >= total ? commonest->first : std::string();
}

}  // namespace

Box blanked_box(const Box& box, const SampleLayout& layout) {
  Box whole =
      intersection(box, {0, 0, static_cast<int>(layout.columns), static_cast<int>(layout.rows)});
  if (whole.is_empty() || !layout.is_subsampled()) return whole;
  const int right = whole.right() + whole.right() % 2;
  whole.x -= whole.x % 2;
  whole.width = right - whole.x;
  return whole;
}

void blank(std::span<std::byte> frame, const SampleLayout& layout, const Picture& picture,
           const std::vector<Box>& boxes) {
  if (frame.size() != layout.frame_bytes()) {
    throw base::Error(base::Fault::internal, "a frame does not have the size of its layout");
  }
  Cells cells(frame, layout);
  const std::string darkest = darkest_cell(cells, picture);
  std::vector<std::pair<Box, std::string>> fills;  // all from the frame as it was
  for (const Box& asked : boxes) {
    const Box box = blanked_box(asked, layout);
    if (box.is_empty()) continue;
    const std::string border = border_cell(cells, box);
    fills.emplace_back(box, border.empty() ? darkest : border);
  }
  for (const auto& [box, fill] : fills) {
    for (int y = box.y; y < box.bottom(); ++y) {
      for (int x = box.x; x < box.right(); x += cells.width()) cells.set(x, y, fill);
    }
  }
}

}  // namespace efface::burned_in
