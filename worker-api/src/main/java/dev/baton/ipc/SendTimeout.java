package dev.baton.ipc;

import dev.baton.fd.OwnedFd;
import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;

/** SO_SNDTIMEO ({@code socket(7)}): how long the kernel waits in a send or a connect. */
final class SendTimeout {
  /** Longer than anybody waits, and within what the kernel takes. */
  private static final long MOST_SECONDS = 1_000_000_000;

  private SendTimeout() {}

  /**
   * Sets it.
   *
   * @param limit zero for no limit
   */
  static void set(Posix posix, OwnedFd socket, Duration limit) throws SysException {
    byte[] timeval =
        ByteBuffer.allocate(16)
            .order(ByteOrder.nativeOrder())
            .putLong(Math.min(limit.toSeconds(), MOST_SECONDS))
            .putLong(limit.toNanosPart() / 1000)
            .array();
    socket.use(n -> posix.setsockopt(n, Constants.SOL_SOCKET, Constants.SO_SNDTIMEO, timeval));
  }
}
