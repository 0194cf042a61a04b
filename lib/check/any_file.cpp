#include "check/any_file.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <span>
#include <utility>

#include "base/error.h"
#include "check/file_name.h"
#include "check/free_text.h"
#include "check/json_text.h"
#include "check/picture_file.h"
#include "check/table_text.h"
#include "check/xml_text.h"
#include "sidecar/clean.h"
#include "sidecar/gzip.h"
#include "sidecar/kind.h"

namespace efface::check {

namespace {

using findings::Finding;
using Findings = std::vector<Finding>;

/// Whether bytes are text that people wrote: UTF-8 or Latin-1 without control characters.
bool is_text(std::string_view bytes) {
  return std::none_of(bytes.begin(), bytes.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f') || byte == 0x7F;
  });
}

std::string upper_name(std::string_view path) {
  std::string name(path.substr(path.rfind('/') + 1));
  for (char& c : name) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return name;
}

bool is_document(std::string_view path) {
  const std::string name = upper_name(path);
  for (const std::string_view begin :
       {"README", "CHANGES", "CHANGELOG", "LICENSE", "LICENCE", "COPYING", "CITATION"}) {
    if (name.starts_with(begin)) return true;
  }
  for (const std::string_view end : {".MD", ".RST", ".CFF", ".BIB"}) {
    if (name.ends_with(end)) return true;
  }
  return false;
}

Finding not_checked(std::string reason) {
  return {"not-checked", {}, {}, std::move(reason), 1};
}

/// What holds text that is not read, though its bytes may look like text: by its first bytes.
std::string_view unread_document(std::string_view content) {
  constexpr std::size_t head = 1024;  // where readers of PDF look for its mark
  constexpr auto marks = std::to_array<std::pair<std::string_view, std::string_view>>({
      {"PK\x03\x04", "an archive or a document of an office program (zip)"},
      {"\xD0\xCF\x11\xE0", "a document of an office program (OLE)"},
      {"{\\rtf", "an RTF document"},
      {"%!PS", "a PostScript document"},
  });
  if (content.substr(0, head).find("%PDF-") != std::string_view::npos) return "a PDF document";
  for (const auto& [mark, kind] : marks) {
    if (content.starts_with(mark)) return kind;
  }
  return {};
}

/// What git has in place of a file that was not fetched: a pointer of Git LFS or git-annex.
bool is_pointer(std::string_view content) {
  constexpr std::size_t longest = 1024;
  constexpr std::string_view annex = "/annex/objects/";
  if (content.size() > longest) return false;
  return content.starts_with("version https://git-lfs.github.com/spec/") ||
         content.starts_with(annex);
}

bool is_xml(std::string_view name, std::string_view content) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  if (content.starts_with(mark)) content.remove_prefix(mark.size());
  return content.starts_with("<?xml") || sidecar::kind_of(name) == sidecar::Kind::xml;
}

/// Line by line, findings of one rule counted at the first line.
Findings find_in_lines(std::string_view text) {
  std::map<std::string, Finding> found;
  std::size_t number = 0;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    ++number;
    Finding finding =
        find_in_text(text.substr(start, end - start), "line " + std::to_string(number));
    start = end + 1;
    if (finding.rule.empty()) continue;
    const auto [at, is_new] = found.try_emplace(finding.rule, finding);
    if (!is_new) ++at->second.count;
  }
  Findings all;
  for (auto& [rule, finding] : found) all.push_back(std::move(finding));
  return all;
}

Findings find_in_xml_or_lines(std::string_view text, const deid::Profile& profile) {
  try {
    return find_in_xml(text, profile);
  } catch (const base::Error& error) {
    Findings found = find_in_lines(text);
    found.push_back(not_checked(std::string("XML, read as plain text alone: ") + error.what()));
    return found;
  }
}

Findings find_in_text_file(const AnyFile& file, const deid::Profile& profile) {
  const bool is_publication = upper_name(file.name) == "DATASET_DESCRIPTION.JSON";
  if (auto found = find_in_json(file.content, profile, is_publication)) return *found;
  if (!is_text(file.content)) {
    return {not_checked("neither DICOM nor a known image format nor text")};
  }
  if (is_xml(file.name, file.content)) return find_in_xml_or_lines(file.content, profile);
  const sidecar::Kind kind = sidecar::kind_of(file.name);
  if (kind == sidecar::Kind::tsv) {
    return find_in_table(file.content, '\t', profile, file.columns);
  }
  if (kind == sidecar::Kind::csv) return find_in_table(file.content, ',', profile);
  Findings found = find_in_lines(file.content);
  for (Finding& finding : found) {
    if (is_document(file.name)) finding.rule = "document.text";
  }
  return found;
}

/// The name of what is in it: "a.tsv" of "a.tsv.gz".
std::string_view without_ending(std::string_view name) {
  constexpr std::string_view ending = ".GZ";
  return upper_name(name).ends_with(ending) ? name.substr(0, name.size() - ending.size()) : name;
}

Findings find_in_gzip(const AnyFile& file, const deid::Profile& profile) {
  Findings found;
  Finding named = find_in_name(sidecar::original_name(file.content));
  if (!named.rule.empty()) {
    named.place = "gzip header";
    named.reason = "the name that the compressed file had says who or when";
    found.push_back(std::move(named));
  }
  const bool is_table = sidecar::kind_of(file.name) == sidecar::Kind::tsv_gz;
  std::string content;
  try {
    content =
        sidecar::inflated(file.content, is_table ? sidecar::largest_table : most_bytes_of_text);
  } catch (const base::Error&) {
    found.push_back(not_checked("gzip data that are damaged, or too large to look into"));
    return found;
  }
  if (!is_text(content)) {
    found.push_back(not_checked("compressed, and not text: nobody has looked inside"));
    return found;
  }
  for (Finding& inner :
       find_in_text_file({without_ending(file.name), content, file.columns}, profile)) {
    found.push_back(std::move(inner));
  }
  return found;
}

}  // namespace

InAnyFile find_in_any_file(const AnyFile& file, const deid::Profile& profile) {
  if (sidecar::is_gzip(file.content)) return {find_in_gzip(file, profile), false};
  if (const std::string_view kind = unread_document(file.content); !kind.empty()) {
    return {{not_checked(std::string(kind) + ": what it holds is not read")}, false};
  }
  if (is_pointer(file.content)) {
    return {{not_checked("a pointer of Git LFS or git-annex: the file itself is not here")}, false};
  }
  if (auto found = find_in_picture(std::as_bytes(std::span(file.content)))) {
    return {std::move(*found), true};
  }
  return {find_in_text_file(file, profile), false};
}

}  // namespace efface::check
