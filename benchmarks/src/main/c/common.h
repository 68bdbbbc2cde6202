/* What the programs here share. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Exit codes as those of benchmarks/run. */
#define WRONG_USE 100
#define SYSTEM_FAILED 111

static inline void die(const char *what) {
  perror(what);
  exit(SYSTEM_FAILED);
}

static inline int check(int result, const char *what) {
  if (result < 0) {
    die(what);
  }
  return result;
}

static inline int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}
