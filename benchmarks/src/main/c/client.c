/*
 * client PORT REQUESTS PAUSE_MICROS: one connection after another to a server on the loopback
 * address, each with one request and a pause before the next. Prints "counted" and medians and 99th
 * percentiles in nanoseconds: from connect to the response, from the response to end-of-file.
 */
#include "common.h"

#include <netinet/in.h>
#include <sys/socket.h>

static const char REQUEST[] = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

static int compare(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

static int64_t percentile(int64_t *sorted, int count, int percent) {
  return sorted[(int64_t)(count - 1) * percent / 100];
}

int main(int argc, char **argv) {
  int port = argc == 4 ? atoi(argv[1]) : 0;
  int requests = argc == 4 ? atoi(argv[2]) : 0;
  int pause_micros = argc == 4 ? atoi(argv[3]) : 0;
  if (port < 1 || requests < 1 || pause_micros < 0) {
    fputs("usage: client PORT REQUESTS PAUSE_MICROS\n", stderr);
    return WRONG_USE;
  }
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port)};
  int64_t *response = calloc(requests, sizeof *response);
  int64_t *end = calloc(requests, sizeof *end);
  if (response == NULL || end == NULL) {
    die("calloc");
  }
  for (int i = 0; i < requests; i++) {
    char text[4096];
    int64_t begin = now();
    int fd = check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    check(connect(fd, (struct sockaddr *)&address, sizeof address), "connect");
    check(write(fd, REQUEST, sizeof REQUEST - 1), "write");
    ssize_t n = check(read(fd, text, sizeof text), "read");
    int64_t answered = now();
    if (n < 12 || memcmp(text + 9, "200", 3) != 0) {
      fputs("client: not answered with 200\n", stderr);
      return SYSTEM_FAILED;
    }
    while (check(read(fd, text, sizeof text), "read") > 0) {
    }
    end[i] = now() - answered;
    response[i] = answered - begin;
    close(fd);
    if (pause_micros > 0) {
      usleep(pause_micros);
    }
  }
  qsort(response, requests, sizeof *response, compare);
  qsort(end, requests, sizeof *end, compare);
  printf("counted %lld %lld %lld %lld\n", (long long)percentile(response, requests, 50),
         (long long)percentile(response, requests, 99), (long long)percentile(end, requests, 50),
         (long long)percentile(end, requests, 99));
  return 0;
}
