/*
 * Loaded in front of the C library of one process, so that a chosen call to the disk fails, or the process dies there.
 * SQLite writes on its own, where no test can reach it from JavaScript.
 *
 *   FAIL_CALLS  write,sync,rename,open,link,truncate: which families count
 *   FAIL_PATH   only files whose path holds this text
 *   FAIL_AT     the n-th such call is struck
 *   FAIL_WITH   an errno number; `kill` dies before the call, `tear` in the middle of a write
 *   FAIL_ON     `once` (default) or `from`: every later one too, as on a full disk
 *   FAIL_SEEN   a file that appears when the call was struck
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static atomic_long calls;

static int named(const char *family) {
  const char *list = getenv("FAIL_CALLS");
  return list != NULL && strstr(list, family) != NULL;
}

static int concerns(const char *path) {
  const char *part = getenv("FAIL_PATH");
  return path != NULL && (part == NULL || strstr(path, part) != NULL);
}

/* By system call, so that it does not strike itself. */
static void tell(void) {
  const char *seen = getenv("FAIL_SEEN");
  if (seen == NULL) return;
  long fd = syscall(SYS_openat, AT_FDCWD, seen, O_CREAT | O_WRONLY, 0600);
  if (fd >= 0) syscall(SYS_close, fd);
}

static void die(void) {
  tell();
  syscall(SYS_kill, getpid(), SIGKILL);
  for (;;) pause();
}

/* 0: go on; 1: fail with errno; 2: write half and die. */
static int strike(const char *family, const char *path) {
  if (!named(family) || !concerns(path)) return 0;
  const char *text = getenv("FAIL_AT");
  long at = text == NULL ? 1 : atol(text);
  long now = atomic_fetch_add(&calls, 1) + 1;
  const char *on = getenv("FAIL_ON");
  if (on != NULL && strcmp(on, "from") == 0 ? now < at : now != at) return 0;
  const char *with = getenv("FAIL_WITH");
  if (with == NULL) return 0;
  if (strcmp(with, "kill") == 0) die();
  if (strcmp(with, "tear") == 0) {
    if (strcmp(family, "write") != 0) die();
    return 2;
  }
  tell();
  errno = atoi(with);
  return 1;
}

static const char *path_of(int fd, char *buffer) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, buffer, PATH_MAX - 1);
  if (length < 0) return NULL;
  buffer[length] = 0;
  return buffer;
}

static int strike_fd(const char *family, int fd) {
  char buffer[PATH_MAX];
  if (!named(family)) return 0;
  return strike(family, path_of(fd, buffer));
}

ssize_t write(int fd, const void *bytes, size_t count) {
  int struck = strike_fd("write", fd);
  if (struck == 1) return -1;
  if (struck == 2) {
    REAL(write)(fd, bytes, count / 2);
    die();
  }
  return REAL(write)(fd, bytes, count);
}

static ssize_t at_place(int fd, const void *bytes, size_t count, off_t place) {
  int struck = strike_fd("write", fd);
  if (struck == 1) return -1;
  if (struck == 2) {
    syscall(SYS_pwrite64, fd, bytes, count / 2, place);
    die();
  }
  return syscall(SYS_pwrite64, fd, bytes, count, place);
}
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t place) { return at_place(fd, bytes, count, place); }
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t place) { return at_place(fd, bytes, count, place); }

ssize_t writev(int fd, const struct iovec *parts, int count) {
  int struck = strike_fd("write", fd);
  if (struck == 1) return -1;
  if (struck == 2) {
    REAL(write)(fd, parts[0].iov_base, parts[0].iov_len / 2);
    die();
  }
  return REAL(writev)(fd, parts, count);
}

int fsync(int fd) { return strike_fd("sync", fd) ? -1 : REAL(fsync)(fd); }
int fdatasync(int fd) { return strike_fd("sync", fd) ? -1 : REAL(fdatasync)(fd); }
int ftruncate(int fd, off_t length) { return strike_fd("truncate", fd) ? -1 : REAL(ftruncate)(fd, length); }
int ftruncate64(int fd, off64_t length) { return strike_fd("truncate", fd) ? -1 : REAL(ftruncate64)(fd, length); }

int rename(const char *from, const char *to) { return strike("rename", to) ? -1 : REAL(rename)(from, to); }
int link(const char *from, const char *to) { return strike("link", to) ? -1 : REAL(link)(from, to); }

#define MODE_OF(flags, mode)        \
  mode_t mode = 0;                  \
  if ((flags) & (O_CREAT | O_TMPFILE)) { \
    va_list rest;                   \
    va_start(rest, flags);          \
    mode = va_arg(rest, mode_t);    \
    va_end(rest);                   \
  }

int open(const char *path, int flags, ...) {
  MODE_OF(flags, mode)
  return strike("open", path) ? -1 : REAL(open)(path, flags, mode);
}
int open64(const char *path, int flags, ...) {
  MODE_OF(flags, mode)
  return strike("open", path) ? -1 : REAL(open64)(path, flags, mode);
}
int openat(int folder, const char *path, int flags, ...) {
  MODE_OF(flags, mode)
  return strike("open", path) ? -1 : REAL(openat)(folder, path, flags, mode);
}
int openat64(int folder, const char *path, int flags, ...) {
  MODE_OF(flags, mode)
  return strike("open", path) ? -1 : REAL(openat64)(folder, path, flags, mode);
}
