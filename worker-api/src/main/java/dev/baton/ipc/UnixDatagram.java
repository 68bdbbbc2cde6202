package dev.baton.ipc;

import static dev.baton.sys.Constants.AF_UNIX;
import static dev.baton.sys.Constants.MSG_DONTWAIT;
import static dev.baton.sys.Constants.SOL_SOCKET;
import static dev.baton.sys.Constants.SO_PASSCRED;

import dev.baton.fd.Adoption;
import dev.baton.fd.OwnedFd;
import dev.baton.sys.Errno;
import dev.baton.sys.MessageBuffer;
import dev.baton.sys.PeerCredentials;
import dev.baton.sys.Posix;
import dev.baton.sys.SockAddr;
import dev.baton.sys.SysException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.DatagramChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * A datagram socket of AF_UNIX ({@code unix(7)}; APUE 17.2), or an end of a pair that keeps the
 * edges of messages. Nothing is lost, doubled or out of order: where the receiver is slow, the
 * sender waits. Thread-safe; threads that receive take turns, and so do those that send.
 */
public final class UnixDatagram implements AutoCloseable {
  /** The most bytes that one datagram may have here; the kernel's own bound is the send buffer. */
  public static final int MAX_BYTES = 256 << 10;

  private static final Duration LOOK_UP = Duration.ofMillis(100);

  private final Posix posix;
  private final SocketType type;
  private final Optional<BoundName> name;
  private final WaitableFd socket;
  private final Object receiving = new Object();
  private final Object sending = new Object();
  private MessageBuffer in;

  private UnixDatagram(Posix posix, SocketType type, Optional<BoundName> name, OwnedFd fd) {
    this.posix = posix;
    this.type = type;
    this.name = name;
    this.socket = new WaitableFd(posix, fd);
  }

  /**
   * One message.
   *
   * @param bytes may be none
   * @param from the sender's name, {@link UnixAddress#UNNAMED} where it has none
   * @param credentials who sent it, by the kernel's word, where that was asked for
   */
  public record Message(byte[] bytes, UnixAddress from, Optional<PeerCredentials> credentials) {}

  /** A socket at a path that only this user may send to; a stale file is replaced. */
  public static UnixDatagram bind(Path path) throws IOException {
    return bind(UnixAddress.of(path), 0600, true);
  }

  /**
   * A socket with a name, whose file it removes when it is closed.
   *
   * @param permissions of the file: who may write it may send
   * @param replaceStale whether a socket file that nobody serves is removed first
   * @throws UnixSocketException with EADDRINUSE when the name is taken
   */
  public static UnixDatagram bind(UnixAddress address, int permissions, boolean replaceStale)
      throws IOException {
    return bind(Posix.system(), address, permissions, replaceStale);
  }

  static UnixDatagram bind(Posix posix, UnixAddress address, int permissions, boolean replaceStale)
      throws IOException {
    OwnedFd fd = socket(posix, "datagrams:" + address);
    BoundName name = null;
    try {
      name = BoundName.bind(posix, fd, address, permissions, replaceStale);
      return of(posix, SocketType.DATAGRAM, Optional.of(name), fd);
    } catch (IOException | RuntimeException e) {
      if (name != null) {
        name.close();
      }
      fd.close();
      throw e;
    }
  }

  /** A socket without a name: it can send, and nobody can answer. */
  public static UnixDatagram unnamed() throws IOException {
    Posix posix = Posix.system();
    return of(posix, SocketType.DATAGRAM, Optional.empty(), socket(posix, "datagrams"));
  }

  private static OwnedFd socket(Posix posix, String label) throws SysException {
    int type = SocketType.DATAGRAM.number();
    return OwnedFd.of(posix, posix.socket(AF_UNIX, type, 0), label);
  }

  /** A blocking socket that nobody else has. Consumes {@code fd}. */
  static UnixDatagram of(Posix posix, SocketType type, Optional<BoundName> name, OwnedFd fd)
      throws SysException {
    try {
      // That a receiver is full cannot be polled for: a sender waits in the kernel, and in between
      // looks whether the socket was closed.
      SendTimeout.set(posix, fd, LOOK_UP);
      return new UnixDatagram(posix, type, name, fd);
    } catch (SysException e) {
      fd.close();
      throw e;
    }
  }

  /** Its name. */
  public UnixAddress address() {
    return name.map(BoundName::address).orElse(UnixAddress.UNNAMED);
  }

