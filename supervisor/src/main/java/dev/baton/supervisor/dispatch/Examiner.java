package dev.baton.supervisor.dispatch;

import static dev.baton.sys.Constants.AF_UNIX;
import static dev.baton.sys.Constants.IPPROTO_TCP;
import static dev.baton.sys.Constants.POLLERR;
import static dev.baton.sys.Constants.POLLHUP;
import static dev.baton.sys.Constants.POLLIN;
import static dev.baton.sys.Constants.POLLRDHUP;
import static dev.baton.sys.Constants.TCP_INFO;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.core.dispatch.Hands.Found;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What our copy of a connection says about its client and about a dead worker that had it.
 *
 * <p>The kernel counts for TCP what came and what is still queued ({@code tcp(7)}, {@code struct
 * tcp_info} in {@code <linux/tcp.h>}): when that is the same and nothing was sent, nobody has read
 * or written. UNIX-domain sockets have no such counters; there a worker claims before its plugin
 * gets the connection, so what a dead worker had not claimed was not touched.
 */
final class Examiner {
  private static final int INFO_SIZE = 232;
  private static final int STATE = 0;
  private static final int BYTES_ACKED = 120;
  private static final int BYTES_RECEIVED = 128;
  private static final int NOT_SENT = 144;
  private static final int DATA_SEGMENTS_OUT = 156;
  private static final int BYTES_SENT = 200;

  /** {@code enum} in {@code <net/tcp_states.h>}. */
  private static final int ESTABLISHED = 1;

  private static final int CLOSE_WAIT = 8;

  /** A client that sends all the while fills its window sooner. */
  private static final int TRIES = 1000;

  private final Posix posix;
  private final byte[] bytes = new byte[INFO_SIZE];
  private final ByteBuffer info = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());

  Examiner(Posix posix) {
    this.posix = posix;
  }

  /**
   * Whether the client has gone. One that has only ended its own direction has not, and neither has
   * one whose request can still be read: it may not care for an answer.
   */
  boolean gone(OwnedFd copy, int family) throws SysException {
    return copy.borrow(n -> gone(poll(n), n, family));
  }

  private int poll(int number) throws SysException {
    return posix.poll(number, POLLIN | POLLRDHUP, 0);
  }

  private boolean gone(int events, int number, int family) throws SysException {
    boolean over = (events & (POLLHUP | POLLERR)) != 0;
    return over && (family != AF_UNIX || posix.queuedBytes(number) == 0);
  }

  /** What became of a connection that a worker had, which is dead, and had not claimed. */
  Found examine(OwnedFd copy, int family) throws SysException {
    return copy.borrow(n -> examine(n, family));
  }

  private Found examine(int number, int family) throws SysException {
    int events = poll(number);
    if (gone(events, number, family)) {
      return Found.GONE;
    }
    if (family == AF_UNIX) {
      return Found.UNTOUCHED;
    }
    // What comes between two questions must not pass for something that was read, nor hide it.
    for (int i = 0; i < TRIES; i++) {
      read(number);
      long received = info.getLong(BYTES_RECEIVED);
      int state = info.get(STATE);
      int queued = posix.queuedBytes(number);
      read(number);
      if (info.getLong(BYTES_RECEIVED) == received && info.get(STATE) == state) {
        return untouched(events, received, queued) ? Found.UNTOUCHED : Found.TOUCHED;
      }
    }
    return Found.TOUCHED;
  }

  private void read(int number) throws SysException {
    posix.getsockopt(number, IPPROTO_TCP, TCP_INFO, bytes);
  }

  private boolean untouched(int events, long received, int queued) {
    boolean written =
        info.getLong(BYTES_SENT) > 0
            || info.getLong(BYTES_ACKED) > 0
            || info.getInt(DATA_SEGMENTS_OUT) > 0
            || info.getInt(NOT_SENT) > 0;
    return switch (info.get(STATE)) {
      case ESTABLISHED ->
          // Without the client's end-of-file only the worker can have ended the reading side.
          !written && (events & POLLRDHUP) == 0 && received == queued;
      case CLOSE_WAIT ->
          // The client's end-of-file counts as one byte received, and never as one queued.
          !written && received == queued + 1L;
      default -> false; // any other state is one that only we can have brought about
    };
  }
}
