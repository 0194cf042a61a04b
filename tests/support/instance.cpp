#include "tests/support/instance.h"

#include <fstream>
#include <stdexcept>

namespace efface::support {

namespace {

void check(const OFCondition& condition, const std::string& what) {
  if (condition.bad()) throw std::runtime_error(what + ": " + condition.text());
}

std::string name_of(DcmTagKey tag) {
  return std::string(tag.toString().c_str());
}

}  // namespace

std::string made_up_uid(std::uint64_t seed, std::uint64_t number) {
  const std::uint64_t high = (seed + 1) * 0x9E3779B97F4A7C15ULL ^ number * 0xD6E8FEB86659FD93ULL;
  return "2.25." + std::to_string(high | (1ULL << 63)) + std::to_string(1000000 + number % 9000000);
}

void put(DcmItem& item, DcmTagKey tag, const std::string& value) {
  check(item.putAndInsertString(tag, value.c_str()), name_of(tag));
}

void put_as(DcmItem& item, DcmTagKey tag, DcmEVR vr, const std::string& value) {
  const DcmTag typed(tag, DcmVR(vr));
  if (typed.getVR().isaString())
    return check(item.putAndInsertString(typed, value.c_str()), name_of(tag));
  std::string bytes = value;
  if (bytes.size() % 2 != 0) bytes += '\0';
  auto* element = new DcmOtherByteOtherWord(typed);
  check(element->putUint8Array(reinterpret_cast<const Uint8*>(bytes.data()), bytes.size()),
        name_of(tag));
  check(item.insert(element, OFTrue), name_of(tag));
}

void put_words(DcmItem& item, DcmTagKey tag, const std::vector<std::uint16_t>& words) {
  check(item.putAndInsertUint16Array(DcmTag(tag, EVR_OW), words.data(), words.size()),
        name_of(tag));
}

DcmItem& add_item(DcmItem& item, DcmTagKey sequence) {
  DcmTag tag(sequence);
  if (tag.isPrivate()) tag.setVR(DcmVR(EVR_SQ));
  DcmItem* added = nullptr;
  check(item.findOrCreateSequenceItem(tag, added, -2), name_of(sequence));
  return *added;
}

void put_code(DcmItem& item, DcmTagKey sequence, const std::string& value,
              const std::string& scheme, const std::string& meaning) {
  DcmItem& code = add_item(item, sequence);
  put(code, DCM_CodeValue, value);
  put(code, DCM_CodingSchemeDesignator, scheme);
  put(code, DCM_CodeMeaning, meaning);
}

void save(DcmFileFormat& file, const std::filesystem::path& path, const FileLayout& layout) {
  std::filesystem::create_directories(path.parent_path());
  DcmMetaInfo& meta = *file.getMetaInfo();
  if (!layout.source_ae.empty()) put(meta, DCM_SourceApplicationEntityTitle, layout.source_ae);
  if (!layout.private_information.empty()) {
    put(meta, DCM_PrivateInformationCreatorUID, made_up_uid(2, 2));
    put_as(meta, DCM_PrivateInformation, EVR_OB, layout.private_information);
  }
  check(file.saveFile(path.c_str(), layout.syntax,
                      layout.undefined_lengths ? EET_UndefinedLength : EET_ExplicitLength,
                      EGL_withoutGL, EPD_withoutPadding, 0, 0, EWM_updateMeta),
        path.string());
  std::fstream out(path, std::ios::binary | std::ios::in | std::ios::out);
  out.write(layout.preamble.data(), static_cast<std::streamsize>(layout.preamble.size()));
  out.seekp(0, std::ios::end);
  out.write(layout.tail.data(), static_cast<std::streamsize>(layout.tail.size()));
  if (!out) throw std::runtime_error("cannot write '" + path.string() + "'");
}

}  // namespace efface::support
