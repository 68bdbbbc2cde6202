package dev.baton.sys;

/** Numbers of Linux that are the same on x86-64 and AArch64, named as in the man pages. */
public final class Constants {
  public static final int AF_UNIX = 1;
  public static final int AF_INET = 2;
  public static final int AF_INET6 = 10;
  public static final int SOCK_STREAM = 1;
  public static final int SOCK_DGRAM = 2;
  public static final int SOCK_SEQPACKET = 5;
  public static final int SOCK_NONBLOCK = 04000;
  public static final int SOCK_CLOEXEC = 02000000;

  public static final int SOL_SOCKET = 1;
  public static final int SO_REUSEADDR = 2;
  public static final int SO_TYPE = 3;
  public static final int SO_ERROR = 4;
  public static final int SO_SNDBUF = 7;
  public static final int SO_RCVBUF = 8;
  public static final int SO_KEEPALIVE = 9;
  public static final int SO_LINGER = 13;
  public static final int SO_REUSEPORT = 15;
  public static final int SO_PASSCRED = 16;
  public static final int SO_PEERCRED = 17;
  public static final int SO_SNDTIMEO = 21;
  public static final int SO_PEERNAME = 28;
  public static final int SO_ACCEPTCONN = 30;
  public static final int SO_DOMAIN = 39;
  public static final int SO_RXQ_OVFL = 40;
  public static final int SO_ATTACH_REUSEPORT_CBPF = 51;
  public static final int SO_MEMINFO = 55;
  public static final int SO_COOKIE = 57;
  public static final int IPPROTO_IP = 0;
  public static final int IP_ADD_MEMBERSHIP = 35;
  public static final int IP_DROP_MEMBERSHIP = 36;
  public static final int IP_MULTICAST_ALL = 49;
  public static final int IPPROTO_UDP = 17;
  public static final int IPPROTO_TCP = 6;
  public static final int TCP_NODELAY = 1;
  public static final int TCP_DEFER_ACCEPT = 9;
  public static final int TCP_INFO = 11;
  public static final int TCP_FASTOPEN = 23;
  public static final int IPPROTO_IPV6 = 41;
  public static final int IPV6_ADD_MEMBERSHIP = 20;
  public static final int IPV6_DROP_MEMBERSHIP = 21;
  public static final int IPV6_V6ONLY = 26;
  public static final int IPV6_MULTICAST_ALL = 29;
  public static final int SHUT_RD = 0;
  public static final int SHUT_WR = 1;
  public static final int SHUT_RDWR = 2;

  public static final int MSG_PEEK = 0x2;
  public static final int MSG_CTRUNC = 0x8;
  public static final int MSG_TRUNC = 0x20;
  public static final int MSG_DONTWAIT = 0x40;
  public static final int MSG_NOSIGNAL = 0x4000;
  public static final int MSG_CMSG_CLOEXEC = 0x40000000;
  public static final int SCM_RIGHTS = 1;
  public static final int SCM_CREDENTIALS = 2;

  public static final int O_RDONLY = 0;
  public static final int O_WRONLY = 1;
  public static final int O_RDWR = 2;
  public static final int O_ACCMODE = 3;
  public static final int O_CREAT = 0100;
  public static final int O_EXCL = 0200;
  public static final int O_TRUNC = 01000;
  public static final int O_APPEND = 02000;
  public static final int O_NONBLOCK = 04000;
  public static final int O_CLOEXEC = 02000000;
  public static final int SEEK_SET = 0;
  public static final int SEEK_CUR = 1;
  public static final int SEEK_END = 2;

  public static final int F_SEAL_SEAL = 1;
  public static final int F_SEAL_SHRINK = 2;
  public static final int F_SEAL_GROW = 4;
  public static final int F_SEAL_WRITE = 8;

  public static final int POLLIN = 1;
  public static final int POLLOUT = 4;
  public static final int POLLERR = 8;
  public static final int POLLHUP = 16;
  public static final int POLLRDHUP = 0x2000;
  public static final int EPOLLIN = 1;
  public static final int EPOLLOUT = 4;
  public static final int EPOLLERR = 8;
  public static final int EPOLLHUP = 16;
  public static final int EPOLL_CTL_ADD = 1;
  public static final int EPOLL_CTL_DEL = 2;
  public static final int EPOLL_CTL_MOD = 3;

  // Classic BPF (linux/bpf_common.h, linux/filter.h; Documentation/networking/filter.rst)
  public static final int BPF_LD = 0x00;
  public static final int BPF_LDX = 0x01;
  public static final int BPF_ST = 0x02;
  public static final int BPF_STX = 0x03;
  public static final int BPF_ALU = 0x04;
  public static final int BPF_JMP = 0x05;
  public static final int BPF_RET = 0x06;
  public static final int BPF_MISC = 0x07;
  public static final int BPF_W = 0x00;
  public static final int BPF_H = 0x08;
  public static final int BPF_B = 0x10;
  public static final int BPF_IMM = 0x00;
  public static final int BPF_ABS = 0x20;
  public static final int BPF_IND = 0x40;
  public static final int BPF_MEM = 0x60;
  public static final int BPF_LEN = 0x80;
  public static final int BPF_MSH = 0xa0;
  public static final int BPF_ADD = 0x00;
  public static final int BPF_SUB = 0x10;
  public static final int BPF_MUL = 0x20;
  public static final int BPF_DIV = 0x30;
  public static final int BPF_OR = 0x40;
  public static final int BPF_AND = 0x50;
  public static final int BPF_LSH = 0x60;
  public static final int BPF_RSH = 0x70;
  public static final int BPF_NEG = 0x80;
  public static final int BPF_MOD = 0x90;
  public static final int BPF_XOR = 0xa0;
  public static final int BPF_JA = 0x00;
  public static final int BPF_JEQ = 0x10;
  public static final int BPF_JGT = 0x20;
  public static final int BPF_JGE = 0x30;
  public static final int BPF_JSET = 0x40;
  public static final int BPF_K = 0x00;
  public static final int BPF_X = 0x08;
  public static final int BPF_A = 0x10;
  public static final int BPF_TAX = 0x00;
  public static final int BPF_TXA = 0x80;
  public static final int SKF_NET_OFF = -0x100000;
  public static final int SKF_AD_OFF = -0x1000;
  public static final int SKF_AD_PROTOCOL = 0;
  public static final int SKF_AD_RXHASH = 32;
  public static final int SKF_AD_CPU = 36;
  public static final int SKF_AD_RANDOM = 56;

  public static final int SIGINT = 2;
  public static final int SIGQUIT = 3;
  public static final int SIGKILL = 9;
  public static final int SIGTERM = 15;

  private Constants() {}
}
