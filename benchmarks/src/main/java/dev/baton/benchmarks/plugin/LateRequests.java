package dev.baton.benchmarks.plugin;

import dev.baton.worker.Connection;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Connections whose requests come later, on one thread with a selector. */
final class LateRequests {
  private final Queue<Connection> added = new ConcurrentLinkedQueue<>();
  private Selector selector;

  void start() throws IOException {
    selector = Selector.open();
    Thread thread = new Thread(this::run, "late-requests");
    thread.setDaemon(true);
    thread.start();
  }

  /** Takes charge of it. From any thread. */
  void add(Connection connection) {
    added.add(connection);
    selector.wakeup();
  }

  private void run() {
    try {
      for (; ; ) {
        selector.select(this::ready);
        for (Connection c = added.poll(); c != null; c = added.poll()) {
          c.channel().register(selector, SelectionKey.OP_READ, c);
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("the selector failed", e);
    }
  }

  private void ready(SelectionKey key) {
    Connection connection = (Connection) key.attachment();
    try {
      Answer.tryOn(connection);
    } catch (IOException e) {
      close(connection); // the client has gone
    }
  }

  private static void close(Connection connection) {
    try {
      connection.close();
    } catch (IOException e) {
      // close(2) frees the descriptor whatever it returns
    }
  }
}
