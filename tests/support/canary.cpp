#include "tests/support/canary.h"

#include <zlib.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <stdexcept>

#include "tests/support/images.h"
#include "tests/support/marker_maker.h"
#include "tests/support/nifti.h"
#include "tests/support/person.h"

namespace efface::support {

namespace {

namespace fs = std::filesystem;

constexpr std::uint16_t edge = 16;

/// Files, one hiding place each; every file is a patient and a study of its own.
class CanaryWriter {
 public:
  CanaryWriter(fs::path directory, std::uint64_t seed)
      : directory_(std::move(directory)), seed_(seed), voxels_(edge * edge, 7) {}

  using Fill = std::function<void(DcmItem&, FileLayout&)>;
  /// A valid MR image to which `fill` adds what it hides.
  void image(const std::string& name, const Fill& fill) {
    write(name, UID_MRImageStorage, [&](DcmItem& item, FileLayout& layout) {
      put_mr_image(item, {grid_, 0, voxels_, Contrast::t1, "canary", 1});
      fill(item, layout);
    });
  }
  void write(const std::string& name, const char* sop_class, const Fill& fill) {
    maker.start_file(name);
    ++study_;
    DcmFileFormat file;
    DcmItem& item = *file.getDataset();
    put(item, DCM_PatientID, "P" + std::to_string(study_));
    put_identifiers(item, {sop_class, uid(1), uid(2), uid(3), uid(4)});
    FileLayout layout;
    fill(item, layout);
    save(file, directory_ / name, layout);
  }

  fs::path path(const std::string& name) const { return directory_ / name; }
  MarkerMaker maker;

 private:
  std::string uid(std::uint64_t n) const { return made_up_uid(seed_ + study_, 700000 + n); }

