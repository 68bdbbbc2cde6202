package dev.baton.fd;

import static dev.baton.sys.Constants.MSG_DONTWAIT;
import static dev.baton.sys.Posix.WOULD_BLOCK;

import dev.baton.sys.Constants;
import dev.baton.sys.PeerAddress;
import dev.baton.sys.Posix;
import dev.baton.sys.SockAddr;
import dev.baton.sys.SysException;
import java.io.FileDescriptor;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What the {@code DatagramChannel} over a datagram socket of AF_UNIX does ({@code unix(7)}; APUE
 * 17.2), which the JDK does not have. The rest, closing above all, is the JDK's.
 */
final class UnixDatagrams {
  /** More than a socket's send buffer holds by default. */
  private static final int DATAGRAM_MAX = 256 << 10;

  private static final long PEER_FULL_NANOS = 1_000_000;

  private final Posix posix;
  private final int number;
  private final SocketAddress local;
  private final PeerAddress sender = new PeerAddress();
  private byte[] received = new byte[0];
  private DatagramChannel channel;

  // The JDK's own, which a close of a non-blocking channel waits for.
  private ReentrantLock reading;
  private ReentrantLock writing;

  private UnixDatagrams(Posix posix, int number) throws SysException {
    this.posix = posix;
    this.number = number;
    this.local = address(posix.getsockname(number));
  }

  static DatagramChannel open(Posix posix, int number, FileDescriptor d) throws Throwable {
    // First what may fail: from its constructor on, the channel closes the number.
    UnixDatagrams behaviour = new UnixDatagrams(posix, number);
    DatagramChannel channel = UnixDatagramClass.open(d, behaviour);
    behaviour.channel = channel;
    behaviour.reading = UnixDatagramClass.readLock(channel);
    behaviour.writing = UnixDatagramClass.writeLock(channel);
    return channel;
  }

  /** {@code receive}: the sender, or null where there is no datagram and the channel waits not. */
  SocketAddress receive(ByteBuffer target) throws IOException {
    if (target.isReadOnly()) {
      throw new IllegalArgumentException("Read-only buffer");
    }
    reading.lock();
    try {
      int room = Math.min(target.remaining(), DATAGRAM_MAX);
      if (received.length < room) {
        received = new byte[room];
      }
      int length = UnixDatagramClass.reading(channel, () -> receive(room));
      if (length == WOULD_BLOCK) {
        return null;
      }
      target.put(received, 0, length);
      return address(sender.toSockAddr());
    } finally {
      reading.unlock();
    }
  }

  private int receive(int room) throws IOException {
    boolean blocking = channel.isBlocking();
    for (; ; ) {
      int n = posix.recvfrom(number, received, room, MSG_DONTWAIT, sender);
      if (!channel.isOpen()) {
        return WOULD_BLOCK; // and what was read may be the stand-in of a closed socket
      }
      if (n != WOULD_BLOCK || !blocking) {
        return n;
      }
      UnixDatagramClass.awaitReadable(channel);
    }
  }

  /** {@code send}: all of it, or 0 where the receiver's queue is full and the channel waits not. */
  int send(ByteBuffer source, SocketAddress to) throws IOException {
    SockAddr target = target(Objects.requireNonNull(to));
    writing.lock();
    try {
      byte[] bytes = new byte[source.remaining()];
      source.duplicate().get(bytes);
      int sent = UnixDatagramClass.writing(channel, () -> send(bytes, target));
      if (sent == WOULD_BLOCK) {
        return 0;
      }
      source.position(source.limit());
      return sent;
    } finally {
      writing.unlock();
    }
  }

  /**
   * That a receiver's queue is full cannot be waited for: poll tells of the own buffer only, unless
   * the sockets are connected ({@code unix_dgram_poll} in the kernel).
   */
  private int send(byte[] bytes, SockAddr to) throws IOException {
    boolean blocking = channel.isBlocking();
    for (; ; ) {
      int n = posix.sendto(number, bytes, bytes.length, MSG_DONTWAIT, to);
      if (n != WOULD_BLOCK || !blocking || !channel.isOpen()) {
        return n;
      }
      LockSupport.parkNanos(PEER_FULL_NANOS);
    }
  }

  /** {@code getLocalAddress}. */
  SocketAddress local() throws IOException {
    if (!channel.isOpen()) {
      throw new ClosedChannelException();
    }
    return local;
  }

  private static SocketAddress address(SockAddr a) {
    String name = a.family() == Constants.AF_UNIX ? a.abstractName() : null;
    return UnixDomainSocketAddress.of(name == null ? a.path() : "@" + name);
  }

  private static SockAddr target(SocketAddress to) {
    if (!(to instanceof UnixDomainSocketAddress unix)) {
      throw new UnsupportedAddressTypeException();
    }
    String path = unix.getPath().toString();
    return path.startsWith("@") ? SockAddr.abstractName(path.substring(1)) : SockAddr.unix(path);
  }
}
