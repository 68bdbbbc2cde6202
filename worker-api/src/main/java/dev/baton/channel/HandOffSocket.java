package dev.baton.channel;

import dev.baton.fd.FdAction;
import dev.baton.fd.FdFunction;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Limits;
import dev.baton.sys.Constants;
import dev.baton.sys.MessageBuffer;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;

/**
 * The way of accepted connections to one worker: a second descriptor of its control channel, on
 * which a thread of its own sends frames with one descriptor each (APUE 17.4). The kernel keeps
 * frames of several senders apart ({@code unix(7)}, SOCK_SEQPACKET). Sending never blocks and
 * allocates nothing. One thread at a time.
 */
public final class HandOffSocket implements AutoCloseable {
  /** What became of a frame. */
  public enum Result {
    /** The kernel has it, with its own reference to the connection. */
    SENT,
    /** The worker has not read what came before (EAGAIN). */
    FULL,
    /** Too many descriptors in flight, or no memory (ETOOMANYREFS, ENOBUFS, ENOMEM): try later. */
    SCARCE,
    /** The worker has closed its end (EPIPE, ECONNRESET, ENOTCONN). */
    GONE
  }

  private final Posix posix;
  private final OwnedFd channel;
  private final MessageBuffer out = new MessageBuffer(Limits.CONNECTION_FRAME_BYTES, 1);
  private final int[] number = new int[1];
  private final FdAction<SysException> withConnection = this::lent;
  private final FdAction<SysException> withChannel = this::transmit;
  private boolean sent;

  /**
   * @param channel a duplicate of the supervisor's end of the control channel; consumed
   */
  public HandOffSocket(Posix posix, OwnedFd channel) {
    this.posix = posix;
    this.channel = channel;
  }

  /** Lends the number for registering with a poller. */
  public <T, X extends Exception> T borrow(FdFunction<T, X> use) throws X {
    return channel.borrow(use);
  }

  /**
   * Sends one frame with one descriptor, now or not at all.
   *
   * @param payload the message, at most {@link Limits#CONNECTION_FRAME_BYTES}
   * @param length bytes of it, above 0
   * @param connection lent for the call; it stays the caller's whatever comes of it
   * @throws SysException for an errno that none of the results stands for
   */
  public Result send(byte[] payload, int length, OwnedFd connection) throws SysException {
    if (length <= 0) {
      throw new IllegalArgumentException("an empty frame reads as end-of-file");
    }
    out.put(payload, length);
    try {
      connection.use(withConnection);
      return sent ? Result.SENT : Result.FULL;
    } catch (SysException e) {
      switch (e.errno()) {
        case ETOOMANYREFS:
        case ENOBUFS:
        case ENOMEM:
          return Result.SCARCE;
        case EPIPE:
        case ECONNRESET:
        case ENOTCONN:
          return Result.GONE;
        default:
          throw e;
      }
    }
  }

  private void lent(int connection) throws SysException {
    number[0] = connection;
    out.putDescriptors(number, 1);
    channel.use(withChannel);
  }

  private void transmit(int socket) throws SysException {
    sent = posix.sendmsg(socket, out, Constants.MSG_DONTWAIT) != Posix.WOULD_BLOCK;
  }

  /** A raw close of this descriptor; the control channel itself stays open. */
  @Override
  public void close() {
    channel.close();
  }
}
