/*
 * passes DESCRIPTORS SECONDS: how many messages a second go from one process to another over a
 * SOCK_SEQPACKET pair with so many descriptors beside each (SCM_RIGHTS, unix(7); APUE 17.4). The
 * message is two bytes, as in APUE's send_fd. The receiver closes each descriptor. Prints "counted
 * MESSAGES NANOSECONDS".
 */
#include "common.h"

#include <sys/socket.h>
#include <sys/wait.h>

#define MOST 253 /* SCM_MAX_FD */

union control {
  struct cmsghdr header;
  char space[CMSG_SPACE(sizeof(int) * MOST)];
};

static void receive_all(int fd) {
  char text[2];
  union control control;
  struct iovec vector = {text, sizeof text};
  for (;;) {
    struct msghdr message = {
        .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    ssize_t n = check(recvmsg(fd, &message, MSG_CMSG_CLOEXEC), "recvmsg");
    if (n == 0) {
      return;
    }
    struct cmsghdr *c = CMSG_FIRSTHDR(&message);
    if (c == NULL || c->cmsg_type != SCM_RIGHTS || (message.msg_flags & MSG_CTRUNC)) {
      fputs("passes: descriptors were lost\n", stderr);
      exit(SYSTEM_FAILED);
    }
    int count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    int *descriptors = (int *)CMSG_DATA(c);
    for (int i = 0; i < count; i++) {
      close(descriptors[i]);
    }
  }
}

static void send_all(int fd, int count, int64_t nanos) {
  char text[2] = {0, 0};
  union control control;
  struct iovec vector = {text, sizeof text};
  struct msghdr message = {.msg_iov = &vector,
                           .msg_iovlen = 1,
                           .msg_control = &control,
                           .msg_controllen = CMSG_SPACE(sizeof(int) * count)};
  memset(&control, 0, sizeof control);
  control.header.cmsg_level = SOL_SOCKET;
  control.header.cmsg_type = SCM_RIGHTS;
  control.header.cmsg_len = CMSG_LEN(sizeof(int) * count);
  for (int i = 0; i < count; i++) {
    ((int *)CMSG_DATA(&control.header))[i] = check(dup(STDIN_FILENO), "dup");
  }
  int64_t begin = now(), sent = 0;
  while (now() - begin < nanos) {
    check(sendmsg(fd, &message, MSG_NOSIGNAL), "sendmsg");
    sent++;
  }
  printf("counted %lld %lld\n", (long long)sent, (long long)(now() - begin));
}

int main(int argc, char **argv) {
  int count = argc == 3 ? atoi(argv[1]) : 0;
  double seconds = argc == 3 ? atof(argv[2]) : 0;
  if (count < 1 || count > MOST || seconds <= 0) {
    fputs("usage: passes DESCRIPTORS SECONDS\n", stderr);
    return WRONG_USE;
  }
  int pair[2];
  check(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), "socketpair");
  pid_t receiver = check(fork(), "fork");
  if (receiver == 0) {
    close(pair[0]);
    receive_all(pair[1]);
    return 0;
  }
  close(pair[1]);
  send_all(pair[0], count, (int64_t)(seconds * 1e9));
  close(pair[0]);
  int status;
  check(waitpid(receiver, &status, 0), "waitpid");
  return status == 0 ? 0 : SYSTEM_FAILED;
}
