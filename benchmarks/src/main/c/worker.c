/* A worker that costs next to nothing: it speaks the protocol (docs/protocol.md) as far as a pool
   without plugin needs it, and stands where "java" would. What it is offered it claims and holds. */
#include "common.h"
#include <ctype.h>
#include <sys/socket.h>

#define MOST_BYTES 65536
#define MOST_FDS 253
#define MOST_NAMES 4096

static int channel;
static char frame[MOST_BYTES + 1];
static char names[MOST_NAMES];

static void tell(const char *text) {
  if (send(channel, text, strlen(text), MSG_NOSIGNAL) < 0) {
    exit(errno == EPIPE ? 0 : SYSTEM_FAILED);
  }
}

static int is(const char *type) {
  char wanted[64];
  snprintf(wanted, sizeof wanted, "\"type\":\"%s\"", type);
  return strstr(frame, wanted) != NULL;
}

/* The number of a field; -1 when it is not there. */
static long long number(const char *field) {
  char wanted[64];
  snprintf(wanted, sizeof wanted, "\"%s\":", field);
  const char *found = strstr(frame, wanted);
  return found == NULL ? -1 : atoll(found + strlen(wanted));
}

static void answer(const char *type, const char *field) {
  char text[128];
  snprintf(text, sizeof text, "{\"type\":\"%s\",\"%s\":%lld}", type, field, number(field));
  tell(text);
}

/* Adds the names of an offer to those that are to be claimed. */
static void remember(void) {
  const char *key = "\"name\":\"";
  for (const char *at = strstr(frame, key); at != NULL; at = strstr(at, key)) {
    at += strlen(key);
    size_t used = strlen(names);
    int length = (int)strcspn(at, "\"");
    if (used + (size_t)length + 4 > sizeof names) {
      fprintf(stderr, "more names than there is room for\n");
      exit(SYSTEM_FAILED);
    }
    snprintf(names + used, sizeof names - used, "%s\"%.*s\"", used == 0 ? "" : ",", length, at);
  }
}

static void start(void) {
  char text[MOST_NAMES + 64];
  snprintf(text, sizeof text, "{\"type\":\"claim\",\"names\":[%s]}", names);
  if (names[0] != '\0') {
    tell(text);
  }
  tell("{\"type\":\"ready\"}");
}

/* The next message; its descriptors stay open, and nobody asks for them. */
static void receive(void) {
  static union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(MOST_FDS * sizeof(int))];
  } control;
  struct iovec data = {frame, MOST_BYTES};
  struct msghdr message = {0};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = &control;
  message.msg_controllen = sizeof control;
  ssize_t got;
  do {
    got = recvmsg(channel, &message, MSG_CMSG_CLOEXEC);
  } while (got < 0 && (errno == EINTR || errno == ECONNRESET));
  if (got <= 0) {
    exit(got == 0 ? 0 : SYSTEM_FAILED); /* the supervisor is gone */
  }
  frame[got] = '\0';
}

int main(void) {
  const char *told = getenv("BATON_CHANNEL_FD");
  if (told == NULL || !isdigit((unsigned char)told[0])) {
    fprintf(stderr, "to be started by a supervisor\n");
    return WRONG_USE;
  }
  channel = atoi(told);
  char hello[64];
  snprintf(hello, sizeof hello, "{\"type\":\"hello\",\"protocol\":\"1.0\",\"pid\":%d}", getpid());
  tell(hello);
  for (;;) {
    receive();
    if (is("welcome")) {
      tell("{\"type\":\"loaded\"}");
    } else if (is("offer")) {
      remember();
    } else if (is("start")) {
      start();
    } else if (is("ping")) {
      answer("pong", "seq");
    } else if (is("drain")) {
      answer("drained", "id");
    } else if (is("stop")) {
      return 0;
    }
  }
}
