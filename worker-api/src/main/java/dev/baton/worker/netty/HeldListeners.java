package dev.baton.worker.netty;

import dev.baton.worker.WorkerContext;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The worker's listeners as Netty server channels. A server that binds the address of a held
 * listener, through {@link #tcp} or {@link #unix}, accepts from that listener instead; any other
 * address is bound as usual. The server's code does not change:
 *
 * <pre>{@code
 * HeldListeners held = new HeldListeners(context);
 * new ServerBootstrap().group(loops).channelFactory(held.tcp()).childHandler(handler)
 *     .bind(held.address("web"));
 * }</pre>
 *
 * <p>Event loops have to be NIO ones. A listener serves one server channel at a time, and once:
 * closing that channel closes this worker's copy. The listening socket lives on with the supervisor
 * and the other workers, and the path of a UNIX one stays. Thread-safe.
 */
public final class HeldListeners {
  private final WorkerContext context;
  private final Set<ServerSocketChannel> served = new HashSet<>();
  private final List<ListenerChannel> channels = new ArrayList<>();
  private final List<Consumer<Channel>> acceptHooks = new CopyOnWriteArrayList<>();
  private boolean stopped;

  /** Takes nothing over yet: a listener is claimed when it is asked for or bound. */
  public HeldListeners(WorkerContext context) {
    this.context = context;
  }

  /** The worker that holds them. */
  public WorkerContext context() {
    return context;
  }

  /**
   * Where a listener listens, with its real port: an {@link InetSocketAddress} or a {@link
   * UnixDomainSocketAddress}. Claims nothing.
   *
   * @throws IllegalArgumentException with the names there are, when there is none of that name
   */
  public SocketAddress address(String name) throws IOException {
    return context.address(name);
  }

  /** For servers on TCP. */
  public ChannelFactory<ServerChannel> tcp() {
    return () -> new ListenerChannel(this, NioServerSocketChannel::new);
  }

  /** For servers on UNIX-domain sockets. */
  public ChannelFactory<ServerChannel> unix() {
    return () -> new ListenerChannel(this, NioServerDomainSocketChannel::new);
  }

  /**
   * Accepts no more from held listeners, and closes this worker's copies of them. Connections that
   * were accepted are served on, and the servers stay open; clients that wait in the kernel's queue
   * go to whoever else holds the listener (APUE 17.4: a close leaves the other holders alone).
   * Binding a held listener afterwards fails.
   *
   * @return done when nothing will be accepted any more; the same outcome for every call
   */
  public CompletableFuture<Void> stopAccepting() {
    List<ListenerChannel> toStop;
    synchronized (this) {
      stopped = true;
      toStop = List.copyOf(channels);
    }
    return CompletableFuture.allOf(
        toStop.stream().map(ListenerChannel::stopAccepting).toArray(CompletableFuture<?>[]::new));
  }

  /** Runs on the accepting thread, before the connection is handed to its server. */
  void onAccept(Consumer<Channel> hook) {
    acceptHooks.add(hook);
  }

  void accepted(Channel connection) {
    acceptHooks.forEach(hook -> hook.accept(connection));
  }

  /**
   * The listener to accept from for a server that binds {@code wanted}, or {@code null} when none
   * is held there.
   */
  ServerSocketChannel take(SocketAddress wanted, ListenerChannel by) throws IOException {
    String name = find(wanted);
    if (name == null) {
      return null;
    }
    ServerSocketChannel listener = context.listener(name);
    synchronized (this) {
      if (stopped) {
        throw new BindException("listener \"" + name + "\": this worker accepts no more");
      }
      if (!listener.isOpen() || listener.isRegistered() || !served.add(listener)) {
        throw new BindException(
            "listener \"" + name + "\" serves another server of this worker, or was closed");
      }
      channels.add(by);
    }
    return listener;
  }

  private String find(SocketAddress wanted) throws IOException {
    if (wanted instanceof InetSocketAddress inet && inet.getPort() == 0) {
      return null;
    }
    List<String> alike = new ArrayList<>();
    for (String name : new TreeSet<>(context.listeners())) {
      SocketAddress held = context.address(name);
      if (same(held, wanted)) {
        return name;
      }
      if (overlap(held, wanted)) {
        alike.add(name);
      }
    }
    if (alike.size() > 1) {
      throw new BindException(wanted + " fits more than one held listener: " + alike);
    }
    return alike.isEmpty() ? null : alike.get(0);
  }

  private static boolean same(SocketAddress held, SocketAddress wanted) {
    if (held instanceof UnixDomainSocketAddress h && wanted instanceof UnixDomainSocketAddress w) {
      return h.getPath()
          .toAbsolutePath()
          .normalize()
          .equals(w.getPath().toAbsolutePath().normalize());
    }
    return held.equals(wanted);
  }

  /** Both on one port, and one of them on every address: the kernel would refuse the second. */
  private static boolean overlap(SocketAddress held, SocketAddress wanted) {
    return held instanceof InetSocketAddress h
        && wanted instanceof InetSocketAddress w
        && h.getPort() == w.getPort()
        && (any(h.getAddress()) || any(w.getAddress()));
  }

  private static boolean any(InetAddress address) {
    return address != null && address.isAnyLocalAddress();
  }
}
