package dev.baton.fd;

import dev.baton.sys.Constants;
import dev.baton.sys.FdPair;
import dev.baton.sys.Posix;
import java.io.FileDescriptor;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * Turns a descriptor into the JDK's own {@code java.nio} channel, so that every server library
 * takes it. The channel owns the number from then on and closes it once.
 *
 * <p>Uses internals of {@code sun.nio.ch} that are the same on JDK 17 to 25 and needs one flag,
 * {@code --add-opens=java.base/sun.nio.ch=ALL-UNNAMED}, which the supervisor gives every worker.
 *
 * <p>A {@code SocketChannel} that is registered with a selector shuts the connection down when it
 * is closed, for every holder; a {@code ServerSocketChannel} does not.
 */
public final class Adoption {
  private static final int INET = 1;
  private static final int INET6 = 2;
  private static final int UNIX = 3;
  private static final int DATAGRAM = 2;

  private static volatile boolean prepared;

  private Adoption() {}

  /**
   * Makes, uses and closes one connection, once in a JVM: then the JDK has loaded what it needs for
   * all of them. Some of its classes open descriptors of their own as they are initialized (a
   * socket pair, to close with), and a class that once fails to be stays unusable for ever: a
   * worker that was short of descriptors at its first client would never serve one.
   *
   * @throws IOException when there are no descriptors left even now
   */
  public static void prepare(Posix posix) throws IOException {
    if (prepared) {
      return;
    }
    FdPair pair = posix.socketpair(Constants.SOCK_STREAM);
    OwnedFd one = OwnedFd.of(posix, pair.first(), "rehearsal");
    try (OwnedFd other = OwnedFd.of(posix, pair.second(), "rehearsal")) {
      try (SocketChannel first = socket(one, UnixDomainSocketAddress.of(""), () -> {});
          SocketChannel second = socket(other)) {
        ByteBuffer bytes = ByteBuffer.allocate(1);
        first.write(bytes);
        second.read(bytes.clear());
      }
    }
    prepared = true;
  }

  /** A listening TCP or UNIX-domain socket. Consumes {@code fd}. */
  public static ServerSocketChannel serverSocket(OwnedFd fd) throws IOException {
    return adopt(
        fd,
        "a ServerSocketChannel",
        n ->
            (ServerSocketChannel)
                JdkInternals.SERVER_SOCKET.invoke(
                    JdkInternals.PROVIDER, family(n), JdkInternals.descriptor(n), true));
  }

  /**
   * The same with {@code accepted} run after each connection that is accepted, by the thread that
   * accepts; it must not wait.
   */
  public static ServerSocketChannel serverSocket(OwnedFd fd, Runnable accepted) throws IOException {
    return adopt(
        fd,
        "a ServerSocketChannel",
        n -> CountingServerSocket.open(JdkInternals.descriptor(n), family(n), accepted));
  }

  /** A connected TCP or UNIX-domain socket. Consumes {@code fd}. */
  public static SocketChannel socket(OwnedFd fd) throws IOException {
    return adopt(
        fd,
        "a SocketChannel",
        n -> {
          FileDescriptor d = JdkInternals.socketDescriptor(n);
          ProtocolFamily family = family(n);
          return (SocketChannel)
              JdkInternals.SOCKET.invoke(JdkInternals.PROVIDER, family, d, remote(n, family, d));
        });
  }

  /**
   * A connected socket of which the supervisor holds a copy, too. However the channel is closed,
   * the write side is shut down first, so that the client sees its end at once (unless SO_LINGER is
   * 0, which asks for a reset), then it is closed, and then {@code closed} runs: once, by the
   * thread that closes. A channel that is registered with a selector keeps its number, and nothing
   * else, until the selector next selects, as all of the JDK's do. Consumes {@code fd}.
   *
   * @param peer the client's address where it is known, which saves two system calls; else {@code
   *     null}
   * @param closed must not wait
   */
  public static SocketChannel socket(OwnedFd fd, SocketAddress peer, Runnable closed)
      throws IOException {
    return adopt(
        fd,
        "a SocketChannel",
        n -> {
          FileDescriptor d = JdkInternals.socketDescriptor(n);
          ProtocolFamily family = peer == null ? family(n) : family(peer);
          SocketAddress remote = peer == null ? remote(n, family, d) : peer;
          return HookedSocket.open(d, family, remote, closed);
        });
  }

