package dev.baton.supervisor.admin;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the admin API on the admin socket. Thread-safe. Owns its threads (all daemons), its
 * listening descriptor and the socket file; {@link #close} releases them.
 */
public final class AdminServer implements AutoCloseable {

  /** The name of the admin socket in the runtime directory. */
  public static final String SOCKET_NAME = "admin.sock";

  private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);

  private static final Duration IDLE = Duration.ofSeconds(60);
  // A running rollout is never idle: it writes so often within that time.
  private static final int TICKS = 3;
  private static final Duration START_DEADLINE = Duration.ofSeconds(30);
  private static final Duration GRACE = Duration.ofSeconds(1);
  private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(5);
  private static final int LONGEST_REQUEST_LINE = 4 << 10;
  private static final int LARGEST_HEADER = 8 << 10;
  private static final int LARGEST_CHUNK = 8 << 10;

  private final AdminSocket socket;
  private final Vertx vertx;
  private HttpServer server;
  private HttpServer web;
  private OptionalInt webPort = OptionalInt.empty();
  private boolean closed;

  private AdminServer(AdminSocket socket, Vertx vertx) {
    this.socket = socket;
    this.vertx = vertx;
  }

  /**
   * Starts to serve, and returns when the socket file is in its place. Takes some tenths of a
   * second of CPU, so that workers should be on their way before.
   *
   * @param operations what is served
   * @param archive of events
   * @param socket the path of the admin socket; its folder must be there, and nobody but the
   *     supervisor's user may be able to write to it. A socket file there is replaced: the caller
   *     has made sure that no other supervisor runs on this folder
   * @param web where it is served by TCP as well, with the page
   * @return the running server
   * @throws IOException if the socket cannot be made, the address cannot be bound, or the token
   *     cannot be read
   */
  public static AdminServer start(
      Operations operations, EventArchive archive, Path socket, Optional<WebSide> web)
      throws IOException {
    return start(operations, archive, socket, web, IDLE);
  }

  /** The same with another time after which an idle connection is closed. */
  static AdminServer start(
      Operations operations,
      EventArchive archive,
      Path socket,
      Optional<WebSide> web,
      Duration idle)
      throws IOException {
    AdminSocket file = AdminSocket.prepare(socket.toAbsolutePath());
    AdminServer admin = null;
    try {
      PeerGuard guard = PeerGuard.forOwnerOf(file.bindPath().getParent());
      admin = new AdminServer(file, light(guard));
      AdminApi api = new AdminApi(operations, archive, admin.vertx, idle.toMillis() / TICKS);
      admin.listen(api, idle);
      if (web.isPresent()) {
        admin.listen(api, web.get(), idle);
      }
      if (!guard.installed()) {
        throw new IOException("this version of Vert.x does not let the peers' users be checked");
      }
      file.publish();
      return admin;
    } catch (IOException | RuntimeException e) {
      abandon(admin, file, e);
      throw e;
    }
  }

  /** The port of the TCP side, which the kernel may have chosen; empty where there is none. */
  public OptionalInt webPort() {
    return webPort;
  }

  /** One event loop, no DNS, no cache of files on disk, no watching of its own threads. */
  private static Vertx light(PeerGuard guard) {
    // Only read as a system property. The resolver of Netty would read /etc/resolv.conf and start
    // classes by the hundred, for a server that has nothing to resolve.
    if (System.getProperty("vertx.disableDnsResolver") == null) {
      System.setProperty("vertx.disableDnsResolver", "true");
    }
    VertxOptions options =
        new VertxOptions()
            .setEventLoopPoolSize(1)
            .setWorkerPoolSize(1)
            .setInternalBlockingPoolSize(1)
            .setUseDaemonThread(true)
            .setBlockedThreadCheckInterval(1)
            .setBlockedThreadCheckIntervalUnit(TimeUnit.DAYS)
            .setFileSystemOptions(
                new FileSystemOptions()
                    .setClassPathResolvingEnabled(false)
                    .setFileCachingEnabled(false));
    return Vertx.builder().with(options).withTransport(new GuardedTransport(guard)).build();
  }

  private void listen(AdminApi api, Duration idle) throws IOException {
    server = server(api, api::handle, PeerGuard.MOST_CONNECTIONS, idle);
    SocketAddress address = SocketAddress.domainSocketAddress(socket.bindPath().toString());
    await(server.listen(address), START_DEADLINE);
  }

  /** The names that a client may call us by depend on the port, which the kernel may choose. */
  private void listen(AdminApi api, WebSide side, Duration idle) throws IOException {
    AdminToken token = AdminToken.in(side.tokenFile());
    CompletableFuture<WebGate> gate = new CompletableFuture<>();
    web =
        server(
            api,
            request -> gate.join().handle(api.exchange(request)),
            CrowdGuard.MOST_CONNECTIONS,
            idle);
    try {
      HttpServer bound =
          await(
              web.listen(SocketAddress.inetSocketAddress(side.port(), side.host())),
              START_DEADLINE);
      int port = bound.actualPort();
      webPort = OptionalInt.of(port);
      gate.complete(new WebGate(token, WebSide.names(port), new WebPage(), api::serve));
      LOG.info(
          "the page is at http://{}:{}/, its token in {}", side.host(), port, side.tokenFile());
    } catch (IOException e) {
      throw new IOException(
          "admin.address tcp://" + side.host() + ":" + side.port() + ": " + e.getMessage(), e);
    }
  }

  private HttpServer server(
      AdminApi api, Handler<HttpServerRequest> requests, int backlog, Duration idle) {
    HttpServerOptions options =
        new HttpServerOptions()
            .setHttp2ClearTextEnabled(false)
            .setHandle100ContinueAutomatically(true)
            .setMaxInitialLineLength(LONGEST_REQUEST_LINE)
            .setMaxHeaderSize(LARGEST_HEADER)
            .setMaxChunkSize(LARGEST_CHUNK)
            .setIdleTimeout((int) idle.toMillis())
            .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
            .setAcceptBacklog(backlog);
    Patience patience = new Patience(vertx, idle.toMillis());
    return vertx
        .createHttpServer(options)
        .connectionHandler(patience::opened)
        .requestHandler(
            request -> {
              patience.begun(request);
              requests.handle(request);
            })
        .invalidRequestHandler(api::handleInvalid)
        .exceptionHandler(e -> LOG.debug("an admin connection failed: {}", e.toString()));
  }

  /**
   * Removes the socket file, gives answers that are under way a second to be written, and ends the
   * threads. Must not be called on a thread that calls back into {@link Operations}' watchers while
   * holding what they need; blocks for 11 seconds at most. Calling again has no effect.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      socket.remove();
    } catch (IOException e) {
      LOG.warn("cannot remove the admin socket: {}", e.toString());
    }
    Stream.of(Optional.ofNullable(server), Optional.ofNullable(web))
        .flatMap(Optional::stream)
        .forEach(AdminServer::shutDown);
    try {
      await(vertx.close(), CLOSE_DEADLINE);
    } catch (IOException e) {
      LOG.warn("the threads of the admin server did not end well: {}", e.toString());
    }
  }

  private static void shutDown(HttpServer one) {
    try {
      await(one.shutdown(GRACE.toMillis(), TimeUnit.MILLISECONDS), CLOSE_DEADLINE);
    } catch (IOException e) {
      LOG.warn("the admin server did not end well: {}", e.toString());
    }
  }

  private static void abandon(AdminServer admin, AdminSocket file, Exception cause) {
    if (admin != null) {
      admin.close();
      return;
    }
    try {
      file.remove();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  private static <T> T await(Future<T> future, Duration deadline) throws IOException {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new IOException(String.valueOf(e.getCause().getMessage()), e.getCause());
    } catch (TimeoutException e) {
      throw new IOException("no answer from Vert.x within " + deadline, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted").initCause(e);
    }
  }
}
