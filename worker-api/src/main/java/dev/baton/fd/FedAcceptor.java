package dev.baton.fd;

import dev.baton.sys.SysException;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What the channel of a {@link FedServerSocket} does.
 *
 * <p>A connection is taken outside of the stretch that an interrupt or a close breaks off: there
 * nothing but readiness is waited for, so there is nothing to lose.
 */
final class FedAcceptor {
  private static final long FOREVER = 0;

  private final FedServerSocket.Feed feed;
  private final Wakeup wakeup;
  private final OwnedFd sources;

  /** The listening socket, or null. */
  private final ServerSocketChannel own;

  /** Held while a connection is taken, never while one is waited for. */
  private final ReentrantLock taking = new ReentrantLock();

  private final Map<SocketOption<?>, Object> options = new ConcurrentHashMap<>();
  private ServerSocketChannel channel;

  /**
   * The JDK's own: one thread waits for the next connection, others that accept queue here, and a
   * change of the blocking mode waits for them.
   */
  private ReentrantLock waiting;

  private boolean feedFirst;

  /**
   * @param sources what is readable when one of them is; closed with the channel
   */
  FedAcceptor(FedServerSocket.Feed feed, Wakeup wakeup, OwnedFd sources, ServerSocketChannel own) {
    this.feed = feed;
    this.wakeup = wakeup;
    this.sources = sources;
    this.own = own;
  }

  /** Makes the channel. Consumes {@code watched}, which is readable when there may be something. */
  ServerSocketChannel channel(OwnedFd watched, SocketAddress local) throws IOException {
    channel =
        Adoption.adopt(watched, "a ServerSocketChannel", n -> FedServerClass.open(n, local, this));
    waiting = FedServerClass.acceptLock(channel);
    return channel;
  }

  /** {@code accept()}. */
  SocketChannel accept() throws IOException {
    return channel.isBlocking() ? await(FOREVER) : take();
  }

  /** What {@code socket().accept()} calls where a time-out is set. */
  SocketChannel accept(long nanos) throws IOException {
    if (!channel.isBlocking()) {
      throw new IllegalBlockingModeException();
    }
    return await(nanos);
  }

  private SocketChannel await(long nanos) throws IOException {
    waiting.lock();
    try {
      long start = System.nanoTime();
      for (; ; ) {
        boolean interrupted = Thread.currentThread().isInterrupted();
        SocketChannel connection = interrupted ? null : take();
        if (connection != null) {
          return connection;
        }
        long left = FOREVER;
        if (nanos != FOREVER) {
          left = nanos - (System.nanoTime() - start);
          if (left <= 0) {
            throw new SocketTimeoutException("Accept timed out");
          }
        }
        FedServerClass.awaitReadable(channel, left);
      }
    } finally {
      waiting.unlock();
    }
  }

  /** Takes from both sources in turn, so that neither starves; null when there is nothing. */
  private SocketChannel take() throws IOException {
    taking.lock();
    try {
      ensureOpen();
      if (own == null) {
        return fromFeed();
      }
      feedFirst = !feedFirst;
      SocketChannel connection = feedFirst ? fromFeed() : own.accept();
      if (connection != null) {
        return connection;
      }
      return feedFirst ? own.accept() : fromFeed();
    } finally {
      taking.unlock();
    }
  }

  private SocketChannel fromFeed() throws IOException {
    SocketChannel connection = feed.next();
    if (connection == null) {
      return wakeup.clear() ? lookAgain() : null;
    }
    try {
      if (feed.isEmpty() && wakeup.clear() && !feed.isEmpty()) {
        wakeup.set();
      }
      return connection;
    } catch (SysException e) {
      connection.close();
      throw e;
    }
  }

  /**
   * What was fed between the look before and the clearing had found the wake-up set, and left it.
   */
  private SocketChannel lookAgain() throws IOException {
    boolean nothing = false;
    try {
      SocketChannel connection = feed.next();
      nothing = connection == null;
      return connection;
    } finally {
      if (!nothing) {
        wakeup.set();
      }
    }
  }

  private void ensureOpen() throws ClosedChannelException {
    if (!channel.isOpen()) {
      throw new ClosedChannelException();
    }
  }

  /** The JDK calls it once, whoever closes. */
  void close() throws IOException {
    try {
      FedServerClass.inheritedClose(channel);
    } finally {
      wakeup.close();
      sources.close();
      try {
        if (own != null) {
          own.close();
        }
      } finally {
        feed.closed();
      }
    }
  }

  /** {@code setOption}: of the listening socket, or kept only to be asked for again. */
  ServerSocketChannel setOption(SocketOption<?> name, Object value) throws IOException {
    check(name);
    if (!name.type().isInstance(value)) {
      throw new IllegalArgumentException("Invalid value '" + value + "'");
    }
    if (own != null) {
      set(own, name, value);
    } else {
      options.put(name, value);
    }
    return channel;
  }

  private static <T> void set(ServerSocketChannel own, SocketOption<T> name, Object value)
      throws IOException {
    own.setOption(name, name.type().cast(value));
  }

  /** {@code getOption}. */
  Object getOption(SocketOption<?> name) throws IOException {
    check(name);
    if (own != null) {
      return own.getOption(name);
    }
    return options.getOrDefault(name, name.type() == Boolean.class ? (Object) false : (Object) 0);
  }

  private void check(SocketOption<?> name) throws ClosedChannelException {
    if (!channel.supportedOptions().contains(Objects.requireNonNull(name))) {
      throw new UnsupportedOperationException("'" + name + "' not supported");
    }
    ensureOpen();
  }
}
