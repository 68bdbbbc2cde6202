package dev.baton.benchmarks.standalone;

import dev.baton.worker.vertx.BatonVertx;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * {@code VertxMain BACKLOG}: a server that does for {@code GET /} what the HTTP sample does,
 * written for Vert.x alone: no listener of ours, no handlers for a drain. It says {@code ready
 * PORT} and serves until it is killed.
 */
public final class VertxMain {
  private static final Buffer BODY =
      Buffer.buffer(
          "{\"pool\":\"alone\",\"slot\":0,\"generation\":1,\"run\":1,\"pid\":"
              + ProcessHandle.current().pid()
              + "}\n");

  /** To Vert.x, any port that the instances of a verticle share. */
  private static final int ANY_PORT = -1;

  private VertxMain() {}

  /** Returns at once; the event loops go on. */
  public static void main(String[] args) {
    System.setProperty("vertx.disableDnsResolver", "true");
    int backlog = Integer.parseInt(args[0]);
    VertxOptions options = BatonVertx.leanOptions();
    AtomicInteger port = new AtomicInteger();
    Vertx.vertx(options)
        .deployVerticle(
            () -> new Server(backlog, port),
            new DeploymentOptions().setInstances(options.getEventLoopPoolSize()))
        .onSuccess(id -> System.out.println(StandaloneMain.READY + port.get()))
        .onFailure(
            e -> {
              e.printStackTrace();
              System.exit(1);
            });
  }

  private static final class Server extends VerticleBase {
    private final int backlog;
    private final AtomicInteger port;

    Server(int backlog, AtomicInteger port) {
      this.backlog = backlog;
      this.port = port;
    }

    @Override
    public Future<?> start() {
      HttpServerOptions options =
          new HttpServerOptions()
              .setHttp2ClearTextEnabled(false)
              .setHandle100ContinueAutomatically(true)
              .setAcceptBacklog(backlog);
      return vertx
          .createHttpServer(options)
          .requestHandler(Server::answer)
          .listen(ANY_PORT, "127.0.0.1")
          .map(HttpServer::actualPort)
          .onSuccess(port::set);
    }

    private static void answer(HttpServerRequest request) {
      if (request.path().equals("/")) {
        request.response().putHeader(HttpHeaders.CONTENT_TYPE, "application/json").end(BODY);
      } else {
        request.response().setStatusCode(404).end();
      }
    }
  }
}
