package dev.baton.worker;

import dev.baton.fd.OwnedFd;
import dev.baton.sys.Constants;
import dev.baton.sys.PeerAddress;
import dev.baton.sys.Posix;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A client and the supervisor's copy of its connection. Reading has a deadline, by closing.
 *
 * @param kept what the supervisor accepted
 * @param peer the client's address as the supervisor tells it; null for a UNIX-domain client
 */
record Visitor(SocketChannel client, OwnedFd kept, String peer) implements AutoCloseable {
  private static final Posix POSIX = Posix.system();

  /** Connects to a listener that only the supervisor accepts from. */
  static Visitor of(OwnedFd listener) throws Exception {
    SocketChannel client = connect(listener);
    PeerAddress peer = new PeerAddress();
    listener.<Integer, Exception>borrow(
        n -> POSIX.poll(n, Constants.POLLIN, (int) SupervisorEnd.MILLIS));
    int number = listener.borrow(n -> POSIX.accept4(n, peer));
    OwnedFd kept = OwnedFd.of(POSIX, number, "accepted");
    byte[] text = new byte[PeerAddress.TEXT_MAX];
    int length = peer.text(text, 0);
    return new Visitor(
        client, kept, length == 0 ? null : new String(text, 0, length, StandardCharsets.US_ASCII));
  }

  /** A client of a TCP or UNIX-domain listener. */
  static SocketChannel connect(OwnedFd listener) throws Exception {
    SocketAddress address = Addresses.local(POSIX, listener);
    if (address instanceof InetSocketAddress inet) {
      return SocketChannel.open(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), inet.getPort()));
    }
    return SocketChannel.open(address);
  }

  /** What the client reads until end-of-file. */
  String readAll() throws Exception {
    return readAll(client);
  }

  static String readAll(SocketChannel client) throws Exception {
    CompletableFuture<String> text = CompletableFuture.supplyAsync(() -> read(client));
    return text.get(SupervisorEnd.MILLIS, TimeUnit.MILLISECONDS);
  }

  private static String read(SocketChannel client) {
    try {
      ByteBuffer bytes = ByteBuffer.allocate(256);
      while (client.read(bytes) >= 0) {
        // until end-of-file
      }
      return new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      return "failed: " + e;
    }
  }

  static void write(SocketChannel to, String text) throws IOException {
    to.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
  }

  @Override
  public void close() throws IOException {
    client.close();
    kept.close();
  }
}
