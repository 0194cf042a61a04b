#include "sidecar/waiting_table.h"

#include <nlohmann/json.hpp>

#include "base/error.h"

namespace efface::sidecar {

namespace {

using Json = nlohmann::json;

Json encoded(const ListedRow& row) {
  return {{"begin", row.begin}, {"end", row.end},       {"file", row.file},
          {"label", row.label}, {"fields", row.fields}, {"text", row.text}};
}

ListedRow decoded_row(const Json& json) {
  ListedRow row;
  json.at("begin").get_to(row.begin);
  json.at("end").get_to(row.end);
  json.at("file").get_to(row.file);
  json.at("label").get_to(row.label);
  json.at("fields").get_to(row.fields);
  json.at("text").get_to(row.text);
  return row;
}

[[noreturn]] void refuse() {
  throw base::Error(base::Fault::bad_input, "a table that waits for the merge is damaged");
}

}  // namespace

std::string encode_waiting_table(const Cleaned& table) {
  Json rows = Json::array();
  for (const ListedRow& row : table.rows) rows.push_back(encoded(row));
  // Names of files may hold any bytes; what is no UTF-8 names no output of this run either.
  return Json({{"content", table.content}, {"rows", rows}})
      .dump(-1, ' ', false, Json::error_handler_t::replace);
}

Cleaned decode_waiting_table(std::string_view text) {
  Cleaned table;
  try {
    const Json json = Json::parse(text);
    json.at("content").get_to(table.content);
    for (const Json& row : json.at("rows")) table.rows.push_back(decoded_row(row));
  } catch (const Json::exception&) {
    refuse();
  }
  std::size_t end = 0;
  for (const ListedRow& row : table.rows) {
    if (row.begin < end || row.end < row.begin || row.end > table.content.size()) refuse();
    end = row.end;
  }
  return table;
}

}  // namespace efface::sidecar
