#include "cmd/restore_command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "base/error.h"
#include "base/file.h"
#include "batch/restore.h"
#include "cmd/exit_codes.h"
#include "crypto_openssl/envelope.h"

namespace efface::cmd {

namespace {

using base::Error;
using base::Fault;

constexpr std::size_t most_passphrase_bytes = 4096;

std::string first_line(std::string text) {
  std::string line = text.substr(0, text.find_first_of("\r\n"));
  crypto_openssl::wipe(text);
  return line;
}

/// A terminal that does not show what is typed, until the end of this object.
class SilentTerminal {
 public:
  SilentTerminal() : file_(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)) {
    if (!file_.is_open() || ::tcgetattr(file_.number(), &before_) != 0) {
      throw Error(Fault::usage, "the private key has a passphrase, and there is no terminal",
                  "add --passphrase-file FILE");
    }
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(file_.number(), TCSAFLUSH, &silent);
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;
  ~SilentTerminal() { ::tcsetattr(file_.number(), TCSAFLUSH, &before_); }

  std::string ask(std::string_view question) {
    base::write_all(file_, std::as_bytes(std::span(question)), "/dev/tty");
    std::string answer;
    char c = 0;
    while (answer.size() < most_passphrase_bytes && ::read(file_.number(), &c, 1) == 1 &&
           c != '\n') {
      answer += c;
    }
    base::write_all(file_, std::as_bytes(std::span("\n", 1)), "/dev/tty");
    return answer;
  }

 private:
  base::FileDescriptor file_;
  termios before_{};
};

std::string passphrase(const std::string& file) {
  if (!file.empty()) return first_line(base::read_text_file(file, most_passphrase_bytes));
  return SilentTerminal().ask("passphrase of the private key: ");
}

}  // namespace

int restore_command(const RestoreArguments& a, const std::atomic<bool>& cancelled) {
  ::umask(S_IRWXG | S_IRWXO);  // what is restored identifies patients
  const crypto_openssl::PrivateKey key(a.private_key,
                                       [&] { return passphrase(a.passphrase_file); });
  batch::RestoreOptions options;
  options.inputs.assign(a.inputs.begin(), a.inputs.end());
  options.output = a.output;
  options.cancelled = &cancelled;
  const batch::RestoreResult result =
      batch::restore(options, key, [](const std::string& path, const Error& error) {
        fmt::print(stderr, "efface: '{}': {}\n", path, error.what());
        if (!error.hint().empty()) fmt::print(stderr, "efface: hint: {}\n", error.hint());
      });
  fmt::print(stderr, "efface: {} files restored, {} not restored, {} not DICOM\n", result.restored,
             result.failed, result.skipped);
  if (result.restored + result.failed == 0) {
    throw Error(Fault::usage, "no DICOM file among the inputs");
  }
  return result.failed == 0 ? exit_ok : exit_incomplete;
}

}  // namespace efface::cmd
