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
 * {@code eventfd(2)}, in an {@code epoll(7)} instance with the listening socket where there is one.
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

    /**
     * The channel was closed, however it came: once, by the thread that closes, and maybe while
     * another is in {@link #next}. It must not wait.
     */
    void closed();
  }

  private final ServerSocketChannel channel;
  private final Wakeup wakeup;

  private FedServerSocket(ServerSocketChannel channel, Wakeup wakeup) {
    this.channel = channel;
    this.wakeup = wakeup;
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
      ServerSocketChannel listening = null;
      try {
        OwnedFd watched = bag.add(watched(posix, wakeup.event(), own));
        if (own != null) {
          listening = Adoption.serverSocket(own);
          listening.configureBlocking(false);
        }
        FedAcceptor acceptor = new FedAcceptor(feed, wakeup, listening);
        return new FedServerSocket(acceptor.channel(watched, local), wakeup);
      } catch (IOException | RuntimeException | Error e) {
        wakeup.close();
        if (listening != null) {
          listening.close();
        }
        throw e;
      }
    }
  }

  /** What is readable when there is something to accept. */
  private static OwnedFd watched(Posix posix, OwnedFd event, OwnedFd own) throws SysException {
    if (own == null) {
      return event.duplicate("feed");
    }
    OwnedFd epoll = OwnedFd.of(posix, posix.epollCreate(), "epoll:feed");
    try {
      for (OwnedFd source : new OwnedFd[] {event, own}) {
        epoll.<SysException>use(
            e ->
                source.<SysException>use(
                    n -> posix.epollCtl(e, Constants.EPOLL_CTL_ADD, n, Constants.EPOLLIN, 0)));
      }
      return epoll;
    } catch (SysException | RuntimeException e) {
      epoll.close();
      throw e;
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
