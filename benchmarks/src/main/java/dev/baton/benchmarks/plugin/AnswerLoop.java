package dev.baton.benchmarks.plugin;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * One event loop that accepts and answers, as {@code server.c} has it: at once when the request has
 * come with its connection, else when it comes.
 */
final class AnswerLoop {
  private static final int BATCH = 16;

  private final Selector selector;

  AnswerLoop() throws IOException {
    selector = Selector.open();
  }

  /** Accepts from it, too. Before the start. */
  void add(ServerSocketChannel listener) throws IOException {
    listener.configureBlocking(false);
    listener.register(selector, SelectionKey.OP_ACCEPT);
  }

  /** Begins to serve, on a thread of its own. */
  void start() {
    Thread thread = new Thread(this::run, "answers");
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try {
      for (; ; ) {
        selector.select(this::ready);
      }
    } catch (IOException e) {
      throw new IllegalStateException("the selector failed", e);
    }
  }

  private void ready(SelectionKey key) {
    if (key.channel() instanceof SocketChannel connection) {
      serve(connection);
    } else {
      acceptSome((ServerSocketChannel) key.channel());
    }
  }

  private void acceptSome(ServerSocketChannel listener) {
    try {
      for (int i = 0; i < BATCH; i++) {
        SocketChannel connection = listener.accept();
        if (connection == null) {
          return;
        }
        serve(connection);
      }
    } catch (IOException e) {
      // Closed by the supervisor, or a client that has gone: the selector tells what there still
      // is.
    }
  }

  private void serve(SocketChannel connection) {
    try {
      if (connection.isBlocking()) {
        connection.configureBlocking(false);
      }
      if (!Answer.tryOn(connection) && !connection.isRegistered()) {
        connection.register(selector, SelectionKey.OP_READ);
      }
    } catch (IOException e) {
      close(connection); // the client has gone
    }
  }

  private static void close(SocketChannel connection) {
    try {
      connection.close();
    } catch (IOException e) {
      // close(2) frees the descriptor whatever it returns
    }
  }
}
