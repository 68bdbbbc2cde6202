package dev.baton.ipc;

import dev.baton.fd.Adoption;
import dev.baton.fd.FdBag;
import dev.baton.fd.OwnedFd;
import dev.baton.sys.FdPair;
import dev.baton.sys.Posix;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.Optional;

/**
 * Two sockets without names, connected to each other ({@code socketpair(2)}; APUE 17.2: {@code
 * fd_pipe}): a pipe in both directions, one end of which usually goes to a child process.
 */
public final class SocketPair {
  private SocketPair() {}

  /**
   * The two ends; each is closed by itself, or both here.
   *
   * @param <T> what an end is
   */
  public record Ends<T extends AutoCloseable>(T first, T second) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      try {
        close(first);
      } finally {
        close(second);
      }
    }

    private static void close(AutoCloseable end) throws IOException {
      try {
        end.close();
      } catch (IOException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException(e);
      }
    }
  }

  /** The bare sockets, to pass on. */
  public static Ends<OwnedFd> open(SocketType type) throws IOException {
    return open(Posix.system(), type);
  }

  static Ends<OwnedFd> open(Posix posix, SocketType type) throws IOException {
    FdPair pair = posix.socketpair(type.number());
    return new Ends<>(
        OwnedFd.of(posix, pair.first(), "first end"),
        OwnedFd.of(posix, pair.second(), "second end"));
  }

  /** Streams, as channels of the JDK. */
  public static Ends<SocketChannel> streams() throws IOException {
    return convert(open(SocketType.STREAM), Adoption::socket);
  }

  /** Datagrams. No end is told when the other is closed, but sends fail. */
  public static Ends<UnixDatagram> datagrams() throws IOException {
    return messages(SocketType.DATAGRAM);
  }

  /** Messages that end when the other end is closed ({@link SocketType#SEQPACKET}). */
  public static Ends<UnixDatagram> packets() throws IOException {
    return messages(SocketType.SEQPACKET);
  }

  /** Ends that descriptors pass through. */
  public static Ends<DescriptorSocket> descriptors() throws IOException {
    return convert(open(SocketType.SEQPACKET), DescriptorSocket::of);
  }

  private static Ends<UnixDatagram> messages(SocketType type) throws IOException {
    Posix posix = Posix.system();
    return convert(open(posix, type), fd -> UnixDatagram.of(posix, type, Optional.empty(), fd));
  }

  private interface Converter<T> {
    T convert(OwnedFd fd) throws IOException;
  }

  private static <T extends AutoCloseable> Ends<T> convert(
      Ends<OwnedFd> ends, Converter<T> converter) throws IOException {
    try (FdBag bag = new FdBag()) {
      bag.add(ends.first());
      OwnedFd second = bag.add(ends.second());
      T first = converter.convert(bag.take(0));
      try {
        return new Ends<>(first, converter.convert(second.take(second.label())));
      } catch (IOException | RuntimeException e) {
        new Ends<>(first, first).close();
        throw e;
      }
    }
  }
}
