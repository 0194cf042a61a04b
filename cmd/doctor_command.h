// efface doctor: whether this installation and this machine can do a run: libraries, plugins,
// model, device, text reader, key, output directory. Changes nothing and reads no image.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace efface::cmd {

struct DoctorArguments {
  std::string output, key, model;
  std::string device = "auto";
  bool as_json = false;
};

void declare_doctor_command(CLI::App& app, DoctorArguments& arguments);

/// exit_failed when something that a run needs is missing or wrong.
int doctor_command(const DoctorArguments& arguments);

}  // namespace efface::cmd
