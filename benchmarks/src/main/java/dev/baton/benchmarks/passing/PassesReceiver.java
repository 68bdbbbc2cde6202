package dev.baton.benchmarks.passing;

import dev.baton.channel.EndOfChannel;
import dev.baton.channel.FrameSocket;
import dev.baton.channel.MessageChannel;
import dev.baton.channel.Received;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.ProtocolException;
import dev.baton.protocol.ToWorker;
import dev.baton.sys.Posix;
import java.io.IOException;
import java.util.Optional;

/** Receives messages on descriptor 3 as a worker does, and closes what comes beside them. */
public final class PassesReceiver {
  /** The number of the channel here. */
  static final int CHANNEL = 3;

  private PassesReceiver() {}

  /** Ends with the channel. */
  public static void main(String[] args) throws IOException, ProtocolException {
    Posix posix = Posix.system();
    FrameSocket socket = new FrameSocket(posix, OwnedFd.of(posix, CHANNEL, "channel"));
    try (var channel = new MessageChannel<>(posix, socket, ToWorker.class)) {
      receive(channel);
    }
  }

  private static void receive(MessageChannel<ToWorker> channel)
      throws IOException, ProtocolException {
    try {
      for (; ; ) {
        Optional<Received<ToWorker>> received = channel.receive(true);
        received.ifPresent(Received::close);
      }
    } catch (EndOfChannel e) {
      return;
    }
  }
}
