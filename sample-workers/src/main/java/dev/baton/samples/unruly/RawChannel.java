package dev.baton.samples.unruly;

import dev.baton.fd.OwnedFd;
import dev.baton.sys.Constants;
import dev.baton.sys.MessageBuffer;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import dev.baton.worker.WorkerMain;

/** A copy of the worker's own control channel that sends any bytes. One thread at a time. */
final class RawChannel implements AutoCloseable {
  private static final int MOST_BYTES = 256 * 1024;

  private final Posix posix;
  private final OwnedFd fd;
  private final MessageBuffer buffer = new MessageBuffer(MOST_BYTES, 1);

  private RawChannel(Posix posix, OwnedFd fd) {
    this.posix = posix;
    this.fd = fd;
  }

  static RawChannel open(Posix posix) throws SysException {
    int number = Integer.parseInt(System.getenv(WorkerMain.CHANNEL_VARIABLE));
    return new RawChannel(posix, OwnedFd.of(posix, posix.duplicate(number), "raw channel"));
  }

  /** Sends one frame, waiting until it fits. */
  void send(byte[] frame) throws SysException {
    buffer.put(frame, frame.length);
    transmit();
  }

  /** As above, with a descriptor, which stays the caller's. */
  void send(byte[] frame, OwnedFd gift) throws SysException {
    buffer.put(frame, frame.length);
    gift.use(
        n -> {
          buffer.putDescriptors(new int[] {n}, 1);
          transmit();
        });
  }

  /** Ends only when the supervisor's end is closed. */
  void sendForEver(byte[] frame) throws SysException {
    for (; ; ) {
      send(frame);
    }
  }

  private void transmit() throws SysException {
    fd.use(
        n -> {
          while (posix.sendmsg(n, buffer, Constants.MSG_DONTWAIT) == Posix.WOULD_BLOCK) {
            posix.poll(n, Constants.POLLOUT, -1);
          }
        });
  }

  @Override
  public void close() {
    fd.close();
  }
}
