#include "batch/study_inputs.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "made_context.h"
#include "made_series.h"
#include "tests/support/packing.h"
#include "tests/support/temporary_folder.h"

namespace efface::batch::test {
namespace {

namespace fs = std::filesystem;
using audit::Outcome;

class StudyInputsTest : public testing::Test {
 protected:
  /// Reads all that lies in the folder, which must be one study.
  StudyInputs& read() {
    study_ = only_study(folder_.path(), made_.pseudonyms);
    inputs_ = std::make_unique<StudyInputs>(study_, made_.context);
    inputs_->read();
    return *inputs_;
  }
  /// The input of a file in the folder.
  std::size_t index_of(const std::string& name) const {
    for (std::size_t i = 0; i < study_.files.size(); ++i)
      if (fs::path(study_.files[i].path).filename() == name) return i;
    throw std::logic_error("no such input");
  }
  std::string reason_of(const std::string& name) const {
    return inputs_->record(index_of(name)).reason;
  }
  static std::string token(const std::string& domain, const std::string& value) {
    return made_pseudonyms().path_token(domain, value).substr(0, 16);
  }

  const support::Folder folder_;
  MadeContext made_;
  StudyFiles study_;
  std::unique_ptr<StudyInputs> inputs_;
};

TEST_F(StudyInputsTest, ReadsWhatEveryFileIs) {
  MadeSeries{.slices = 3}.write(folder_.path());
  StudyInputs& inputs = read();
  EXPECT_EQ(inputs.size(), 3U);
  EXPECT_EQ(inputs.open(), (std::vector<std::size_t>{0, 1, 2}));
  EXPECT_EQ(inputs.open_volumes(), inputs.open());
  EXPECT_EQ(inputs.record().token, study_.token);
  const std::size_t first = index_of("slice1");
  EXPECT_EQ(inputs.facts()[first].sop_instance_uid.reveal(), "2.25.41");
  EXPECT_EQ(inputs.classification(first).treatment, study::Treatment::volume);
  EXPECT_EQ(inputs.record(first).series, made_.pseudonyms.path_token("series", "2.25.2"));
  EXPECT_FALSE(inputs.record(first).path.has_value()) << "paths are recorded only when asked for";
}

TEST_F(StudyInputsTest, AFileThatCannotBeReadIsClosedAlone) {
  MadeSeries{.slices = 3}.write(folder_.path());
  study_ = only_study(folder_.path(), made_.pseudonyms);
  const std::size_t gone = index_of("slice0"), cut = index_of("slice1");
  study_.files[gone].problem = "is not what it seems";
  const std::string whole = support::content_of(folder_ / "slice1");
  support::put(folder_ / "slice1", whole.substr(0, 60));
  StudyInputs inputs(study_, made_.context);
  inputs.read();
  EXPECT_EQ(inputs.open(), (std::vector<std::size_t>{index_of("slice2")}));
  for (const std::size_t i : {gone, cut}) {
    EXPECT_EQ(inputs.record(i).outcome, Outcome::failed);
    EXPECT_EQ(inputs.record(i).reason, "bad-input");
    EXPECT_EQ(inputs.record(i).sha256.size(), 64U) << "what was not written can still be named";
  }
}

TEST_F(StudyInputsTest, NamesHoldTokensAlone) {
  MadeSeries{.slices = 2}.write(folder_.path());
  MadeSeries{.slices = 1, .series = "2.25.8", .first_instance = "2.25.9", .patient = 2}.write(
      folder_ / "other");
  StudyInputs& inputs = read();
  inputs.name_outputs();
  std::set<std::string> patients, expected, outputs;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const std::string& output = inputs.output(i);
    patients.insert(output.substr(0, output.find('/')));
    outputs.insert(output.substr(output.find('/')));
  }
  const std::string study = "/" + study_.token.substr(0, 16) + "/";
  for (const char* uid : {"2.25.40", "2.25.41"})
    expected.insert(study + token("series", "2.25.2") + "/" + token("instance", uid) + ".dcm");
  expected.insert(study + token("series", "2.25.8") + "/" + token("instance", "2.25.90") + ".dcm");
  EXPECT_EQ(outputs, expected);
  EXPECT_EQ(patients.size(), 1U) << "a study is one folder, also where two patients share its UID";
  EXPECT_EQ(inputs.open().size(), 3U);
}

TEST_F(StudyInputsTest, KeptNamesAreTheInputsOwn) {
  made_.options.names = Names::keep;
  MadeSeries{.slices = 2}.write(folder_ / "a");
  support::put(folder_ / "a/slice1.gz",
               support::gzipped(support::content_of(folder_ / "a/slice1")));
  fs::remove(folder_ / "a/slice1");
  StudyInputs& inputs = read();
  inputs.name_outputs();
  const std::string top = folder_.path().filename();
  EXPECT_EQ(inputs.output(index_of("slice0")), top + "/a/slice0");
  EXPECT_EQ(inputs.output(index_of("slice1.gz")), top + "/a/slice1") << "written uncompressed";
}

TEST_F(StudyInputsTest, NoOutputTakesAnothersPlace) {
  const MadeSeries series{.slices = 2};
  series.write(folder_.path());
  support::put(folder_ / "copy", support::content_of(folder_ / "slice0"));
  series.write_slice(folder_ / "changed", 1, std::vector<std::uint16_t>(24 * 24, 7));
  StudyInputs& inputs = read();
  inputs.name_outputs();
  EXPECT_EQ(inputs.open().size(), 2U);
  std::map<std::string, std::size_t> reasons;
  for (std::size_t i = 0; i < inputs.size(); ++i) ++reasons[inputs.record(i).reason];
  EXPECT_EQ(reasons, (std::map<std::string, std::size_t>{
                         {"", 2}, {"identical-copy", 1}, {"duplicate-instance", 1}}));
  EXPECT_NE(reason_of("copy").empty(), reason_of("slice0").empty());
  EXPECT_NE(reason_of("changed").empty(), reason_of("slice1").empty());
}

TEST_F(StudyInputsTest, AnInstanceWithoutAUidIsWithheld) {
  const MadeSeries series{.slices = 1};
  DcmFileFormat file;
  series.write(folder_.path());
  ASSERT_TRUE(file.loadFile((folder_ / "slice0").c_str()).good());
  file.getDataset()->findAndDeleteElement(DCM_SOPInstanceUID);
  support::put(*file.getDataset(), DCM_SOPInstanceUID, "");
  file.getDataset()->saveFile((folder_ / "slice0").c_str(), EXS_LittleEndianImplicit);
  StudyInputs& inputs = read();
  ASSERT_TRUE(inputs.is_open(0));
  inputs.name_outputs();
  EXPECT_FALSE(inputs.is_open(0));
  EXPECT_EQ(inputs.record(0).reason, "no-instance-uid");
  EXPECT_TRUE(inputs.output(0).empty());
}

TEST_F(StudyInputsTest, TheFirstReasonStands) {
  MadeSeries{.slices = 1}.write(folder_.path());
  StudyInputs& inputs = read();
  inputs.withhold(0, "first", "why");
  inputs.withhold(0, "second", "why else");
  EXPECT_EQ(inputs.record(0).outcome, Outcome::withheld);
  EXPECT_EQ(inputs.record(0).reason, "first");
  EXPECT_EQ(inputs.record(0).detail, "why");
  EXPECT_EQ(inputs.record(0).sha256.size(), 64U);
  EXPECT_TRUE(inputs.open().empty());
}

TEST_F(StudyInputsTest, AStagedOutputCanBeTakenBack) {
  MadeSeries{.slices = 1}.write(folder_.path());
  StudyInputs& inputs = read();
  const support::Folder staging;
  support::put(staging / "p/s/a.dcm", "staged");
  audit::InputRecord& record = inputs.record(0);
  record.outcome = Outcome::written;
  record.output = "p/s/a.dcm";
  record.output_bytes = 6;
  record.output_sha256 = "0";
  record.actions["(0010,0010)"][0] = 1;
  record.safe_harbor["names"] = 1;
  inputs.finish(0);
  inputs.take_back(0, staging.path(), "uncertain", "why");
  EXPECT_FALSE(fs::exists(staging / "p/s/a.dcm"));
  EXPECT_EQ(record.outcome, Outcome::withheld);
  EXPECT_EQ(record.reason, "uncertain");
  EXPECT_TRUE(record.output.empty());
  EXPECT_TRUE(record.output_sha256.empty());
  EXPECT_EQ(record.output_bytes, 0U);
  EXPECT_TRUE(record.actions.empty());
  EXPECT_TRUE(record.safe_harbor.empty());
  EXPECT_FALSE(inputs.is_open(0));
}

TEST_F(StudyInputsTest, StopsWhenItIsInterrupted) {
  MadeSeries{.slices = 1}.write(folder_.path());
  study_ = only_study(folder_.path(), made_.pseudonyms);
  const std::atomic<bool> cancelled{true};
  made_.options.cancelled = &cancelled;
  StudyInputs inputs(study_, made_.context);
  EXPECT_THROW(inputs.read(), base::Error);
}

}  // namespace
}  // namespace efface::batch::test
