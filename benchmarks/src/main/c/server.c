/*
 * server direct|handoff WORKERS: answers every request on a new connection with a fixed response, as
 * AnswerWorker does. direct: the workers accept from one listener. handoff: this process accepts
 * and passes each connection to a worker in turn over a SOCK_SEQPACKET pair, closing its own copy at
 * once (nothing is claimed). A worker writes and closes at once when the request has come, else it
 * waits for it with epoll(7). Prints "ready PORT PID..." with its workers and serves until it is
 * killed; they end with it.
 */
#include "common.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#define BACKLOG 4096
#define MOST_WORKERS 64
#define EVENTS 64
#define BATCH 16

static const char RESPONSE[] = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n";

union control {
  struct cmsghdr header;
  char space[CMSG_SPACE(sizeof(int))];
};

static int poller;

static void watch(int fd) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  check(epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
}

/* 1 when the connection has been dealt with, 0 when its request has not come. */
static int serve(int connection) {
  char request[4096];
  ssize_t n = read(connection, request, sizeof request);
  if (n < 0 && errno == EAGAIN) {
    return 0;
  }
  if (n > 0) {
    ssize_t written = write(connection, RESPONSE, sizeof RESPONSE - 1);
    (void)written; /* a client that has gone needs no answer */
  }
  close(connection);
  return 1;
}

static void take(int connection) {
  if (!serve(connection)) {
    watch(connection);
  }
}

static void accept_some(int listener) {
  for (int i = 0; i < BATCH; i++) {
    int connection = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (connection < 0) {
      return;
    }
    take(connection);
  }
}

static void receive_some(int channel) {
  for (int i = 0; i < BATCH; i++) {
    char text[16];
    union control control;
    struct iovec vector = {text, sizeof text};
    struct msghdr message = {
        .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    ssize_t n = recvmsg(channel, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (n == 0) {
      exit(0);
    }
    if (n < 0) {
      return;
    }
    int connection;
    memcpy(&connection, CMSG_DATA(&control.header), sizeof connection);
    take(connection);
  }
}

/* The source is the listener or the channel. */
static void work(int source, int direct) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  signal(SIGPIPE, SIG_IGN);
  poller = check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
  watch(source);
  for (;;) {
    struct epoll_event events[EVENTS];
    int count = epoll_wait(poller, events, EVENTS, -1);
    for (int i = 0; i < count; i++) {
      int fd = events[i].data.fd;
      if (fd != source) {
        serve(fd);
      } else if (direct) {
        accept_some(source);
      } else {
        receive_some(source);
      }
    }
  }
}

static void hand_off(int channel, int connection) {
  char text[2] = {0, 0};
  union control control = {.header = {.cmsg_len = CMSG_LEN(sizeof(int)),
                                      .cmsg_level = SOL_SOCKET,
                                      .cmsg_type = SCM_RIGHTS}};
  struct iovec vector = {text, sizeof text};
  struct msghdr message = {
      .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  memcpy(CMSG_DATA(&control.header), &connection, sizeof connection);
  check(sendmsg(channel, &message, MSG_NOSIGNAL), "sendmsg");
  close(connection);
}

int main(int argc, char **argv) {
  int direct = argc == 3 && strcmp(argv[1], "direct") == 0;
  int workers = argc == 3 ? atoi(argv[2]) : 0;
  if (workers < 1 || workers > MOST_WORKERS || (!direct && strcmp(argv[1], "handoff") != 0)) {
    fputs("usage: server direct|handoff WORKERS\n", stderr);
    return WRONG_USE;
  }
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  int one = 1;
  /* Workers that share a listener must not wait in accept; the only one that hands off may. */
  int type = SOCK_STREAM | SOCK_CLOEXEC | (direct ? SOCK_NONBLOCK : 0);
  int listener = check(socket(AF_INET, type, 0), "socket");
  check(setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one), "TCP_NODELAY");
  check(bind(listener, (struct sockaddr *)&address, length), "bind");
  check(listen(listener, BACKLOG), "listen");
  check(getsockname(listener, (struct sockaddr *)&address, &length), "getsockname");
  int channels[MOST_WORKERS];
  pid_t pids[MOST_WORKERS];
  for (int i = 0; i < workers; i++) {
    int pair[2];
    check(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), "socketpair");
    pids[i] = check(fork(), "fork");
    if (pids[i] == 0) {
      close(pair[0]);
      work(direct ? listener : pair[1], direct);
    }
    close(pair[1]);
    channels[i] = pair[0];
  }
  printf("ready %d", ntohs(address.sin_port));
  for (int i = 0; i < workers; i++) {
    printf(" %d", (int)pids[i]);
  }
  printf("\n");
  fflush(stdout);
  for (int next = 0; !direct; next = (next + 1) % workers) {
    int connection = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (connection >= 0) {
      hand_off(channels[next], connection);
    }
  }
  for (;;) {
    pause();
  }
}
