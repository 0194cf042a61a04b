#include "sidecar/waiting_table.h"

#include <gtest/gtest.h>

#include "tests/support/errors.h"

namespace efface::sidecar {
namespace {

ListedRow row(const std::string& file, const std::string& label) {
  ListedRow listed;
  listed.file = file;
  listed.label = label;
  return listed;
}

TEST(WaitingTable, ComesBackAsItWas) {
  Cleaned table;
  table.content = "participant_id\tx\nsub-1\t\xC3\xA9\nsub-2\t1\n";
  table.rows = {row("", "sub-1"), row("a/b.nii", "sub-2")};
  table.rows[0].begin = 17;
  table.rows[0].end = 26;
  table.rows[1].begin = 26;
  table.rows[1].end = 34;
  table.rows[1].fields["age"][2] = 3;
  table.rows[1].text["name"] = 1;
  Cleaned back = decode_waiting_table(encode_waiting_table(table));
  EXPECT_EQ(back.content, table.content);
  ASSERT_EQ(back.rows.size(), 2U);
  EXPECT_EQ(back.rows[1].file, "a/b.nii");
  settle_rows(back, [](const ListedRow& r) { return r.label == "sub-2"; });
  EXPECT_EQ(back.content, "participant_id\tx\nsub-2\t1\n");
  EXPECT_EQ(back.fields.at("age")[2], 3U);
  EXPECT_EQ(back.rows_dropped, 1U);
  EXPECT_EQ(back.text.at("name"), 1U);
}

TEST(WaitingTable, IsRefusedWhenDamaged) {
  for (const char* text : {"", "[]", R"({"content":"ab"})", R"({"content":"ab","rows":[{}]})",
                           R"({"content":"ab","rows":[{"begin":1,"end":9,"file":"","label":"",)"
                           R"("fields":{},"text":{}}]})"}) {
    EXPECT_EQ(support::fault_of([&] { decode_waiting_table(text); }), base::Fault::bad_input)
        << text;
  }
}

}  // namespace
}  // namespace efface::sidecar
