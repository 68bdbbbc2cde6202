package dev.baton.fd;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import dev.baton.sys.SockAddr;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** A listening socket as a supervisor holds it, and connections that it accepts and passes on. */
final class TestListener implements AutoCloseable {
  private final Posix posix = Posix.system();
  private final OwnedFd fd;
  private final SocketAddress address;

  /**
   * @param kind an IP address, or {@code unix}
   * @param folder for the socket's file
   */
  TestListener(String kind, Path folder) throws IOException {
    SockAddr wanted =
        kind.equals("unix")
            ? SockAddr.unix(folder.resolve("s" + System.nanoTime()).toString())
            : SockAddr.inet(InetAddress.getByName(kind), 0);
    int type = Constants.SOCK_STREAM | Constants.SOCK_NONBLOCK;
    fd = OwnedFd.of(posix, posix.socket(wanted.family(), type, 0), "listener:" + kind);
    fd.use(n -> posix.bind(n, wanted));
    fd.use(n -> posix.listen(n, 1024));
    SockAddr bound = fd.borrow(posix::getsockname);
    address =
        bound.family() == Constants.AF_UNIX
            ? UnixDomainSocketAddress.of(bound.path())
            : new InetSocketAddress(bound.host(), bound.port());
  }

  SocketAddress address() {
    return address;
  }

  /** A second descriptor, as a worker is lent one. */
  OwnedFd lend() throws SysException {
    return fd.duplicate("lent");
  }

  SocketChannel connect() throws IOException {
    return SocketChannel.open(address);
  }

  /** The connection of a client that has connected. */
  OwnedFd accept() throws SysException {
    return OwnedFd.of(posix, fd.borrow(posix::accept4), "connection");
  }

  /** SO_RCVBUF as the kernel says it. */
  int receiveBuffer() throws SysException {
    return fd.borrow(n -> posix.getsockopt(n, Constants.SOL_SOCKET, Constants.SO_RCVBUF));
  }

  /** A connection as a worker gets it, of a client that has connected. */
  SocketChannel handOff(SocketChannel client) throws IOException {
    return Adoption.socket(accept(), client.getLocalAddress(), () -> {});
  }

  static void write(SocketChannel channel, String text) throws IOException {
    channel.write(ByteBuffer.wrap(text.getBytes(UTF_8)));
  }

  /** That many bytes, or fewer before the end. */
  static String read(SocketChannel channel, int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes);
    while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
      continue;
    }
    return new String(buffer.array(), 0, buffer.position(), UTF_8);
  }

  @Override
  public void close() {
    fd.close();
  }
}
