// Edits upon a parsed tree, and the tree as bytes again.
#pragma once

#include <string>

#include "dicom/edit.h"
#include "dicom_dcmtk/internal_state.h"

namespace efface::dicom_dcmtk {

inline constexpr dicom::Tag encrypted_attributes_tag{0x0400, 0x0500};

/// Carries out every edit on `root` (apply.cpp). New values get their padding and the byte order of
/// where they stand. Throws internal when a path leads nowhere or a value does not fit its VR.
void apply_edits(const dicom::EditPlan& plan, Encoding encoding, Item& root);

/// Replaces or inserts one attribute of `item`, at its place in ascending order.
void put_value(Item& item, dicom::Tag tag, dicom::Vr vr, std::string value, bool is_big_endian);

/// Appends the elements of `item`: group lengths and trailing padding (FFFC,FFFC) are left out,
/// lengths of sequences and items are counted anew or stay undefined, odd values are padded
/// (serialise.cpp).
void append_elements(const Item& item, Bytes content, Encoding encoding, std::string& out);

/// Appends an element's header.
void append_header(dicom::Tag tag, const std::array<char, 2>& letters, std::uint32_t length,
                   Encoding encoding, std::string& out);

/// Preamble, "DICM" and group 0002 for the data set `root` (serialise.cpp).
std::string make_file_meta(const Item& root, const Item& old_meta, Bytes content,
                           const std::string& transfer_syntax_uid);

}  // namespace efface::dicom_dcmtk
