package dev.baton.samples.http;

import dev.baton.worker.Drain;
import dev.baton.worker.Worker;
import dev.baton.worker.WorkerContext;
import dev.baton.worker.netty.HttpDrain;
import dev.baton.worker.vertx.BatonVertx;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;

/**
 * A Vert.x HTTP server on all listeners it is given. During a drain every connection's next
 * response announces the end; silent connections are closed after {@link HttpConfig#idleGrace}.
 */
public final class HttpWorker implements Worker {
  private Duration idleGrace;
  private HttpDrain drain;

  @Override
  public void start(WorkerContext context) throws Exception {
    idleGrace = context.config(HttpConfig.class).idleGrace();
    // Nothing is looked up here, and Vert.x's own resolver costs start-up time.
    System.setProperty("vertx.disableDnsResolver", "true");
    VertxOptions options = BatonVertx.leanOptions();
    BatonVertx baton = BatonVertx.create(context, options);
    drain = HttpDrain.install(baton.listeners());
    List<SocketAddress> addresses = new ArrayList<>();
    for (String name : context.listeners()) {
      addresses.add(baton.address(name));
    }
    Routes routes = new Routes(context.identity());
    Future<String> serving =
        baton
            .vertx()
            .deployVerticle(
                () -> new Server(routes, addresses),
                new DeploymentOptions().setInstances(options.getEventLoopPoolSize()));
    await(serving);
    context.ready();
  }

  private static void await(Future<?> future) throws Exception {
    try {
      future.toCompletionStage().toCompletableFuture().join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  @Override
  public void drain(Drain drain) {
    this.drain.start(drain, idleGrace);
  }

  /** One event loop's share of every listener. */
  private static final class Server extends VerticleBase {
    private final Routes routes;
    private final List<SocketAddress> addresses;

    Server(Routes routes, List<SocketAddress> addresses) {
      this.routes = routes;
      this.addresses = addresses;
    }

    @Override
    public Future<?> start() {
      HttpServerOptions options =
          new HttpServerOptions()
              .setHttp2ClearTextEnabled(false)
              .setHandle100ContinueAutomatically(true);
      return Future.all(
          addresses.stream()
              .map(a -> vertx.createHttpServer(options).requestHandler(routes).listen(a))
              .toList());
    }
  }
}
