#include "tests/support/person.h"

#include <array>

namespace efface::support {

namespace {

void put_patient(DcmItem& item, const Person& person) {
  put(item, DCM_PatientName, person.name);
  put(item, DCM_PatientID, person.id);
  put(item, DCM_IssuerOfPatientID, "Harbourview General Hospital");
  put(item, DCM_PatientBirthDate, person.birth_date);
  put(item, DCM_PatientBirthTime, "061500");
  put(item, DCM_PatientSex, person.sex);
  put(item, DCM_PatientAge, person.age);
  put(item, DCM_PatientSize, "1.71");
  put(item, DCM_PatientWeight, "68.5");
  put(item, DCM_PatientAddress, person.address);
  put(item, DCM_PatientTelephoneNumbers, person.telephone);
  put(item, DCM_OtherPatientNames, "Sample^Erica^M");
  put(item, DCM_PatientMotherBirthName, "Vorlage^Hildegard");
  put(item, DCM_RETIRED_MedicalRecordLocator, "Archive 7, shelf 31");
  put(item, DCM_Occupation, "lighthouse crew");
  put(item, DCM_PatientComments, "Contact " + person.email + ", prefers mornings");
  DcmItem& other = add_item(item, DCM_OtherPatientIDsSequence);
  put(other, DCM_PatientID, "INS-" + person.id);
  put(other, DCM_IssuerOfPatientID, "Seaside Health Insurance");
  put(other, DCM_TypeOfPatientID, "TEXT");
}

void put_study(DcmItem& item, const Person& person) {
  put(item, DCM_StudyDate, person.study_date);
  put(item, DCM_SeriesDate, person.study_date);
  put(item, DCM_AcquisitionDate, person.study_date);
  put(item, DCM_ContentDate, person.study_date);
  put(item, DCM_StudyTime, "101523.000000");
  put(item, DCM_SeriesTime, "101611.450000");
  put(item, DCM_AcquisitionTime, "101702.120000");
  put(item, DCM_ContentTime, "101702.340000");
  put(item, DCM_AccessionNumber, person.accession);
  put(item, DCM_StudyID, "ST-" + person.accession);
  put(item, DCM_ReferringPhysicianName, "Grünewald^Jörg^^Dr.");
  put(item, DCM_PerformingPhysicianName, "Okafor^Chidinma");
  put(item, DCM_NameOfPhysiciansReadingStudy, "Lindqvist^Åsa");
  put(item, DCM_OperatorsName, "Petrov^Ivan");
  put(item, DCM_StudyDescription, "Head of E. Muster, question of Dr. Grünewald");
  put(item, DCM_AdmittingDiagnosesDescription, "headache since the fair in Kiel");
  DcmItem& request = add_item(item, DCM_RequestAttributesSequence);
  put(request, DCM_RequestedProcedureID, "RP-" + person.accession);
  put(request, DCM_ScheduledProcedureStepID, "SPS-" + person.accession);
  put(request, DCM_RequestedProcedureDescription, "MRI head for " + person.name);
  put_code(request, DCM_ScheduledProtocolCodeSequence, "MR-HEAD", "99HARBOUR", "MR of the head");
}

void put_equipment(DcmItem& item) {
  put(item, DCM_Manufacturer, "efface test phantom");
  put(item, DCM_ManufacturerModelName, "Analytic Head 1");
  put(item, DCM_InstitutionName, "Harbourview General Hospital");
  put(item, DCM_InstitutionAddress, "12 Quay Street, 24103 Kiel");
  put(item, DCM_InstitutionalDepartmentName, "Neuroradiology, ward 4b");
  put(item, DCM_StationName, "HVMR03");
  put(item, DCM_DeviceSerialNumber, "SN-4711-0815");
  put(item, DCM_SoftwareVersions, "1.0");
  put(item, DCM_ProtocolName, "t1_head_muster");
}

void put_private(DcmItem& item, const Person& person) {
  const DcmTagKey creator(0x0029, 0x0010), header(0x0029, 0x1010), nested(0x0029, 0x1020);
  put_as(item, creator, EVR_LO, "EFFACE TEST HEADER");
  put_as(item, header, EVR_OB, "tPatientName = \"" + person.name + "\"\nID " + person.id);
  DcmItem& inner = add_item(item, nested);
  put(inner, DCM_PatientName, person.name);
  put(inner, DCM_PatientID, person.id);
  put_as(item, DcmTagKey(0x0019, 0x0010), EVR_LO, "EFFACE TEST ACQ");
  put_as(item, DcmTagKey(0x0019, 0x1008), EVR_UN, "scanned by Petrov for " + person.name);
}

}  // namespace

Person Person::from_seed(std::uint64_t seed) {
  constexpr std::array<const char*, 6> family{"Mustermann", "Brightwater", "Castellanos",
                                              "Nakashima",  "Oyelaran",    "Szczepański"};
  constexpr std::array<const char*, 6> given{"Erika",  "Rosalind", "Mateo",
                                             "Haruka", "Folake",   "Zbigniew"};
  Person p;
  p.name = std::string(family[seed % 6]) + "^" + given[(seed / 6 + seed) % 6];
  p.id = "HV" + std::to_string(7302914 + 37 * seed);
  p.birth_date = std::to_string(1938 + seed % 60) + "0417";
  p.sex = seed % 2 == 0 ? "F" : "M";
  p.age = "0" + std::to_string(86 - seed % 60) + "Y";
  if (p.age.size() == 3) p.age = "0" + p.age;
  p.address = std::to_string(3 + seed % 80) + " Lantern Lane, 24105 Kiel";
  p.telephone = "+49 431 555" + std::to_string(1000 + seed % 9000);
  p.email = "patient" + std::to_string(seed) + "@lantern-lane.example";
  p.accession = "ACC" + std::to_string(50021 + seed);
  p.study_date = "2024" + std::to_string(1001 + seed % 28).substr(0, 4);
  return p;
}

void put_identity(DcmItem& item, const Person& person, std::uint64_t seed) {
  put(item, DCM_SpecificCharacterSet, "ISO_IR 192");
  put_patient(item, person);
  put_study(item, person);
  put_equipment(item);
  put_private(item, person);
  put(item, DCM_PatientIdentityRemoved, "NO");
  put(item, DCM_StorageMediaFileSetUID, made_up_uid(seed, 77));
}

void put_identifiers(DcmItem& item, const Identifiers& identifiers) {
  put(item, DCM_SOPClassUID, identifiers.sop_class);
  put(item, DCM_SOPInstanceUID, identifiers.instance);
  put(item, DCM_StudyInstanceUID, identifiers.study);
  put(item, DCM_SeriesInstanceUID, identifiers.series);
  if (!identifiers.frame_of_reference.empty()) {
    put(item, DCM_FrameOfReferenceUID, identifiers.frame_of_reference);
    put(item, DCM_PositionReferenceIndicator, "");
  }
}

}  // namespace efface::support
