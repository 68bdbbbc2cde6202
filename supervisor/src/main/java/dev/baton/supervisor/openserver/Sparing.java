package dev.baton.supervisor.openserver;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.dispatch.Reserve;

/**
 * Keeps the supervisor's last descriptors for itself. It looks at the first descriptor that a
 * request takes, before anything is done with it: what has emptied a file or connected somewhere is
 * not refused any more. Immutable.
 */
final class Sparing {
  private final Reserve reserve;

  Sparing(Reserve reserve) {
    this.reserve = reserve;
  }

  /** The same descriptor; where it is one of the last, it is closed and the request refused. */
  OwnedFd first(OwnedFd fd) throws Refusal {
    if (fd.<Boolean, RuntimeException>borrow(reserve::begunBy)) {
      fd.close();
      throw Refusal.scarce();
    }
    return fd;
  }
}
