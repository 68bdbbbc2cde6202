/*
 * streams unix|tcp throughput|roundtrip SECONDS: two processes on one stream, over the loopback
 * address or a UNIX-domain socket (APUE 17.2). throughput: one writes blocks of 64 KiB, the other
 * reads; prints "counted BYTES NANOSECONDS". roundtrip: one writes 64 bytes and waits until they are
 * back; prints "counted ROUNDTRIPS NANOSECONDS".
 */
#include "common.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define BLOCK (64 * 1024)
#define SMALL 64

static void connect_tcp(int ends[2]) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  int one = 1;
  int listener = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
  check(bind(listener, (struct sockaddr *)&address, length), "bind");
  check(listen(listener, 1), "listen");
  check(getsockname(listener, (struct sockaddr *)&address, &length), "getsockname");
  ends[0] = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
  check(connect(ends[0], (struct sockaddr *)&address, length), "connect");
  ends[1] = check(accept(listener, NULL, NULL), "accept");
  close(listener);
  for (int i = 0; i < 2; i++) {
    check(setsockopt(ends[i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one), "TCP_NODELAY");
  }
}

/* Reads exactly so much; 0 at the end of the stream. */
static int read_fully(int fd, char *target, size_t length) {
  for (size_t got = 0; got < length;) {
    ssize_t n = check(read(fd, target + got, length - got), "read");
    if (n == 0) {
      return 0;
    }
    got += n;
  }
  return 1;
}

static void write_fully(int fd, const char *source, size_t length) {
  for (size_t done = 0; done < length;) {
    done += check(write(fd, source + done, length - done), "write");
  }
}

int main(int argc, char **argv) {
  static char block[BLOCK];
  double seconds = argc == 4 ? atof(argv[3]) : 0;
  if (seconds <= 0 || (strcmp(argv[1], "unix") && strcmp(argv[1], "tcp")) ||
      (strcmp(argv[2], "throughput") && strcmp(argv[2], "roundtrip"))) {
    fputs("usage: streams unix|tcp throughput|roundtrip SECONDS\n", stderr);
    return WRONG_USE;
  }
  int roundtrip = strcmp(argv[2], "roundtrip") == 0;
  int ends[2];
  if (strcmp(argv[1], "unix") == 0) {
    check(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), "socketpair");
  } else {
    connect_tcp(ends);
  }
  pid_t peer = check(fork(), "fork");
  if (peer == 0) {
    close(ends[0]);
    if (roundtrip) {
      while (read_fully(ends[1], block, SMALL)) {
        write_fully(ends[1], block, SMALL);
      }
    } else {
      while (check(read(ends[1], block, BLOCK), "read") > 0) {
      }
    }
    return 0;
  }
  close(ends[1]);
  int64_t nanos = (int64_t)(seconds * 1e9), begin = now(), count = 0;
  while (now() - begin < nanos) {
    write_fully(ends[0], block, roundtrip ? SMALL : BLOCK);
    if (roundtrip && !read_fully(ends[0], block, SMALL)) {
      fputs("streams: the peer has gone\n", stderr);
      return SYSTEM_FAILED;
    }
    count += roundtrip ? 1 : BLOCK;
  }
  printf("counted %lld %lld\n", (long long)count, (long long)(now() - begin));
  close(ends[0]);
  int status;
  check(waitpid(peer, &status, 0), "waitpid");
  return status == 0 ? 0 : SYSTEM_FAILED;
}
