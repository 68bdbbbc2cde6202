package dev.baton.channel;

import dev.baton.fd.FdAction;
import dev.baton.fd.FdBag;
import dev.baton.fd.FdFunction;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.Limits;
import dev.baton.protocol.LostDescriptorsException;
import dev.baton.protocol.ProtocolException;
import dev.baton.sys.Constants;
import dev.baton.sys.Errno;
import dev.baton.sys.FdPair;
import dev.baton.sys.MessageBuffer;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.lang.ref.Reference;
import java.util.List;
import java.util.Optional;

/**
 * One end of a connected SOCK_SEQPACKET socket in AF_UNIX ({@code unix(7)}; APUE 17.2 and 17.4).
 * One thread at a time may send and one may receive. Its memory is shared with other sockets, so
 * that one that is idle takes little.
 */
public final class FrameSocket implements AutoCloseable {
  private final Posix posix;
  private final OwnedFd fd;
  private final int[] numbers = new int[Limits.FRAME_DESCRIPTORS];
  private final FdAction<SysException> lend = this::lend;
  private final FdAction<SysException> transmit = this::transmit;
  private final FdAction<SysException> fetch = this::fetch;
  private final FdAction<SysException> waitAndFetch = this::waitAndFetch;
  private MessageBuffer out; // during a call
  private MessageBuffer in; // during a call
  private int lent;
  private boolean sent;
  private int received;

  /** Wraps a connected socket. Consumes {@code fd}. */
  public FrameSocket(Posix posix, OwnedFd fd) {
    this.posix = posix;
    this.fd = fd;
  }

  /** Two connected ends, the first for the supervisor and the second for the worker. */
  public static Ends pair(Posix posix, String label) throws SysException {
    FdPair pair = posix.socketpair(Constants.SOCK_SEQPACKET);
    return new Ends(
        OwnedFd.of(posix, pair.first(), "channel:" + label),
        OwnedFd.of(posix, pair.second(), "channel-of-worker:" + label));
  }

  /** The two ends of a new channel; each is the caller's to close. */
  public record Ends(OwnedFd supervisor, OwnedFd worker) {}

  /** Lends the number for registering with a poller. */
  public <T, X extends Exception> T borrow(FdFunction<T, X> use) throws X {
    return fd.borrow(use);
  }

  /** A duplicate of the socket's descriptor, which the caller closes. */
  public OwnedFd duplicate() throws SysException {
    return fd.duplicate("copy-of-" + fd.label());
  }

  /**
   * Sends one frame without ever blocking. The descriptors are lent for the call.
   *
   * @return whether the kernel took it; false when the peer's buffer is full
   * @throws SysException EPIPE or ECONNRESET when the peer is gone, ETOOMANYREFS when too many
   *     descriptors of this user are in flight
   */
  public boolean send(byte[] payload, List<OwnedFd> fds) throws SysException {
    if (payload.length == 0) {
      throw new IllegalArgumentException("an empty frame reads as end-of-file");
    }
    if (fds.size() > Limits.FRAME_DESCRIPTORS) {
      throw new IllegalArgumentException(
          fds.size() + " descriptors; a frame has at most " + Limits.FRAME_DESCRIPTORS);
    }
    out = MessageBuffers.OUT.take();
    lent = 0;
    try {
      out.put(payload, payload.length);
      for (int i = 0; i < fds.size(); i++) {
        fds.get(i).use(lend);
      }
      out.putDescriptors(numbers, lent);
      fd.use(transmit);
      return sent;
    } finally {
      MessageBuffers.OUT.giveBack(out);
      out = null;
      Reference.reachabilityFence(fds); // none is lost and closed before the call is over
    }
  }

  private void lend(int number) {
    numbers[lent++] = number;
  }

  private void transmit(int socket) throws SysException {
    sent = posix.sendmsg(socket, out, Constants.MSG_DONTWAIT) != Posix.WOULD_BLOCK;
  }

  /**
   * Receives one frame, waiting for it when the descriptor is blocking and {@code wait} is set.
   *
   * <p>After a peer's death with unread data the kernel says ECONNRESET once and then still hands
   * out what is queued: that one is passed over, and only end-of-file ends a channel.
   *
   * @return empty when there is none now; a frame with {@link Frame#end()} at end-of-file
   * @throws ProtocolException when it was cut off or descriptors were lost; whatever came is closed
   */
  public Optional<Frame> receive(boolean wait) throws SysException, ProtocolException {
    in = MessageBuffers.IN.take();
    try {
      return receiveInto(wait);
    } finally {
      MessageBuffers.IN.giveBack(in);
      in = null;
    }
  }

  private Optional<Frame> receiveInto(boolean wait) throws SysException, ProtocolException {
    int length;
    try {
      length = receiveOnce(wait);
    } catch (SysException e) {
      if (e.errno() != Errno.ECONNRESET) {
        throw e;
      }
      length = receiveOnce(wait);
    }
    if (length == Posix.WOULD_BLOCK) {
      return Optional.empty();
    }
    int[] descriptors = in.descriptors();
    FdBag bag = descriptors.length == 0 ? FdBag.EMPTY : new FdBag();
    for (int number : descriptors) {
      bag.add(OwnedFd.of(posix, number, "received"));
    }
    if (in.truncated() || in.controlTruncated()) {
      bag.close();
      throw in.truncated()
          ? new ProtocolException(
              ErrorCode.TOO_LARGE, "a frame of more than " + Limits.FRAME_BYTES + " bytes")
          : new LostDescriptorsException(in.bytes(length));
    }
    if (length == 0) {
      bag.close();
      return Optional.of(Frame.END);
    }
    return Optional.of(new Frame(in.bytes(length), bag));
  }

  private int receiveOnce(boolean wait) throws SysException {
    fd.use(wait ? waitAndFetch : fetch);
    return received;
  }

  private void fetch(int socket) throws SysException {
    received = posix.recvmsg(socket, in, Constants.MSG_DONTWAIT);
  }

  private void waitAndFetch(int socket) throws SysException {
    received = posix.recvmsg(socket, in, 0);
  }

  /** A raw close: the peer sees end-of-file when no copy is left. */
  @Override
  public void close() {
    fd.close();
  }
}
