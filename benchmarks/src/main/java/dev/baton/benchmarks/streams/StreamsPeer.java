package dev.baton.benchmarks.streams;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/**
 * {@code StreamsPeer tcp PORT throughput|roundtrip} or {@code StreamsPeer unix PATH ...}: connects
 * and reads to the end, for {@code roundtrip} sending everything back.
 */
public final class StreamsPeer {
  /** Bytes in a block of {@code throughput}. */
  static final int BLOCK = 64 * 1024;

  /** Bytes that go to and fro. */
  static final int SMALL = 64;

  static final String TCP = "tcp";
  static final String ROUNDTRIP = "roundtrip";

  private StreamsPeer() {}

  /** Ends with the stream. */
  public static void main(String[] args) throws IOException {
    boolean tcp = args[0].equals(TCP);
    SocketAddress address =
        tcp
            ? new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[1]))
            : UnixDomainSocketAddress.of(Path.of(args[1]));
    try (SocketChannel channel = SocketChannel.open(address)) {
      noDelay(channel, tcp);
      if (args[2].equals(ROUNDTRIP)) {
        sendBack(channel);
      } else {
        read(channel);
      }
    }
  }

  static ServerSocketChannel listen(boolean tcp, Path folder) throws IOException {
    if (tcp) {
      return ServerSocketChannel.open(StandardProtocolFamily.INET)
          .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }
    return ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(folder.resolve("streams.sock")));
  }

  static void noDelay(SocketChannel channel, boolean tcp) throws IOException {
    if (tcp) {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }
  }

  private static void read(SocketChannel channel) throws IOException {
    ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
    while (channel.read(block) >= 0) {
      block.clear();
    }
  }

  private static void sendBack(SocketChannel channel) throws IOException {
    ByteBuffer small = ByteBuffer.allocateDirect(SMALL);
    while (fill(channel, small)) {
      write(channel, small.flip());
      small.clear();
    }
  }

  /** Reads until the buffer is full; false at the end of the stream. */
  static boolean fill(SocketChannel channel, ByteBuffer target) throws IOException {
    while (target.hasRemaining()) {
      if (channel.read(target) < 0) {
        return false;
      }
    }
    return true;
  }

  static void write(SocketChannel channel, ByteBuffer source) throws IOException {
    while (source.hasRemaining()) {
      channel.write(source);
    }
  }
}
