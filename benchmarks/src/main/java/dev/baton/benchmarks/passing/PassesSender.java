package dev.baton.benchmarks.passing;

import dev.baton.channel.FrameSocket;
import dev.baton.channel.HandOffSocket;
import dev.baton.fd.FdFunction;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Codec;
import dev.baton.protocol.ConnectionFrame;
import dev.baton.protocol.Descriptor;
import dev.baton.protocol.ToWorker;
import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends messages with descriptors as a supervisor does: a single one as it hands off a connection,
 * several as it offers held files. Each message is made anew.
 */
interface PassesSender extends AutoCloseable {
  /** Sends one message, waiting until the receiver has room for it. */
  void send(long number) throws SysException;

  @Override
  void close();

  /**
   * The way for so many.
   *
   * @param channel consumed
   * @param fds lent for the sender's life
   */
  static PassesSender of(Posix posix, OwnedFd channel, List<OwnedFd> fds) {
    return fds.size() == 1
        ? new HandOffs(posix, new HandOffSocket(posix, channel), fds.get(0))
        : Offers.of(posix, new FrameSocket(posix, channel), fds);
  }

  private static int awaitRoom(Posix posix, int channel) throws SysException {
    return posix.poll(channel, Constants.POLLOUT, -1);
  }

  /** One connection a message. */
  record HandOffs(Posix posix, HandOffSocket socket, OwnedFd fd, ConnectionFrame frame)
      implements PassesSender {
    private static final byte[] PEER = "127.0.0.1:43210".getBytes(StandardCharsets.US_ASCII);

    HandOffs(Posix posix, HandOffSocket socket, OwnedFd fd) {
      this(posix, socket, fd, new ConnectionFrame("web"));
    }

    @Override
    public void send(long number) throws SysException {
      int length = frame.fill(number, PEER, PEER.length);
      for (; ; ) {
        HandOffSocket.Result result = socket.send(frame.bytes(), length, fd);
        switch (result) {
          case SENT:
            return;
          case FULL:
            FdFunction<Integer, SysException> wait = n -> awaitRoom(posix, n);
            socket.borrow(wait);
            break;
          default:
            throw new IllegalStateException("the receiver is " + result);
        }
      }
    }

    @Override
    public void close() {
      socket.close();
    }
  }

  /** Several held files a message. */
  record Offers(Posix posix, FrameSocket socket, List<OwnedFd> fds, List<Descriptor> descriptors)
      implements PassesSender {
    static Offers of(Posix posix, FrameSocket socket, List<OwnedFd> fds) {
      List<Descriptor> descriptors = new ArrayList<>();
      for (int i = 0; i < fds.size(); i++) {
        descriptors.add(Descriptor.file("held-" + i, "read"));
      }
      return new Offers(posix, socket, fds, descriptors);
    }

    @Override
    public void send(long number) throws SysException {
      byte[] json = Codec.encode(new ToWorker.Offer(number, descriptors));
      while (!socket.send(json, fds)) {
        FdFunction<Integer, SysException> wait = n -> awaitRoom(posix, n);
        socket.borrow(wait);
      }
    }

    @Override
    public void close() {
      socket.close();
    }
  }
}