  /**
   * From now on every message tells who sent it (SO_PASSCRED and SCM_CREDENTIALS): pid, real uid
   * and gid. A sender may name others only if it is privileged. Messages that are already here were
   * not asked.
   */
  public void askForCredentials() throws IOException {
    socket.call(
        n -> {
          posix.setsockopt(n, SOL_SOCKET, SO_PASSCRED, 1);
          return null;
        });
  }

  /**
   * Sends one message to a name, waiting while its receiver's queue is full.
   *
   * @throws UnixSocketException with ENOENT or ECONNREFUSED when nobody has that name, EMSGSIZE
   *     when the message is too large
   */
  public void send(byte[] bytes, UnixAddress to) throws IOException {
    send(bytes, to, true);
  }

  /** As {@link #send(byte[], UnixAddress)}, but says false where it would have to wait. */
  public boolean trySend(byte[] bytes, UnixAddress to) throws IOException {
    return send(bytes, to, false);
  }

  /** Sends one message to the other end of a pair, waiting while its queue is full. */
  public void send(byte[] bytes) throws IOException {
    send(bytes, null, true);
  }

  /** As {@link #send(byte[])}, but says false where it would have to wait. */
  public boolean trySend(byte[] bytes) throws IOException {
    return send(bytes, null, false);
  }

  private boolean send(byte[] bytes, UnixAddress to, boolean wait) throws IOException {
    SockAddr target = to == null ? null : to.toSockAddr();
    int flags = wait ? 0 : MSG_DONTWAIT;
    synchronized (sending) {
      try {
        for (; ; ) {
          int sent = socket.call(n -> posix.sendto(n, bytes, bytes.length, flags, target));
          if (sent != Posix.WOULD_BLOCK) {
            return true;
          }
          if (!wait) {
            return false;
          }
        }
      } catch (SysException e) {
        String where = to == null ? "the other end" : to.toString();
        throw new UnixSocketException("cannot send " + bytes.length + " bytes to " + where, e);
      }
    }
  }

  /**
   * Waits for a message.
   *
   * @throws EOFException when the other end of a {@link SocketType#SEQPACKET} pair is closed; no
   *     end of datagrams is ever told
   */
  public Message receive() throws IOException {
    return receive(WaitableFd.FOREVER).orElseThrow();
  }

  /** Waits for a message for a limited time; zero only looks. Empty when none came. */
  public Optional<Message> receive(Duration limit) throws IOException {
    synchronized (receiving) {
      if (in == null) {
        in = MessageBuffer.withSender(MAX_BYTES, 1);
      }
      long end = WaitableFd.deadline(limit);
      for (; ; ) {
        int length = socket.call(n -> posix.recvmsg(n, in, MSG_DONTWAIT));
        if (length != Posix.WOULD_BLOCK) {
          return Optional.of(message(length));
        }
        if (!socket.awaitReadable(WaitableFd.left(end))) {
          return Optional.empty();
        }
      }
    }
  }

  private Message message(int length) throws IOException {
    for (int unasked : in.descriptors()) {
      OwnedFd.of(posix, unasked, "unasked").close();
    }
    if (in.truncated()) {
      throw new UnixSocketException(
          "a datagram of more than " + MAX_BYTES + " bytes came to " + address(), Errno.EMSGSIZE);
    }
    if (length == 0 && type == SocketType.SEQPACKET) {
      throw new EOFException("the other end is closed");
    }
    return new Message(
        in.bytes(length), UnixAddress.of(in.sender()), Optional.ofNullable(in.credentials()));
  }

  /**
   * The socket as a channel of the JDK, for a selector; this object is empty afterwards, and the
   * file stays when the channel is closed. See {@link Adoption#datagram} for its names.
   */
  public synchronized DatagramChannel toChannel() throws IOException {
    if (type != SocketType.DATAGRAM) {
      throw new IllegalStateException("the JDK has no channel for " + type);
    }
    OwnedFd fd = socket.take();
    name.ifPresent(BoundName::keepFile);
    return Adoption.datagram(fd);
  }

  /**
   * Removes its file and closes the socket; threads that wait get a {@code ClosedChannelException},
   * senders within a tenth of a second. Further calls do nothing.
   */
  @Override
  public synchronized void close() {
    if (socket.isOpen()) {
      name.ifPresent(BoundName::close);
      socket.close();
    }
  }

  @Override
  public String toString() {
    return socket.toString();
  }
}
