#include "deid/beyond_table.h"

#include <algorithm>

namespace efface::deid {

namespace {

struct Rule {
  dicom::Tag tag;
  Code code;
  bool is_prose = false;  ///< typed in by people, and not to identify anything
};
// Ascending.
constexpr Rule rules[] = {
    {{0x0008, 0x0001}, Code::X},        // Length to End: wrong once anything changes
    {{0x0008, 0x0401}, Code::D, true},  // Inventory Purpose, free text
    {{0x0008, 0x0402}, Code::X, true},  // Inventory Instance Description
    {{0x0008, 0x0404}, Code::D},        // Item Inventory DateTime
    {{0x0008, 0x0407}, Code::D},        // Stored Instance Base URI
    {{0x0008, 0x0408}, Code::D},        // Folder Access URI
    {{0x0008, 0x0409}, Code::D},        // File Access URI
    {{0x0008, 0x040B}, Code::D},        // Filename in Container
    {{0x0008, 0x0416}, Code::D},        // Expiration DateTime
    {{0x0008, 0x0418}, Code::X, true},  // Transaction Status Comment
    {{0x0008, 0x041B}, Code::D},        // Record Key
    {{0x0008, 0x041C}, Code::D},        // Prior Record Key
    {{0x0008, 0x041F}, Code::D},        // Study Update DateTime
    {{0x0008, 0x1190}, Code::X},        // Retrieve URL
    {{0x0010, 0x0033}, Code::X},        // Patient's Birth Date in Alternative Calendar
    {{0x0010, 0x0034}, Code::X},        // Patient's Death Date in Alternative Calendar
    {{0x0010, 0x2295}, Code::D},        // Breed Registration Number
    {{0x0014, 0x0104}, Code::X},        // Secondary Reviewer Name
    {{0x0014, 0x2006}, Code::X},        // Evaluator Name
    {{0x0018, 0x003A}, Code::X, true},  // Intervention Description
    {{0x0018, 0x1003}, Code::X},        // Device ID
    {{0x0018, 0x1801}, Code::X},        // Time Source: name of a device
    {{0x0018, 0x1803}, Code::X},        // NTP Source Address
    {{0x0018, 0x9423}, Code::D, true},  // Acquisition Protocol Name
    {{0x0018, 0x991A}, Code::X, true},  // Instruction Performance Comment
    {{0x0020, 0x9453}, Code::X, true},  // Frame Label
    {{0x0022, 0x112C}, Code::X, true},  // Calculation Comment
    {{0x0024, 0x0044}, Code::X, true},  // Comments on Patient's Performance of Visual Field
    {{0x0028, 0x7007}, Code::X, true},  // System Status Comment
    {{0x0028, 0x702A}, Code::X, true},  // Test Result Comment
    {{0x0028, 0x7FE0}, Code::D},        // Pixel Data Provider URL
    {{0x0038, 0x0102}, Code::X, true},  // Resource Description
    {{0x0040, 0x0031}, Code::D},        // Local Namespace Entity ID: an institution
    {{0x0040, 0x0032}, Code::D},        // Universal Entity ID: an institution
    {{0x0040, 0x0400}, Code::X, true},  // Comments on the Scheduled Procedure Step
    {{0x0040, 0x1006}, Code::X},        // Placer Order Number / Procedure (retired)
    {{0x0040, 0x1007}, Code::X},        // Filler Order Number / Procedure (retired)
    {{0x0040, 0x1060}, Code::X, true},  // Requested Procedure Description (Trial)
    {{0x0040, 0x2006}, Code::X},        // Placer Order Number / Imaging Service Request (retired)
    {{0x0040, 0x2007}, Code::X},        // Filler Order Number / Imaging Service Request (retired)
    {{0x0040, 0x4073}, Code::X},        // Storage URL
    {{0x0040, 0xA067}, Code::X},        // Document Author (Trial)
    {{0x0040, 0xA160}, Code::D},        // Text Value: free text of any content item
    {{0x0040, 0xE001}, Code::D},        // HL7 Instance Identifier
    {{0x0040, 0xE010}, Code::D},        // Retrieve URI
    {{0x0042, 0x0010}, Code::Z, true},  // Document Title
    {{0x0044, 0x0011}, Code::X, true},  // Substance Administration Notes
    {{0x0044, 0x0012}, Code::X},        // Substance Administration Device ID
    {{0x0044, 0x0106}, Code::X, true},  // Assertion Comments
    {{0x0054, 0x0400}, Code::X},        // Image ID
    {{0x0062, 0x0006}, Code::X, true},  // Segment Description
    {{0x0066, 0x0004}, Code::X, true},  // Surface Comments
    {{0x0070, 0x0068}, Code::X, true},  // Graphic Layer Description
    {{0x0070, 0x0080}, Code::D},        // Content Label: a name that somebody typed
    {{0x0070, 0x0081}, Code::D, true},  // Content Description, free text
    {{0x0070, 0x0208}, Code::X, true},  // Graphic Group Description
    {{0x0070, 0x030F}, Code::X, true},  // Fiducial Description
    {{0x0072, 0x0002}, Code::D, true},  // Hanging Protocol Name
    {{0x0072, 0x0004}, Code::D, true},  // Hanging Protocol Description
    {{0x0072, 0x0008}, Code::D},        // Hanging Protocol Creator
    {{0x0072, 0x0010}, Code::X},        // Hanging Protocol User Group Name
    {{0x0072, 0x006F}, Code::D},        // Selector UC Value
    {{0x0074, 0x100A}, Code::X},        // Contact URI
    {{0x0074, 0x100C}, Code::X},        // Contact Display Name
    {{0x0074, 0x1238}, Code::X, true},  // Reason For Cancellation
    {{0x0082, 0x0003}, Code::X, true},  // Assessment Summary Description
    {{0x0082, 0x000A}, Code::X, true},  // Observation Description
    {{0x0088, 0x0130}, Code::X},        // Storage Media File-set ID
    {{0x0100, 0x0424}, Code::X, true},  // SOP Authorization Comment
    {{0x0100, 0x0426}, Code::D},        // Authorization Equipment Certification Number
    {{0x0400, 0x0120}, Code::D},        // Signature: what it signed has changed
    {{0x0400, 0x0500}, Code::X},        // Encrypted Attributes Sequence: may hold the identity
    {{0x2100, 0x0160}, Code::X},        // Owner ID
    {{0x2110, 0x0030}, Code::X},        // Printer Name
    {{0x3002, 0x0002}, Code::D, true},  // RTImage Label
    {{0x3002, 0x0003}, Code::X, true},  // RTImage Name
    {{0x3002, 0x0004}, Code::X, true},  // RTImage Description
    {{0x3002, 0x0020}, Code::Z},        // Radiation Machine Name
    {{0x3004, 0x0006}, Code::X, true},  // Dose Comment
    {{0x3006, 0x00C8}, Code::X, true},  // Frame Of Reference Transformation Comment
    {{0x3008, 0x0012}, Code::X, true},  // Measured Dose Description
    {{0x3008, 0x0066}, Code::X, true},  // Override Reason
    {{0x3008, 0x0202}, Code::X, true},  // Treatment Status Comment
    {{0x300A, 0x00C2}, Code::X, true},  // Beam Name
    {{0x300A, 0x00FE}, Code::X, true},  // Block Name
    {{0x300A, 0x010A}, Code::X, true},  // Applicator Description
    {{0x300A, 0x0183}, Code::X, true},  // Patient Setup Label
    {{0x300A, 0x01BA}, Code::X, true},  // Setup Device Description
    {{0x300A, 0x01D0}, Code::X, true},  // Setup Reference Description
    {{0x300A, 0x0402}, Code::X, true},  // Setup Image Comment
    {{0x300A, 0x0422}, Code::X, true},  // General Accessory Description
    {{0x300A, 0x0730}, Code::X, true},  // Treatment Termination Description
    {{0x4FFE, 0x0001}, Code::X},        // MAC Parameters Sequence: of signatures that are removed
};

const Rule* find_rule(dicom::Tag tag) {
  const auto rule =
      std::lower_bound(std::begin(rules), std::end(rules), tag,
                       [](const Rule& r, dicom::Tag wanted) { return r.tag < wanted; });
  return rule != std::end(rules) && rule->tag == tag ? rule : nullptr;
}

}  // namespace

Code code_beyond_table(dicom::Tag tag) {
  const Rule* rule = find_rule(tag);
  return rule == nullptr ? Code::none : rule->code;
}

bool is_prose_beyond_table(dicom::Tag tag) {
  const Rule* rule = find_rule(tag);
  return rule != nullptr && rule->is_prose;
}

}  // namespace efface::deid
