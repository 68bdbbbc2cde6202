package dev.baton.ipc;

import dev.baton.sys.Constants;

/** The three types of a UNIX-domain socket ({@code unix(7)}; APUE 17.2). */
public enum SocketType {
  /** Connected; bytes without edges, as of a pipe in both directions. */
  STREAM(Constants.SOCK_STREAM),
  /** Messages with edges, to any name; unlike UDP's they are neither lost nor out of order. */
  DATAGRAM(Constants.SOCK_DGRAM),
  /** Connected, and messages with edges. */
  SEQPACKET(Constants.SOCK_SEQPACKET);

  private final int number;

  SocketType(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }
}
