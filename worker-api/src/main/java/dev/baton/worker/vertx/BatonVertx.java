package dev.baton.worker.vertx;

import dev.baton.worker.WorkerContext;
import dev.baton.worker.netty.HeldListeners;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;

/**
 * A Vert.x instance whose servers accept from the worker's listeners when they listen on the
 * address of one; any other address is bound as usual. Verticle instances share a listener as they
 * share a port.
 *
 * <pre>{@code
 * BatonVertx baton = BatonVertx.create(context);
 * baton.vertx().createHttpServer()
 *     .requestHandler(handler)
 *     .listen(baton.address("web"))
 *     .onSuccess(server -> context.ready());
 * }</pre>
 *
 * <p>For HTTP clients that should notice no restart, install a {@link
 * dev.baton.worker.netty.HttpDrain} on {@link #listeners()}. The plugin closes {@link #vertx()}.
 * Thread-safe.
 */
public final class BatonVertx {
  private final HeldListeners listeners;
  private final Vertx vertx;

  private BatonVertx(HeldListeners listeners, Vertx vertx) {
    this.listeners = listeners;
    this.vertx = vertx;
  }

  /** As {@link #create(WorkerContext, VertxOptions)} with {@link #leanOptions()}. */
  public static BatonVertx create(WorkerContext context) {
    return create(context, leanOptions());
  }

  /** With the plugin's options. The transport is always NIO, whatever they say. */
  public static BatonVertx create(WorkerContext context, VertxOptions options) {
    HeldListeners listeners = new HeldListeners(context);
    return new BatonVertx(
        listeners,
        Vertx.builder().with(options).withTransport(new HeldTransport(listeners)).build());
  }

  /**
   * For a worker that only serves sockets: at most two event loops, few threads for blocking code,
   * no cache of class path files on the disk.
   */
  public static VertxOptions leanOptions() {
    return new VertxOptions()
        .setEventLoopPoolSize(Math.min(2, Runtime.getRuntime().availableProcessors()))
        .setWorkerPoolSize(2)
        .setInternalBlockingPoolSize(2)
        .setFileSystemOptions(
            new FileSystemOptions()
                .setFileCachingEnabled(false)
                .setClassPathResolvingEnabled(false));
  }

  /** The instance. */
  public Vertx vertx() {
    return vertx;
  }

  /** What it accepts from. */
  public HeldListeners listeners() {
    return listeners;
  }

  /**
   * Where a listener listens, with its real port or path. Claims nothing.
   *
   * @throws IllegalArgumentException with the names there are, when there is none of that name
   */
  public SocketAddress address(String listener) throws IOException {
    java.net.SocketAddress address = listeners.address(listener);
    return address instanceof UnixDomainSocketAddress unix
        ? SocketAddress.domainSocketAddress(unix.getPath().toString())
        : SocketAddress.inetSocketAddress((InetSocketAddress) address);
  }

  /**
   * Accepts no more from held listeners. Connections are served on and servers stay open, whereas
   * closing a server would close its connections.
   */
  public Future<Void> stopAccepting() {
    return Future.fromCompletionStage(listeners.stopAccepting());
  }
}