  /**
   * A UDP socket, or a datagram socket of AF_UNIX. Consumes {@code fd}.
   *
   * <p>In AF_UNIX {@code receive} gives the sender's {@link UnixDomainSocketAddress}, with an empty
   * path where it has none, and {@code send} takes one. A name in the abstract namespace is written
   * with an {@code @} before it, as a relative path; a file of such a name is {@code ./@name}.
   * There is no connect, no read and no write.
   */
  public static DatagramChannel datagram(OwnedFd fd) throws IOException {
    return adopt(
        fd,
        "a DatagramChannel",
        n -> {
          ProtocolFamily family = family(n);
          if ((int) DatagramInternals.SOCKET_TYPE.invoke(n) != DATAGRAM) {
            throw new IOException("not a datagram socket");
          }
          FileDescriptor d = JdkInternals.descriptor(n);
          if (family == StandardProtocolFamily.UNIX) {
            return UnixDatagrams.open(fd.posix(), n, d);
          }
          DatagramChannel channel =
              (DatagramChannel) DatagramInternals.NEW.invoke(JdkInternals.PROVIDER, d);
          if (family == StandardProtocolFamily.INET) {
            // It takes every socket for one of IPv6, whose addresses IPv4 ones do not send to.
            DatagramInternals.FAMILY.set(channel, family);
          }
          return channel;
        });
  }

  /**
   * A file, which goes on to share the sender's open file description, the offset included (APUE
   * 17.4). Consumes {@code fd}.
   */
  public static FileChannel file(OwnedFd fd, boolean readable, boolean writable)
      throws IOException {
    return adopt(
        fd,
        "a FileChannel",
        n -> JdkInternals.openFile(JdkInternals.descriptor(n), readable, writable));
  }

  interface Maker<T> {
    T make(int number) throws Throwable;
  }

  static <T> T adopt(OwnedFd fd, String as, Maker<T> maker) throws IOException {
    try (fd) {
      T channel = fd.borrow(n -> JdkInternals.call(() -> maker.make(n)));
      fd.release(as);
      return channel;
    } catch (ExceptionInInitializerError | NoClassDefFoundError e) {
      throw new IOException(
          "cannot adopt "
              + fd.label()
              + ": this JVM lacks --add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
          e);
    }
  }

  private static ProtocolFamily family(int number) throws Throwable {
    int family = (int) JdkInternals.ADDRESS_FAMILY.invoke(number);
    switch (family) {
      case INET:
        return StandardProtocolFamily.INET;
      case INET6:
        return StandardProtocolFamily.INET6;
      case UNIX:
        return StandardProtocolFamily.UNIX;
      default:
        throw new IOException("not a socket of a known family");
    }
  }

  /**
   * The family to assume of a connection with that peer. An IPv4 peer may be one of an IPv6 socket,
   * which understands the options of IPv4, too.
   */
  private static ProtocolFamily family(SocketAddress peer) {
    if (peer instanceof InetSocketAddress inet) {
      return inet.getAddress() instanceof Inet6Address
          ? StandardProtocolFamily.INET6
          : StandardProtocolFamily.INET;
    }
    return StandardProtocolFamily.UNIX;
  }

  private static SocketAddress remote(int number, ProtocolFamily family, FileDescriptor d)
      throws Throwable {
    if (family != StandardProtocolFamily.UNIX) {
      return (InetSocketAddress) JdkInternals.REMOTE_ADDRESS.invoke(d);
    }
    byte[] path = (byte[]) JdkInternals.UNIX_PEER.invoke(number);
    int length = 0;
    while (path != null && length < path.length && path[length] != 0) {
      length++;
    }
    return UnixDomainSocketAddress.of(
        path == null ? "" : new String(path, 0, length, StandardCharsets.UTF_8));
  }
}
