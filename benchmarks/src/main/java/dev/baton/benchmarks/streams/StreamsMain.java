package dev.baton.benchmarks.streams;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code StreamsMain tcp|unix throughput|roundtrip FOLDER WARMUP SECONDS}: starts a {@link
 * StreamsPeer} in a JVM of its own and exchanges bytes with it, as {@code streams.c} does in C.
 * Prints {@code counted BYTES NANOSECONDS} or {@code counted ROUNDTRIPS NANOSECONDS}.
 */
public final class StreamsMain {
  private final SocketChannel channel;
  private final boolean roundtrip;
  private final ByteBuffer buffer;

  private StreamsMain(SocketChannel channel, boolean roundtrip) {
    this.channel = channel;
    this.roundtrip = roundtrip;
    buffer = ByteBuffer.allocateDirect(roundtrip ? StreamsPeer.SMALL : StreamsPeer.BLOCK);
  }

  /** Runs the program. */
  public static void main(String[] args) throws IOException, InterruptedException {
    boolean tcp = args[0].equals(StreamsPeer.TCP);
    Process peer;
    try (ServerSocketChannel listener = StreamsPeer.listen(tcp, Path.of(args[2]))) {
      peer = start(args[0], listener.getLocalAddress(), args[1]);
      try (SocketChannel channel = listener.accept()) {
        StreamsPeer.noDelay(channel, tcp);
        StreamsMain main = new StreamsMain(channel, args[1].equals(StreamsPeer.ROUNDTRIP));
        main.run(nanos(args[3]));
        long begin = System.nanoTime();
        long count = main.run(nanos(args[4]));
        System.out.println("counted " + count + " " + (System.nanoTime() - begin));
      }
    }
    int exit = peer.waitFor();
    if (exit != 0) {
      throw new IllegalStateException("the peer ended with exit code " + exit);
    }
  }

  private static long nanos(String seconds) {
    return (long) (1e9 * Double.parseDouble(seconds));
  }

  private static Process start(String kind, SocketAddress address, String mode) throws IOException {
    String where =
        address instanceof InetSocketAddress tcp
            ? String.valueOf(tcp.getPort())
            : address.toString();
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin/java").toString(),
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            StreamsPeer.class.getName(),
            kind,
            where,
            mode);
    return new ProcessBuilder(command).inheritIO().start();
  }

  private long run(long nanos) throws IOException {
    long begin = System.nanoTime();
    long count = 0;
    while (System.nanoTime() - begin < nanos) {
      StreamsPeer.write(channel, buffer.clear());
      if (roundtrip && !StreamsPeer.fill(channel, buffer.clear())) {
        throw new EOFException("the peer has gone");
      }
      count += roundtrip ? 1 : buffer.capacity();
    }
    return count;
  }
}
