#include "dicom_dcmtk/reader.h"

#include <utility>

#include "base/error.h"
#include "dicom_dcmtk/internal_start.h"
#include "dicom_dcmtk/internal_state.h"

namespace efface::dicom_dcmtk {

namespace {

using dicom::Tag;
using dicom::Vr;

constexpr Tag transfer_syntax_tag{0x0002, 0x0010};
constexpr Tag last_grouping_tag{0x0020, 0x000E};

/// The data set encoding of a transfer syntax; nothing for an empty UID.
std::optional<Encoding> encoding_of(const std::string& uid) {
  if (uid.empty()) return std::nullopt;
  const bool is_implicit =
      uid == transfer_syntax::implicit_little || uid == transfer_syntax::ge_private;
  return Encoding{!is_implicit, uid == transfer_syntax::explicit_big};
}

std::string uid_of(Encoding encoding) {
  if (!encoding.is_explicit) return transfer_syntax::implicit_little;
  return encoding.is_big_endian ? transfer_syntax::explicit_big : transfer_syntax::explicit_little;
}

StudyKey key_of(const Item& root, Bytes content) {
  const Values values(root, content);
  return {base::Phi<std::string>(values.text({0x0020, 0x000D})),
          base::Phi<std::string>(values.text({0x0010, 0x0020}))};
}

/// The key from the beginning of a file; nothing when it does not reach far enough.
std::optional<StudyKey> key_in_head(Bytes head) {
  const std::optional<Start> start = find_start(head, max_inflated_bytes);
  if (!start) return std::nullopt;
  std::uint64_t offset = start->offset;
  const Item meta = parse_meta(head, start->offset, offset);
  const std::string stated = Values(meta, head).text(transfer_syntax_tag);
  if (stated == transfer_syntax::deflated) return std::nullopt;
  const Encoding encoding = detect_encoding(head, offset, encoding_of(stated));
  const ParsedDataSet data = parse_data_set(head, offset, encoding, last_grouping_tag);
  if (data.is_truncated) return std::nullopt;
  return key_of(data.root, head);
}

bool is_uncompressed(const std::string& uid) {
  return uid.empty() || uid == transfer_syntax::implicit_little ||
         uid == transfer_syntax::explicit_little || uid == transfer_syntax::explicit_big;
}

}  // namespace

DicomFile::State::State(const std::filesystem::path& file_path, std::optional<Tag> stop_after,
                        base::Extent wanted)
    : path(file_path), content(file_path, wanted) {
  std::optional<Start> start = find_start(bytes(), bytes().size());
  const bool is_bare = !start && is_bare_deflated(bytes());
  if (!start && !is_bare) throw base::Error(base::Fault::bad_input, "not a DICOM file");
  if (is_bare) start = Start{};
  meta_offset = start->offset;
  std::uint64_t offset = start->offset;
  if (!is_bare) meta = parse_meta(bytes(), start->offset, offset);
  const std::string stated = is_bare ? std::string(transfer_syntax::deflated)
                                     : Values(meta, bytes()).text(transfer_syntax_tag);
  is_deflated = stated == transfer_syntax::deflated;
  if (is_deflated) content.inflate_from(offset);
  encoding = detect_encoding(bytes(), offset, encoding_of(stated));
  if (!encoding.is_explicit && encoding.is_big_endian) {
    throw base::Error(base::Fault::unsupported, "implicit VR in big endian byte order");
  }
  transfer_syntax_uid = is_uncompressed(stated) ? uid_of(encoding) : stated;
  data = parse_data_set(bytes(), offset, encoding, stop_after);
  if (stop_after) return;
  if (data.root.elements.empty() && !data.pixels.present) {
    throw base::Error(base::Fault::bad_input, "the data set is empty");
  }
}

DicomFile::DicomFile(const std::filesystem::path& path, base::Extent wanted) {
  state_ = std::make_unique<State>(path, std::nullopt, wanted);
}
DicomFile::DicomFile(DicomFile&&) noexcept = default;
DicomFile& DicomFile::operator=(DicomFile&&) noexcept = default;
DicomFile::~DicomFile() = default;

const std::filesystem::path& DicomFile::path() const {
  return state_->path;
}

std::span<const std::byte> DicomFile::content() const {
  return state_->bytes();
}

dicom::DataSet DicomFile::attributes() const {
  return to_data_set(state_->data.root, state_->bytes());
}

dicom::DataSet DicomFile::meta() const {
  dicom::DataSet meta = to_data_set(state_->meta, state_->bytes());
  constexpr std::size_t preamble_bytes = 128;
  if (state_->meta_offset < preamble_bytes) return meta;
  const char* start = reinterpret_cast<const char*>(state_->bytes().data());
  std::string preamble(start, preamble_bytes);
  if (preamble.find_first_not_of('\0') == std::string::npos) return meta;
  dicom::Attribute attribute;
  attribute.vr = Vr::OB;
  attribute.length = preamble_bytes;
  attribute.value = base::Phi<std::string>(std::move(preamble));
  meta.attributes.insert(meta.attributes.begin(), std::move(attribute));
  return meta;
}

PixelSpan DicomFile::pixels() const {
  return state_->data.pixels;
}

std::string DicomFile::transfer_syntax_uid() const {
  return state_->transfer_syntax_uid;
}

std::uint64_t DicomFile::trailing_bytes() const {
  return state_->data.trailing_bytes;
}

dicom::DataSet DicomFile::dropped() const {
  return to_data_set(state_->data.dropped, state_->bytes());
}

std::span<const std::byte> DicomFile::source() const {
  return state_->content.source();
}

bool DicomFile::is_unfolded() const {
  return state_->content.source().data() != state_->content.bytes().data();
}

void DicomFile::visit_source(const std::function<void(std::span<const std::byte>)>& show) const {
  state_->content.visit_source(show);
}

DicomFile::State& DicomFile::state() {
  return *state_;
}

FileStart::FileStart(const std::filesystem::path& path) : path_(path) {
  constexpr std::size_t enough_for_most = std::size_t{1} << 14;
  base::FileHead head = base::read_head(path, enough_for_most);
  bytes_ = std::move(head.bytes);
  file_size_ = head.file_size;
}

StudyKey FileStart::study_key() const {
  if (!is_gzip(bytes_)) {
    try {
      if (const std::optional<StudyKey> key = key_in_head(bytes_)) return *key;
    } catch (const base::Error&) {  // more of the file tells whether it is damaged
    }
  }
  return read_study_key(path_);
}

StudyKey read_study_key(const std::filesystem::path& path) {
  std::vector<std::byte> head = base::read_head(path, 1 << 16).bytes;
  if (is_gzip(head)) head = inflate_head(head, 1 << 20);
  if (const std::optional<StudyKey> key = key_in_head(head)) return *key;
  const DicomFile::State state(path, last_grouping_tag);
  return key_of(state.data.root, state.bytes());
}

}  // namespace efface::dicom_dcmtk
