#include "dicom_dcmtk/internal_codec.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmdata/dcrledrg.h>
#include <dcmtk/dcmdata/dcrleerg.h>
#include <dcmtk/dcmdata/dcrlerp.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/dcmjpeg/djencode.h>
#include <dcmtk/dcmjpeg/djrplol.h>
#include <dcmtk/dcmjpls/djdecode.h>
#include <dcmtk/dcmjpls/djencode.h>
#include <dcmtk/dcmjpls/djrparam.h>
#include <dcmtk/oflog/oflog.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <mutex>

#include "base/error.h"
#include "dicom_dcmtk/internal_state.h"

namespace efface::dicom_dcmtk {

namespace {

/// Larger images than this are not decoded: no scanner makes them, hostile files claim them.
constexpr std::uint64_t max_native_bytes = 16ULL << 30;
/// Small compressed data may claim this much; beyond, no more than the ratio.
constexpr std::uint64_t always_allowed_bytes = 256ULL << 20;
constexpr std::uint64_t max_compression_ratio = 2000;

void start_dcmtk() {
  OFLog::configure(OFLogger::OFF_LOG_LEVEL);
  DJDecoderRegistration::registerCodecs();
  DJEncoderRegistration::registerCodecs();
  DJLSDecoderRegistration::registerCodecs();
  // Not the "cooked" encoder, which is the default: in DCMTK 3.6.7 it writes beyond its buffer when
  // a frame does not become smaller, as noise does not.
  DJLSEncoderRegistration::registerCodecs(0, 0, 0, 0, OFFalse);
  DcmRLEDecoderRegistration::registerCodecs();
  DcmRLEEncoderRegistration::registerCodecs();
}

void check(const OFCondition& condition, const char* what) {
  if (condition.good()) return;
  throw base::Error(base::Fault::bad_input, what);
}

std::uint16_t narrow(std::uint32_t number) {
  return static_cast<std::uint16_t>(number);
}

/// The image pixel module alone, for the codecs to read.
std::unique_ptr<DcmDataset> pixel_module(const dicom::InstanceFacts& facts, std::uint16_t planar) {
  auto module = std::make_unique<DcmDataset>();
  const auto put = [&](const DcmTagKey& tag, std::uint32_t number) {
    check(module->putAndInsertUint16(tag, narrow(number)), "pixel description cannot be stored");
  };
  put(DCM_SamplesPerPixel, facts.samples_per_pixel);
  module->putAndInsertString(DCM_PhotometricInterpretation,
                             facts.photometric_interpretation.c_str());
  if (facts.samples_per_pixel > 1) put(DCM_PlanarConfiguration, planar);
  module->putAndInsertString(DCM_NumberOfFrames, std::to_string(facts.frames).c_str());
  put(DCM_Rows, facts.rows);
  put(DCM_Columns, facts.columns);
  put(DCM_BitsAllocated, facts.bits_allocated);
  put(DCM_BitsStored, facts.bits_stored);
  put(DCM_HighBit, facts.high_bit);
  put(DCM_PixelRepresentation, facts.is_signed ? 1U : 0U);
  return module;
}

bool is_jpeg(const std::string& uid) {
  constexpr std::string_view family = "1.2.840.10008.1.2.4.";
  if (!uid.starts_with(family) || uid.size() != family.size() + 2) return false;
  const int number = std::atoi(uid.c_str() + family.size());
  return number >= 50 && number <= 70;
}

struct Target {
  std::string uid;
  E_TransferSyntax syntax = EXS_Unknown;
  std::unique_ptr<DcmRepresentationParameter> parameter;
};

std::optional<Target> lossless_target(const std::string& uid) {
  if (is_jpeg(uid)) {
    return Target{transfer_syntax::jpeg_lossless, EXS_JPEGProcess14SV1,
                  std::make_unique<DJ_RPLossless>(1, 0)};
  }
  if (uid == "1.2.840.10008.1.2.4.80" || uid == "1.2.840.10008.1.2.4.81") {
    return Target{transfer_syntax::jpeg_ls_lossless, EXS_JPEGLSLossless,
                  std::make_unique<DJLSRepresentationParameter>(Uint16{0}, OFTrue)};
  }
  if (uid == transfer_syntax::rle) {
    return Target{transfer_syntax::rle, EXS_RLELossless,
                  std::make_unique<DcmRLERepresentationParameter>()};
  }
  return std::nullopt;
}

void append32(std::uint32_t number, std::string& out) {
  for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>((number >> shift) & 0xFF);
}

std::string join_fragments(DcmPixelSequence& sequence) {
  std::string value;
  for (unsigned long i = 0; i < sequence.card(); ++i) {
    DcmPixelItem* item = nullptr;
    check(sequence.getItem(item, i), "encoder made no fragments");
    Uint8* bytes = nullptr;
    const Uint32 length = item->getLength();
    if (length > 0) check(item->getUint8Array(bytes), "encoder made an empty fragment");
    append32(0xE000FFFEU, value);
    append32(length + length % 2, value);
    if (length > 0) value.append(reinterpret_cast<const char*>(bytes), length);
    if (length % 2 != 0) value += '\0';
  }
  append32(0xE0DDFFFEU, value);
  append32(0, value);
  return value;
}

DcmPixelData& pixel_data_of(DcmDataset& module) {
  DcmElement* element = nullptr;
  check(module.findAndGetElement(DCM_PixelData, element), "codec lost the pixel data");
  return dynamic_cast<DcmPixelData&>(*element);
}

}  // namespace

void initialise() {
  static std::once_flag once;
  std::call_once(once, start_dcmtk);
}

std::uint64_t native_size(const dicom::InstanceFacts& facts) {
  if (facts.bits_allocated != 8 && facts.bits_allocated != 16 && facts.bits_allocated != 32) {
    throw base::Error(base::Fault::unsupported, "bits allocated other than 8, 16 or 32");
  }
  const std::uint64_t frame = std::uint64_t{facts.rows} * facts.columns * facts.samples_per_pixel *
                              (facts.bits_allocated / 8);
  if (frame == 0 || facts.frames > max_native_bytes / frame) {
    throw base::Error(base::Fault::bad_input, "the image claims no or absurdly many pixels");
  }
  return frame * facts.frames;
}

std::vector<Bytes> split_fragments(Bytes value) {
  std::vector<Bytes> fragments;
  std::uint64_t at = 0;
  while (value.size() - at >= 8 && load32(value, at, false) == 0xE000FFFEU) {
    const std::uint32_t length = load32(value, at + 4, false);
    at += 8;
    if (length > value.size() - at) break;
    fragments.push_back(value.subspan(at, length));
    at += length;
  }
  if (fragments.size() < 2) {
    throw base::Error(base::Fault::bad_input, "encapsulated pixel data hold no fragments");
  }
  return fragments;
}

bool is_known_to_dcmtk(const std::string& uid) {
  constexpr std::array<std::string_view, 3> others{"1.2.840.10008.1.2.4.9", "1.2.840.10008.1.2.4.1",
                                                   "1.2.840.10008.1.2.4.2"};
  return std::none_of(others.begin(), others.end(),
                      [&](std::string_view start) { return uid.starts_with(start); });
}

std::vector<std::byte> decode_fragments(const dicom::InstanceFacts& facts, std::uint16_t planar,
                                        const std::vector<Bytes>& fragments) {
  return decode_described(facts, planar, fragments).bytes;
}

Decoded decode_described(const dicom::InstanceFacts& facts, std::uint16_t planar,
                         const std::vector<Bytes>& fragments) {
  const std::uint64_t size = native_size(facts);
  std::uint64_t compressed = 0;
  for (const Bytes fragment : fragments) compressed += fragment.size();
  if (size > always_allowed_bytes && size / max_compression_ratio > compressed) {
    throw base::Error(base::Fault::bad_input, "compressed pixel data are too short for the image");
  }
  const DcmXfer syntax(facts.transfer_syntax_uid.c_str());
  auto module = pixel_module(facts, planar);
  auto sequence = std::make_unique<DcmPixelSequence>(DcmTag(DCM_PixelData, EVR_OB));
  for (const Bytes fragment : fragments) {
    auto item = std::make_unique<DcmPixelItem>(DcmTag(DCM_Item, EVR_OB));
    if (!fragment.empty()) {
      check(item->putUint8Array(reinterpret_cast<const Uint8*>(fragment.data()),
                                static_cast<unsigned long>(fragment.size())),
            "fragment cannot be stored");
    }
    check(sequence->insert(item.release()), "fragment cannot be stored");
  }
  auto pixels = std::make_unique<DcmPixelData>(DCM_PixelData);
  pixels->putOriginalRepresentation(syntax.getXfer(), nullptr, sequence.release());
  check(module->insert(pixels.release(), OFTrue), "pixel data cannot be stored");
  DcmPixelData& data = pixel_data_of(*module);
  if (!data.canChooseRepresentation(EXS_LittleEndianExplicit, nullptr)) {
    throw base::Error(base::Fault::unsupported, "no codec for this transfer syntax");
  }
  check(module->chooseRepresentation(EXS_LittleEndianExplicit, nullptr),
        "compressed pixel data cannot be decoded");
  Uint8* bytes = nullptr;
  check(data.getUint8Array(bytes), "decoded pixel data cannot be read");
  if (bytes == nullptr || data.getLength() < size) {
    throw base::Error(base::Fault::bad_input, "decoded pixel data are too short for the image");
  }
  const auto* first = reinterpret_cast<const std::byte*>(bytes);
  Decoded decoded{{first, first + size}, facts.photometric_interpretation, planar};
  OFString photometric;
  if (module->findAndGetOFString(DCM_PhotometricInterpretation, photometric).good()) {
    decoded.photometric_interpretation = photometric.c_str();
  }
  Uint16 order = planar;
  if (module->findAndGetUint16(DCM_PlanarConfiguration, order).good()) decoded.planar = order;
  return decoded;
}

std::optional<Encapsulated> encode_lossless(const dicom::InstanceFacts& facts,
                                            const std::vector<std::byte>& bytes) {
  std::optional<Target> target = lossless_target(facts.transfer_syntax_uid);
  if (!target || facts.bits_allocated > 16 || bytes.size() != native_size(facts)) {
    return std::nullopt;
  }
  auto module = pixel_module(facts, 0);
  const auto* data = reinterpret_cast<const Uint8*>(bytes.data());
  const bool are_words = facts.bits_allocated > 8;
  auto pixels = std::make_unique<DcmPixelData>(DcmTag(DCM_PixelData, are_words ? EVR_OW : EVR_OB));
  if (are_words) {
    std::vector<Uint16> words(bytes.size() / 2);
    std::memcpy(words.data(), data, bytes.size());
    check(pixels->putUint16Array(words.data(), static_cast<unsigned long>(words.size())),
          "pixel data cannot be stored");
  } else {
    check(pixels->putUint8Array(data, static_cast<unsigned long>(bytes.size())),
          "pixel data cannot be stored");
  }
  check(module->insert(pixels.release(), OFTrue), "pixel data cannot be stored");
  if (module->chooseRepresentation(target->syntax, target->parameter.get()).bad()) {
    return std::nullopt;
  }
  DcmPixelSequence* sequence = nullptr;
  if (pixel_data_of(*module)
          .getEncapsulatedRepresentation(target->syntax, target->parameter.get(), sequence)
          .bad()) {
    return std::nullopt;
  }
  Encapsulated result{target->uid, join_fragments(*sequence)};
  dicom::InstanceFacts again = facts;
  again.transfer_syntax_uid = result.transfer_syntax_uid;
  const auto fragments = split_fragments(std::as_bytes(std::span(result.value)));
  if (decode_fragments(again, 0, fragments) != bytes) return std::nullopt;
  return result;
}

}  // namespace efface::dicom_dcmtk
