#include "batch/check_dicom.h"

#include <map>
#include <optional>
#include <vector>

#include "audit/record.h"
#include "base/error.h"
#include "batch/check_faces.h"
#include "batch/check_pixels.h"
#include "batch/instance.h"
#include "check/instance.h"
#include "check/study_dates.h"
#include "dicom_dcmtk/reader.h"
#include "study/classify.h"

namespace efface::batch {

namespace {

class DicomCheck {
 public:
  DicomCheck(const StudyFiles& study, const CheckOptions& options, const Context& context,
             CheckSink& sink)
      : files_(study.files),
        options_(options),
        context_(context),
        sink_(sink),
        facts_(files_.size()),
        classes_(files_.size()),
        dates_(files_.size()) {}

  void run() {
    context_.pool.parallel_for(files_.size(), [&](std::size_t i) {
      context_.check_cancelled();
      try {
        check_file(i);
      } catch (...) {
        not_checked(files_[i].path, sink_);
      }
    });
    compare_dates();
    if (options_.looks_for_faces) {
      check_faces_of_study(files_, facts_, classes_, context_, sink_);
    }
  }

 private:
  void check_file(std::size_t i) {
    const std::string& path = files_[i].path;
    if (!files_[i].problem.empty()) {
      throw base::Error(base::Fault::bad_input, files_[i].problem);
    }
    dicom_dcmtk::DicomFile file(path);
    facts_[i] = file.facts();
    const dicom::DataSet attributes = file.attributes();
    const check::Instance instance{attributes, file.meta(), file.dropped(), facts_[i],
                                   file.trailing_bytes()};
    for (findings::Finding& finding :
         check::check_instance(instance, options_.profile, context_.pseudonyms)) {
      sink_.add(path, std::move(finding));
    }
    if (auto finding = check::find_disagreeing_dates(attributes)) {
      sink_.add(path, std::move(*finding));
    }
    dates_[i] = check::study_date(attributes);
    const study::Classification& c = classes_[i] = study::classify(facts_[i]);
    if (options_.reads_pixels && c.text != study::BurnedIn::unlikely) {
      check_burned_in_text(path, file, attributes, facts_[i], context_, sink_);
    }
    if (c.treatment == study::Treatment::withhold) {
      sink_.add(path, "not-checked", "", "no rule can judge this kind of object: " + c.detail);
    }
  }

  /// A study has one date. Of two, the one that fewer files have is the wrong one.
  void compare_dates() {
    std::map<std::string, std::size_t> counts;
    for (const auto& date : dates_) {
      if (date) ++counts[*date];
    }
    if (counts.size() < 2) return;
    const auto usual =
        std::max_element(counts.begin(), counts.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    for (std::size_t i = 0; i < files_.size(); ++i) {
      if (!dates_[i] || check::days_between(*dates_[i], usual->first) <= 1) continue;
      sink_.add(files_[i].path, "dates.not-shifted-together", "(0008,0020)",
                "other files of the study have another study date");
    }
  }

  const std::vector<IndexedFile>& files_;
  const CheckOptions& options_;
  const Context& context_;
  CheckSink& sink_;
  std::vector<dicom::InstanceFacts> facts_;
  std::vector<study::Classification> classes_;
  std::vector<std::optional<std::string>> dates_;
};

}  // namespace

void not_checked(const std::string& path, CheckSink& sink) {
  audit::InputRecord problem;
  record_failure(problem);
  sink.add(path, "not-checked", "", "it cannot be read: " + problem.detail);
}

void check_dicom_study(const StudyFiles& study, const CheckOptions& options, const Context& context,
                       CheckSink& sink) {
  DicomCheck(study, options, context, sink).run();
}

}  // namespace efface::batch
