#include "check/study_dates.h"

#include <chrono>
#include <cstdlib>

#include "check/pseudonym.h"
#include "deid/dates.h"

namespace efface::check {

namespace {

using dicom::Tag;
using dicom::Vr;

constexpr Tag study_date_tag{0x0008, 0x0020}, acquisition_date{0x0008, 0x0022};
constexpr Tag acquisition_date_time{0x0008, 0x002A}, image_type{0x0008, 0x0008};

/// The day of a DA or DT with one value.
std::optional<std::string> day_of(const dicom::DataSet& root, Tag tag, Vr vr) {
  const std::string text = root.text(tag);
  if (text.size() < 8 || is_placeholder(text) || !deid::is_valid(vr, text)) return std::nullopt;
  std::string day = text.substr(0, 8);
  if (day.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  return day;
}

std::chrono::sys_days to_days(const std::string& day) {
  using namespace std::chrono;
  const auto number = [&](std::size_t at, std::size_t length) {
    return std::atoi(day.substr(at, length).c_str());
  };
  return sys_days(year(number(0, 4)) / month(static_cast<unsigned>(number(4, 2))) /
                  std::chrono::day(static_cast<unsigned>(number(6, 2))));
}

bool is_original(const dicom::DataSet& root) {
  return root.text(image_type).starts_with("ORIGINAL");
}

}  // namespace

long days_between(const std::string& a, const std::string& b) {
  return std::labs(static_cast<long>((to_days(a) - to_days(b)).count()));
}

std::optional<std::string> study_date(const dicom::DataSet& root) {
  return day_of(root, study_date_tag, Vr::DA);
}

std::optional<findings::Finding> find_disagreeing_dates(const dicom::DataSet& root) {
  constexpr long most_days = 31;
  const auto study = study_date(root);
  const auto acquired = day_of(root, acquisition_date, Vr::DA);
  const auto moment = day_of(root, acquisition_date_time, Vr::DT);
  findings::Finding finding;
  finding.rule = "dates.not-shifted-together";
  if (acquired && moment && days_between(*acquired, *moment) > 1) {
    finding.place = dicom::to_string(acquisition_date_time);
    finding.reason = "its day is not that of the acquisition date";
    return finding;
  }
  if (!is_original(root) || !study) return std::nullopt;
  for (const auto& [day, tag] :
       {std::pair(acquired, acquisition_date), {moment, acquisition_date_time}}) {
    if (!day || days_between(*study, *day) <= most_days) continue;
    finding.place = dicom::to_string(tag);
    finding.reason = "an original image acquired more than a month from its study's date";
    return finding;
  }
  return std::nullopt;
}

}  // namespace efface::check
