package dev.baton.fd;

import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Objects;

/**
 * A {@code ServerSocketChannel} whose connections are handed to it one by one, and that may accept
 * from a listening socket of its own besides, in turn.
 *
 * <p>The channel is the JDK's own class with another source of connections, so that selectors,
 * {@code socket()} and every server library take it. Blocking and non-blocking accept, time-outs,
 * interrupts and asynchronous close are as ever, and what is accepted is accepted: neither an
 * interrupt nor a close loses a connection that the feed has given. What a selector watches is an
 * {@code epoll(7)} instance with an {@code eventfd(2)}, the listening socket where there is one,
 * and at times where the feed itself gets its connections from ({@link #watch}).
 *
 * <p>Options set on the channel act on the listening socket; where there is none, on nothing: the
 * socket is with the supervisor. Thread-safe; several threads may accept at once.
 */
public final class FedServerSocket {
  /** Where connections come from. */
  public interface Feed {
    /**
     * The next connection, or {@code null} when there is none now. One call at a time, by a thread
     * that accepts. It must not wait, nor touch the server channel.
     */
    SocketChannel next() throws IOException;

    /**
     * Whether it has none now; false where that is not known. Asked after {@link #next}: where it
     * is true, no selector is woken up only to find nothing, which many servers do not expect. What
     * comes afterwards is signalled as ever. It must not wait.
     */
    default boolean isEmpty() {
      return false;
    }

    /** One was accepted from the listening socket instead. It must not wait. */
    default void accepted() {}

    /**
     * The channel was closed, however it came: once, by the thread that closes, and maybe while
     * another is in {@link #next}. It must not wait.
     */
    void closed();
  }

  private final ServerSocketChannel channel;
  private final Posix posix;
  private final Wakeup wakeup;
  private final OwnedFd sources;

  private FedServerSocket(
      ServerSocketChannel channel, Posix posix, Wakeup wakeup, OwnedFd sources) {
    this.channel = channel;
    this.posix = posix;
    this.wakeup = wakeup;
    this.sources = sources;
  }

  /**
   * Opens one, bound and listening.
   *
   * @param local what the channel says it is bound to
   * @param own a listening socket to accept from, too, consumed; {@code null} where connections
   *     come by the feed alone. It is made non-blocking for every holder
   */
  public static FedServerSocket open(Posix posix, SocketAddress local, OwnedFd own, Feed feed)
      throws IOException {
    try (FdBag bag = new FdBag()) {
      if (own != null) {
        bag.add(own);
      }
      Objects.requireNonNull(local, "local");
      Objects.requireNonNull(feed, "feed");
      Wakeup wakeup = Wakeup.open(posix);
      OwnedFd sources = null;
      ServerSocketChannel listening = null;
      try {
        sources = OwnedFd.of(posix, posix.epollCreate(), "epoll:feed");
        add(posix, sources, wakeup.event());
        if (own != null) {
          add(posix, sources, own);
        }
        OwnedFd watched = bag.add(sources.duplicate("feed"));
        if (own != null) {
          listening = Adoption.serverSocket(own, feed::accepted);
          listening.configureBlocking(false);
        }
        FedAcceptor acceptor = new FedAcceptor(feed, wakeup, sources, listening);
        return new FedServerSocket(acceptor.channel(watched, local), posix, wakeup, sources);
      } catch (IOException | RuntimeException | Error e) {
        wakeup.close();
        if (sources != null) {
          sources.close();
        }
        if (listening != null) {
          listening.close();
        }
        throw e;
      }
    }
  }

  private static void add(Posix posix, OwnedFd sources, OwnedFd source) throws SysException {
    sources.use(e -> source.use(n -> control(posix, e, Constants.EPOLL_CTL_ADD, n)));
  }

  private static void control(Posix posix, int epoll, int operation, int number)
      throws SysException {
    posix.epollCtl(epoll, operation, number, Constants.EPOLLIN, 0);
  }

  /**
   * From now on the channel is ready to accept, too, while a source of the feed's own is readable:
   * {@link Feed#next} then reads that. It may find nothing of use there, and an accept that does
   * not wait returns {@code null}. Nothing once the channel is closed. Any thread.
   *
   * @param source lent, until {@link #unwatch}
   * @return whether it is watched
   */
  public boolean watch(int source) {
    return control(Constants.EPOLL_CTL_ADD, source);
  }

  /** Ends what {@link #watch} began. Before the source is closed. */
  public void unwatch(int source) {
    control(Constants.EPOLL_CTL_DEL, source);
  }

  private boolean control(int operation, int source) {
    try {
      sources.use(e -> control(posix, e, operation, source));
      return true;
    } catch (SysException | IllegalStateException e) {
      return false; // closed, or no memory: it does without
    }
  }

  /** The channel that servers accept from. */
  public ServerSocketChannel channel() {
    return channel;
  }

  /**
   * Says that the feed has something. To be called after the feed has it; any thread, as often as
   * one likes: a system call only where the channel was idle. Nothing once it is closed.
   */
  public void signal() {
    try {
      wakeup.set();
    } catch (SysException e) {
      throw new IllegalStateException(e); // the event counter is ours, non-blocking, and open
    }
  }
}