  fs::path directory_;
  std::uint64_t seed_, study_ = 0;
  ImageGrid grid_ = transverse_grid({edge, edge, 1}, 4, 5);
  std::vector<std::uint16_t> voxels_;
};

// Explicit lengths, implicit VR, little endian: what a sequence inside UN looks like.
std::string implicit_element(std::uint16_t group, std::uint16_t element, std::string value) {
  if (value.size() % 2 != 0) value += ' ';
  std::string out;
  const auto u16 = [&](std::size_t n) {
    out += static_cast<char>(n & 0xFF);
    out += static_cast<char>(n >> 8 & 0xFF);
  };
  u16(group), u16(element), u16(value.size() & 0xFFFF), u16(value.size() >> 16);
  return out + value;
}

std::string implicit_item(const std::string& content) {
  return implicit_element(0xFFFE, 0xE000, content);
}

void write_depths(CanaryWriter& w) {
  w.image("top_level.dcm",
          [&](DcmItem& item, FileLayout&) { put_table_rows(item, w.maker, "top level"); });
  w.image("nested.dcm", [&](DcmItem& item, FileLayout& layout) {
    layout.undefined_lengths = true;
    DcmItem& region = add_item(item, DCM_AnatomicRegionSequence);
    DcmItem& modifier = add_item(region, DCM_AnatomicRegionModifierSequence);
    put_table_rows(add_item(modifier, DCM_EquivalentCodeSequence), w.maker, "depth 3");
  });
  w.image("private_sequence.dcm", [&](DcmItem& item, FileLayout&) {
    put_as(item, DcmTagKey(0x0029, 0x0010), EVR_LO, "EFFACE CANARY");
    put_table_rows(add_item(item, DcmTagKey(0x0029, 0x1020)), w.maker, "private sequence");
  });
}

void write_unknown(CanaryWriter& w) {
  w.image("unknown_vr.dcm", [&](DcmItem& item, FileLayout&) {
    put_as(item, DCM_PatientAddress, EVR_UN, w.maker.text("UN of a known attribute"));
    const std::string name = implicit_element(0x0010, 0x0010, w.maker.text("item in UN"));
    const std::string inner = implicit_element(
        0x0010, 0x1002, implicit_item(implicit_element(0x0010, 0x0020, w.maker.text("2 in UN"))));
    put_as(item, DCM_ReferencedStudySequence, EVR_UN, implicit_item(name + inner));
    put_as(item, DcmTagKey(0x0019, 0x0010), EVR_LO, "EFFACE CANARY");
    put_as(item, DcmTagKey(0x0019, 0x1001), EVR_UN,
           implicit_item(implicit_element(0x0010, 0x0010, w.maker.text("item in private UN"))));
    put_as(item, DcmTagKey(0x0010, 0x9FFE), EVR_UN, w.maker.text("UN not in the dictionary"));
  });
  w.image("private_blocks.dcm", [&](DcmItem& item, FileLayout&) {
    put_as(item, DcmTagKey(0x0009, 0x0010), EVR_LO, w.maker.text("private creator"));
    put_as(item, DcmTagKey(0x0009, 0x1001), EVR_PN, w.maker.text("private PN"));
    put_as(item, DcmTagKey(0x0009, 0x1002), EVR_UI, *w.maker.value(EVR_UI, "private UI"));
    put_as(item, DcmTagKey(0x0011, 0x2201), EVR_LO, w.maker.text("private without a creator"));
    put_as(item, DcmTagKey(0x0009, 0x00FF), EVR_LO, w.maker.text("creator of the last block"));
    put_as(item, DcmTagKey(0x0009, 0xFF01), EVR_OB, w.maker.text("private OB"));
    put_as(item, DcmTagKey(0xFFFB, 0x0010), EVR_LO, w.maker.text("creator in a late group"));
  });
}

void write_around_the_data_set(CanaryWriter& w) {
  w.image("preamble.dcm", [&](DcmItem&, FileLayout& layout) {
    layout.preamble = std::string(40, ' ') + w.maker.text("preamble");
  });
  w.image("file_meta.dcm", [&](DcmItem&, FileLayout& layout) {
    layout.source_ae = w.maker.text("(0002,0016)");
    layout.private_information = w.maker.text("(0002,0102)");
  });
  w.image("after_pixels.dcm", [&](DcmItem& item, FileLayout& layout) {
    put_as(item, DcmTagKey(0x7FE1, 0x0010), EVR_LO, w.maker.text("(7fe1,0010)"));
    put_as(item, DcmTagKey(0x7FE1, 0x1001), EVR_OB, w.maker.text("(7fe1,1001)"));
    put_as(add_item(item, DCM_DigitalSignaturesSequence), DCM_Signature, EVR_OB,
           w.maker.text("digital signature"));
    // DCMTK drops (FFFC,FFFC), so it is appended: OB of 12 bytes, explicit VR, little endian.
    layout.tail =
        std::string("\xFC\xFF\xFC\xFFOB\0\0\x0C\0\0\0", 12) + w.maker.text("trailing padding");
  });
  w.image("group_0004.dcm", [&](DcmItem& item, FileLayout&) {
    put(item, DCM_FileSetID, w.maker.text("(0004,1130)"));
    put(item, DCM_ReferencedFileID, w.maker.text("(0004,1500)"));
  });
}

void write_graphics(CanaryWriter& w) {
  w.image("overlays.dcm", [&](DcmItem& item, FileLayout&) {
    for (const Uint16 group : {Uint16{0x6000}, Uint16{0x601E}}) {
      put(item, DcmTagKey(group, 0x0022), w.maker.text("overlay description"));
      put(item, DcmTagKey(group, 0x1500), w.maker.text("overlay label"));
      put_as(item, DcmTagKey(group, 0x3000), EVR_OB, w.maker.text("overlay data"));
    }
    put(item, DcmTagKey(0x5000, 0x2500), w.maker.text("curve label"));
    put_as(item, DcmTagKey(0x5000, 0x3000), EVR_OB, w.maker.text("curve data"));
  });
  w.image("icon.dcm", [&](DcmItem& item, FileLayout&) {
    DcmItem& icon = add_item(item, DCM_IconImageSequence);
    put(icon, DCM_Rows, "4");
    put(icon, DCM_Columns, "4");
    put_as(icon, DCM_PixelData, EVR_OB, w.maker.text("icon pixels"));
  });
}

void write_documents(CanaryWriter& w) {
  w.write("document.dcm", UID_EncapsulatedCDAStorage, [&](DcmItem& item, FileLayout&) {
    put(item, DCM_Modality, "DOC");
    put(item, DCM_MIMETypeOfEncapsulatedDocument, "text/XML");
    put_as(item, DCM_EncapsulatedDocument, EVR_OB, "<a>" + w.maker.text("document") + "</a>");
  });
  w.write("report.dcm", UID_BasicTextSRStorage, [&](DcmItem& item, FileLayout&) {
    const std::string text = w.maker.text("text of a report"), name = w.maker.text("observer");
    put_text_report(item, "Finding of " + text, name, *w.maker.value(EVR_DT, "time of a report"));
  });
  w.maker.start_file("plain.txt");
  std::ofstream(w.path("plain.txt")) << w.maker.text("text file") << "\n";
  w.maker.start_file("small.nii.gz");
  const ImageGrid grid = transverse_grid({8, 8, 8}, 4, 4);
  write_nifti(w.path("small.nii.gz"), grid, std::vector<std::uint16_t>(512, 3),
              w.maker.text("descrip of a NIfTI"));
}

void write_encodings(CanaryWriter& w) {
  const auto put_some = [&](DcmItem& item, const std::string& place) {
    put(item, DCM_SpecificCharacterSet, "ISO_IR 192");
    put(item, DCM_PatientName, w.maker.text(place + " PatientName") + "^Jürgen");
    put(item, DCM_PatientAddress, "Straße der " + w.maker.text(place + " PatientAddress"));
    put(add_item(item, DCM_RequestAttributesSequence), DCM_RequestedProcedureDescription,
        w.maker.text(place + " request"));
  };
  const auto write = [&](const char* name, E_TransferSyntax syntax) {
    w.image(name, [&](DcmItem& item, FileLayout& layout) {
      layout.syntax = syntax;
      put_some(item, name);
    });
  };
  write("implicit.dcm", EXS_LittleEndianImplicit);
  write("big_endian.dcm", EXS_BigEndianExplicit);
  write("deflated.dcm", EXS_DeflatedLittleEndianExplicit);
  w.image("unzipped.dcm", [&](DcmItem& item, FileLayout&) {
    w.maker.start_file("zipped.dcm.gz");
    put_some(item, "gzip");
  });
  std::ifstream in(w.path("unzipped.dcm"), std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  gzFile zipped = gzopen(w.path("zipped.dcm.gz").c_str(), "wb");
  gzwrite(zipped, bytes.data(), static_cast<unsigned>(bytes.size()));
  if (gzclose(zipped) != Z_OK) throw std::runtime_error("cannot write zipped.dcm.gz");
  fs::remove(w.path("unzipped.dcm"));
}

void write_names(CanaryWriter& w) {
  w.maker.start_file("names");
  const std::string folder = w.maker.text("folder name"), file = w.maker.text("file name");
  w.image("names/" + folder + "/" + file + ".dcm", [](DcmItem&, FileLayout&) {});
}

}  // namespace

std::vector<Marker> write_canary_files(const fs::path& directory, std::uint64_t seed) {
  fs::create_directories(directory);
  CanaryWriter w(directory, seed);
  write_depths(w);
  write_unknown(w);
  write_around_the_data_set(w);
  write_graphics(w);
  write_documents(w);
  write_encodings(w);
  write_names(w);
  std::ofstream list(directory / "markers.txt"), where(directory / "markers_where.tsv");
  for (const Marker& marker : w.maker.markers()) {
    list << marker.text << "\n";
    where << marker.text << "\t" << marker.file << "\t" << marker.place << "\n";
  }
  if (!list || !where) throw std::runtime_error("cannot write markers.txt");
  return w.maker.markers();
}

}  // namespace efface::support
