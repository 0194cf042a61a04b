// The DICOM files of one study, checked: each against the profile, all of them for dates that
// disagree. Changes nothing.
#pragma once

#include "batch/check.h"
#include "batch/check_sink.h"
#include "batch/context.h"
#include "batch/index.h"

namespace efface::batch {

void check_dicom_study(const StudyFiles& study, const CheckOptions& options, const Context& context,
                       CheckSink& sink);

/// Only while handling an exception: the finding not-checked, or rethrows what concerns the whole
/// check.
void not_checked(const std::string& path, CheckSink& sink);

}  // namespace efface::batch
