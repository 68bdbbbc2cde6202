package dev.baton.fd;

import dev.baton.sys.Posix;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A {@link FedServerSocket} with a queue for a feed, beside a supervisor's listener. */
final class FedListener implements FedServerSocket.Feed, AutoCloseable {
  private final Queue<SocketChannel> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger closed = new AtomicInteger();
  private volatile boolean hints = true;
  private final TestListener supervisors;
  private final TestListener own;
  private final FedServerSocket server;

  /**
   * @param own whether it accepts from a listening socket of its own, too
   */
  FedListener(Posix posix, String kind, Path folder, boolean own) throws IOException {
    supervisors = new TestListener(kind, folder);
    this.own = own ? new TestListener(kind, folder) : null;
    OwnedFd lent = own ? this.own.lend() : null;
    try {
      server = FedServerSocket.open(posix, address(), lent, this);
    } catch (IOException e) {
      closeListeners();
      throw e;
    }
  }

  private void closeListeners() {
    supervisors.close();
    if (own != null) {
      own.close();
    }
  }

  @Override
  public SocketChannel next() {
    return queue.poll();
  }

  @Override
  public boolean isEmpty() {
    return hints && queue.isEmpty();
  }

  @Override
  public void closed() {
    closed.incrementAndGet();
  }

  /** From now on it does not know whether it is empty. */
  FedListener withoutHints() {
    hints = false;
    return this;
  }

  int timesClosed() {
    return closed.get();
  }

  ServerSocketChannel channel() {
    return server.channel();
  }

  /** Where it says it listens. */
  SocketAddress address() {
    return (own == null ? supervisors : own).address();
  }

  /** The listening socket of its own. */
  TestListener own() {
    return own;
  }

  boolean watch(int source) {
    return server.watch(source);
  }

  void unwatch(int source) {
    server.unwatch(source);
  }

  /** A client whose connection the supervisor accepts and hands to the feed. */
  SocketChannel feed() throws IOException {
    SocketChannel client = supervisors.connect();
    put(supervisors.handOff(client));
    return client;
  }

  void put(SocketChannel connection) {
    queue.add(connection);
    server.signal();
  }

  @Override
  public void close() throws IOException {
    server.channel().close();
    closeListeners();
    for (SocketChannel left; (left = queue.poll()) != null; ) {
      left.close();
    }
  }
}
