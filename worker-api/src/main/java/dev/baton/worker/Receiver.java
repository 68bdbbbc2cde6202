package dev.baton.worker;

import dev.baton.channel.EndOfChannel;
import dev.baton.channel.MessageChannel;
import dev.baton.channel.Received;
import dev.baton.protocol.ProtocolException;
import dev.baton.protocol.ToWorker;
import dev.baton.protocol.UnknownTypeException;
import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import java.io.IOException;
import java.util.Optional;

/**
 * The channel thread's loop: waits for messages and hands each to the session. Of several pings
 * that wait, only the newest is handed over. It is told when none is left, so that what can be done
 * for many at once is.
 */
final class Receiver {
  /** Connections that wait for their thread to be woken, while more messages come. */
  private static final int MOST_AT_ONCE = 32;

  private final Posix posix;
  private final MessageChannel<ToWorker> channel;
  private final Session session;
  private final Outbox outbox;

  Receiver(Posix posix, MessageChannel<ToWorker> channel, Session session, Outbox outbox) {
    this.posix = posix;
    this.channel = channel;
    this.session = session;
    this.outbox = outbox;
  }

  /**
   * Works until the channel ends.
   *
   * @throws EndOfChannel when the supervisor is gone
   * @throws ProtocolException when it sent what is no message, or what cannot be answered
   */
  void run() throws IOException, ProtocolException {
    Received<ToWorker> ping = null;
    int handled = 0;
    for (; ; ) {
      Optional<Received<ToWorker>> next = next(handled == 0);
      boolean isPing = next.isPresent() && next.get().message() instanceof ToWorker.Ping;
      if (ping != null && !isPing) {
        session.handle(ping);
      }
      ping = isPing ? next.get() : null;
      if (next.isPresent() && !isPing) {
        try (Received<ToWorker> received = next.get()) {
          session.handle(received);
        }
      }
      handled++;
      if (next.isEmpty() || handled % MOST_AT_ONCE == 0) {
        session.idle();
      }
      if (next.isEmpty()) {
        handled = 0;
      }
    }
  }

  private Optional<Received<ToWorker>> next(boolean wait) throws IOException, ProtocolException {
    for (; ; ) {
      try {
        Optional<Received<ToWorker>> received = channel.receive(wait);
        if (received.isPresent() || !wait) {
          return received;
        }
        // The number is non-blocking.
        channel.borrow(n -> posix.poll(n, Constants.POLLIN, -1));
      } catch (UnknownTypeException e) {
        outbox.send(e.reply());
      }
    }
  }
}
