package dev.baton.supervisor.systemd;

import static dev.baton.sys.Constants.AF_UNIX;
import static dev.baton.sys.Constants.MSG_DONTWAIT;
import static dev.baton.sys.Constants.POLLHUP;
import static dev.baton.sys.Constants.POLLOUT;
import static dev.baton.sys.Constants.SOCK_DGRAM;
import static dev.baton.sys.Constants.SOCK_NONBLOCK;
import static dev.baton.sys.Constants.SOCK_STREAM;

import dev.baton.fd.OwnedFd;
import dev.baton.ipc.UnixAddress;
import dev.baton.sys.FdPair;
import dev.baton.sys.MessageBuffer;
import dev.baton.sys.Posix;
import dev.baton.sys.SockAddr;
import dev.baton.sys.SysException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Datagrams to a service manager that bring a descriptor (SCM_RIGHTS, {@code unix(7)}). Each goes
 * over a socket of its own, which is connected, since only then it can be waited for that the
 * manager's queue has room. What is sent here and by a {@link Notifier} arrives in the order in
 * which it was sent.
 */
final class FdMessages {
  private static final int LONGEST = 512;

  private final Posix posix;
  private final SockAddr manager;
  private final MessageBuffer out = new MessageBuffer(LONGEST, 1);

  FdMessages(Posix posix, UnixAddress manager) {
    this.posix = posix;
    this.manager =
        manager
            .path()
            .map(path -> SockAddr.unix(path.toString()))
            .orElseGet(() -> SockAddr.abstractName(manager.toString().substring(1)));
  }

  /**
   * Sends a text.
   *
   * @param with goes with it, and stays the caller's; may be null
   * @param deadline until when it waits for room, as {@link System#nanoTime} tells it
   * @return false where the queue is full
   */
  boolean send(String text, OwnedFd with, long deadline) throws SysException {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    int type = SOCK_DGRAM | SOCK_NONBLOCK;
    try (OwnedFd socket = OwnedFd.of(posix, posix.socket(AF_UNIX, type, 0), "to the manager")) {
      socket.use(n -> posix.connect(n, manager));
      for (; ; ) {
        if (send(socket, bytes, with)) {
          return true;
        }
        int left = millis(deadline);
        if (left <= 0 || socket.borrow(n -> posix.poll(n, POLLOUT, left)) == 0) {
          return false;
        }
      }
    }
  }

  private boolean send(OwnedFd socket, byte[] bytes, OwnedFd with) throws SysException {
    out.put(bytes, bytes.length);
    if (with == null) {
      return socket.borrow(n -> posix.sendmsg(n, out, MSG_DONTWAIT)) != Posix.WOULD_BLOCK;
    }
    return with.borrow(
            descriptor -> {
              out.putDescriptors(new int[] {descriptor}, 1);
              return socket.borrow(n -> posix.sendmsg(n, out, MSG_DONTWAIT));
            })
        != Posix.WOULD_BLOCK;
  }

  /**
   * Asks the manager to tell when it has seen all that was sent before (BARRIER, {@code
   * sd_notify_barrier(3)}): it closes what comes with that message.
   *
   * @return our end of it, the caller's to close, for {@link #passed}; null where the queue is full
   */
  OwnedFd barrier(long deadline) throws SysException {
    FdPair pair = posix.socketpair(SOCK_STREAM);
    OwnedFd ours = OwnedFd.of(posix, pair.first(), "barrier");
    try (OwnedFd theirs = OwnedFd.of(posix, pair.second(), "barrier")) {
      if (send("BARRIER=1", theirs, deadline)) {
        return ours;
      }
    } catch (SysException e) {
      ours.close();
      throw e;
    }
    ours.close();
    return null;
  }

  /** Whether the manager has come to a barrier; waits for it until then. */
  boolean passed(OwnedFd barrier, long deadline) throws SysException {
    int left = Math.max(0, millis(deadline));
    return (barrier.borrow(n -> posix.poll(n, 0, left)) & POLLHUP) != 0;
  }

  private static int millis(long deadline) {
    return (int) TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
  }
}
