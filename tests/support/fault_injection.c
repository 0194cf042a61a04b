/* Preloaded into a program (LD_PRELOAD): lets chosen calls into the C library fail, and the clock jump
 * back. For tests alone.
 *   FAULT_CALL   read, write, sync, rename, link, mkdir or open (of files to be written)
 *   FAULT_AT     the number of the call that fails, from 1; with "+" behind it all later ones, too
 *   FAULT_ERROR  its errno, a number
 *   FAULT_COUNT  file that gets, at the end, how many such calls there were
 *   CLOCK_BACK   after so many questions, the time of day is a day earlier */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static atomic_long calls, questions;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* Whether this call fails; errno is then set. */
static int fails(const char* call) {
  const char* chosen = getenv("FAULT_CALL");
  if (chosen == NULL || strcmp(chosen, call) != 0) return 0;
  const long number = atomic_fetch_add(&calls, 1) + 1;
  const char* at = getenv("FAULT_AT");
  if (at == NULL) return 0;
  char* end = NULL;
  const long first = strtol(at, &end, 10);
  if (number != first && !(number > first && *end == '+')) return 0;
  const char* error = getenv("FAULT_ERROR");
  errno = error == NULL ? EIO : atoi(error);
  return 1;
}

__attribute__((destructor)) static void tell(void) {
  const char* file = getenv("FAULT_COUNT");
  if (file == NULL) return;
  FILE* out = fopen(file, "w");
  if (out == NULL) return;
  fprintf(out, "%ld\n", atomic_load(&calls));
  fclose(out);
}

/* The standard streams are not at fault. */
ssize_t read(int fd, void* data, size_t size) {
  return fd > 2 && fails("read") ? -1 : REAL(read)(fd, data, size);
}
ssize_t pread(int fd, void* data, size_t size, off_t at) {
  return fails("read") ? -1 : REAL(pread)(fd, data, size, at);
}
ssize_t write(int fd, const void* data, size_t size) {
  return fd > 2 && fails("write") ? -1 : REAL(write)(fd, data, size);
}
int fsync(int fd) { return fails("sync") ? -1 : REAL(fsync)(fd); }
int fdatasync(int fd) { return fails("sync") ? -1 : REAL(fdatasync)(fd); }
int syncfs(int fd) { return fails("sync") ? -1 : REAL(syncfs)(fd); }
int rename(const char* from, const char* to) {
  return fails("rename") ? -1 : REAL(rename)(from, to);
}
int renameat2(int from_fd, const char* from, int to_fd, const char* to, unsigned flags) {
  return fails("rename") ? -1 : REAL(renameat2)(from_fd, from, to_fd, to, flags);
}
int link(const char* from, const char* to) { return fails("link") ? -1 : REAL(link)(from, to); }
int mkdir(const char* path, mode_t mode) { return fails("mkdir") ? -1 : REAL(mkdir)(path, mode); }

static int is_for_writing(int flags) { return (flags & O_ACCMODE) != O_RDONLY; }

int open(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : 0;
  va_end(more);
  if (is_for_writing(flags) && fails("open")) return -1;
  return REAL(open)(path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : 0;
  va_end(more);
  if (is_for_writing(flags) && fails("open")) return -1;
  return REAL(open64)(path, flags, mode);
}

static time_t seconds_back(void) {
  const char* after = getenv("CLOCK_BACK");
  if (after == NULL) return 0;
  return atomic_fetch_add(&questions, 1) >= atol(after) ? 86400 : 0;
}

int clock_gettime(clockid_t clock, struct timespec* now) {
  const int result = REAL(clock_gettime)(clock, now);
  if (result == 0 && clock == CLOCK_REALTIME) now->tv_sec -= seconds_back();
  return result;
}
time_t time(time_t* into) {
  const time_t now = REAL(time)(NULL) - seconds_back();
  if (into != NULL) *into = now;
  return now;
}
