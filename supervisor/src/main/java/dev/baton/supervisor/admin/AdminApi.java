package dev.baton.supervisor.admin;

import io.netty.handler.codec.TooLongFrameException;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The paths under {@code /v1}. Runs on the event loop. */
final class AdminApi {

  private static final String POOLS = "/v1/pools/";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  /** The states of a pool that serves, or need not. */
  private static final Set<String> READY = Set.of("serving", "restarting", "degraded", "idle");

  /** A body has half the time after which a silent connection is closed. */
  private static final double BODY_TICKS = 1.5;

  private final Operations operations;
  private final EventArchive archive;
  private final Vertx vertx;
  private final long tickMillis;
  private final Map<String, Endpoint> paths;
  private final Map<String, PoolEndpoint> poolPaths;
  private final RolloutApi rollouts;
  private final Endpoint slot;

  AdminApi(Operations operations, EventArchive archive, Vertx vertx, long tickMillis) {
    this.archive = archive;
    this.operations = operations;
    this.vertx = vertx;
    this.tickMillis = tickMillis;
    SightApi sight = new SightApi(operations);
    slot = new Endpoint(HttpMethod.GET, sight::slot);
    rollouts = new RolloutApi(operations, vertx, tickMillis);
    UpgradeApi upgrades = new UpgradeApi(operations, rollouts::stream);
    paths =
        Map.ofEntries(
            Map.entry("/v1/status", new Endpoint(HttpMethod.GET, this::status)),
            Map.entry("/v1/events", new Endpoint(HttpMethod.GET, this::events)),
            Map.entry("/v1/fds", new Endpoint(HttpMethod.GET, sight::descriptors)),
            Map.entry("/v1/version", new Endpoint(HttpMethod.GET, this::version)),
            Map.entry("/v1/diff", new Endpoint(HttpMethod.GET, this::diff)),
            Map.entry("/v1/reload", new Endpoint(HttpMethod.POST, this::reload)),
            Map.entry("/v1/upgrade", new Endpoint(HttpMethod.POST, upgrades::begin)),
            Map.entry("/v1/upgraded", new Endpoint(HttpMethod.GET, upgrades::last)),
            Map.entry("/metrics", new Endpoint(HttpMethod.GET, this::metrics)),
            Map.entry("/healthz", new Endpoint(HttpMethod.GET, this::alive)),
            Map.entry("/readyz", new Endpoint(HttpMethod.GET, this::ready)),
            Map.entry("/v1/openapi.json", new Endpoint(HttpMethod.GET, this::description)),
            Map.entry("/v1/reopen-logs", new Endpoint(HttpMethod.POST, this::reopenLogs)),
            Map.entry("/v1/stop", new Endpoint(HttpMethod.POST, this::stop)));
    poolPaths =
        Map.ofEntries(
            post("restart", rollouts::restart),
            post("deploy", rollouts::deploy),
            post("rollback", rollouts::rollback),
            post("pause", rollouts::pause),
            post("resume", rollouts::resume),
            post("abort", rollouts::abort),
            get("rollout", rollouts::follow),
            get("releases", rollouts::releases),
            post("scale", this::scale),
            post("reset", this::reset));
  }

  private record Endpoint(HttpMethod method, Consumer<Exchange> action) {}

  private record PoolEndpoint(HttpMethod method, BiConsumer<Exchange, PoolView> action) {}

  private static Map.Entry<String, PoolEndpoint> post(
      String name, BiConsumer<Exchange, PoolView> action) {
    return Map.entry(name, new PoolEndpoint(HttpMethod.POST, action));
  }

  private static Map.Entry<String, PoolEndpoint> get(
      String name, BiConsumer<Exchange, PoolView> action) {
    return Map.entry(name, new PoolEndpoint(HttpMethod.GET, action));
  }

  Exchange exchange(HttpServerRequest request) {
    return new Exchange(
        vertx.getOrCreateContext(), request, (long) (tickMillis * BODY_TICKS), operations::audit);
  }

  void handle(HttpServerRequest request) {
    Exchange exchange = exchange(request);
    exchange.attempt(
        () -> {
          // No browser can reach a UNIX socket; something that forwards it to one may be in
          // between.
          if (request.headers().contains(HttpHeaders.ORIGIN)) {
            throw new ApiException(
                403, ErrorView.FORBIDDEN, "requests with an Origin header are not served");
          }
          serve(exchange);
        });
  }

  /** What has passed whatever guards the way here. */
  void serve(Exchange exchange) {
    exchange.attempt(() -> endpoint(exchange.request()).accept(exchange));
  }

  private Consumer<Exchange> endpoint(HttpServerRequest request) {
    String path = String.valueOf(request.path());
    Endpoint endpoint = SightApi.isSlot(path) ? slot : paths.get(path);
    if (endpoint == null) {
      endpoint = poolEndpoint(path);
    }
    if (!endpoint.method().equals(request.method())) {
      request.response().putHeader(HttpHeaders.ALLOW, endpoint.method().name());
      throw new ApiException(
          405,
          ErrorView.METHOD,
          path + " takes " + endpoint.method() + ", not " + request.method());
    }
    return endpoint.action();
  }

  private Endpoint poolEndpoint(String path) {
    int slash = path.lastIndexOf('/');
    PoolEndpoint found =
        path.startsWith(POOLS) && slash >= POOLS.length()
            ? poolPaths.get(path.substring(slash + 1))
            : null;
    if (found == null) {
      throw new ApiException(404, ErrorView.UNKNOWN_PATH, "unknown path; there are " + routes());
    }
    String pool = path.substring(POOLS.length(), slash);
    return new Endpoint(found.method(), exchange -> found.action().accept(exchange, find(pool)));
  }

  /** All there are; the description has the same, and a test compares them. */
  private String routes() {
    Stream<String> fixed =
        paths.entrySet().stream().map(e -> e.getValue().method() + " " + e.getKey());
    Stream<String> ofPools =
        poolPaths.entrySet().stream()
            .map(e -> e.getValue().method() + " " + POOLS + "{pool}/" + e.getKey());
    Stream<String> all = Stream.concat(fixed, ofPools);
    return Stream.concat(all, Stream.of("GET " + POOLS + "{pool}/slots/{slot}"))
        .sorted()
        .collect(Collectors.joining(", "));
  }

  /** What is not HTTP, or too large a head. */
  void handleInvalid(HttpServerRequest request) {
    Throwable cause = request.decoderResult().cause();
    ErrorView error =
        cause instanceof TooLongFrameException
            ? new ErrorView(431, ErrorView.TOO_LARGE, "the head of the request is too large")
            : new ErrorView(400, ErrorView.BAD_REQUEST, "not an HTTP/1.1 request");
    exchange(request).answerAndClose(error);
  }

  private void status(Exchange exchange) {
    exchange.answer(AdminWriter.status(operations.status()));
  }

  private void version(Exchange exchange) {
    exchange.answer(AdminWriter.version(operations.status()));
  }

  private void metrics(Exchange exchange) {
    exchange.answer(PROMETHEUS, Buffer.buffer(operations.metrics()));
  }

  private void description(Exchange exchange) {
    exchange.answer(ApiDescription.read());
  }

  /** That it answers is the answer. */
  private void alive(Exchange exchange) {
    exchange.answer(AdminWriter.health(true, List.of()));
  }

  private void ready(Exchange exchange) {
    List<String> unready =
        operations.status().pools().stream()
            .filter(pool -> !READY.contains(pool.state()))
            .map(pool -> "pool " + pool.name() + " is " + pool.state())
            .toList();
    exchange.answer(unready.isEmpty() ? 200 : 503, AdminWriter.health(unready.isEmpty(), unready));
  }

  private void events(Exchange exchange) {
    EventQuery query = EventQuery.of(exchange.request());
    long last = query.follow() ? lastEvent() : 0;
    if (query.after().isPresent()) {
      long after = query.after().getAsLong();
      new EventStream(exchange, vertx, tickMillis, operations, List.of(), Math.min(after, last));
      return;
    }
    CompletionStage<List<EventView>> found =
        query
            .since()
            .map(archive::since)
            .orElseGet(() -> CompletableFuture.completedFuture(operations.events(query.newest())));
    if (query.follow()) {
      exchange.then(
          found,
          first -> {
            long from = first.isEmpty() ? last : first.get(first.size() - 1).number();
            new EventStream(exchange, vertx, tickMillis, operations, first, from);
          });
    } else {
      exchange.answerWith(found, AdminWriter::events);
    }
  }

  private long lastEvent() {
    List<EventView> newest = operations.events(1);
    return newest.isEmpty() ? 0 : newest.get(0).number();
  }

  private void diff(Exchange exchange) {
    exchange.answerWith(operations.diff(), AdminWriter::diff);
  }

  private void reload(Exchange exchange) {
    exchange.body(
        text -> {
          RequestBody.parse(text, List.of());
          rollouts.stream(exchange, operations::reload);
        });
  }

  private void scale(Exchange exchange, PoolView pool) {
    exchange.body(
        text -> {
          RequestBody body = RequestBody.parse(text, List.of("workers"));
          int workers = body.target(pool.target());
          exchange.answerWith(operations.scale(pool.name(), workers), AdminWriter::scale);
        });
  }

  private void reset(Exchange exchange, PoolView pool) {
    exchange.body(
        text -> {
          OptionalInt slot = RequestBody.parse(text, List.of("slot")).count("slot");
          exchange.answerWith(operations.reset(pool.name(), slot), AdminWriter::reset);
        });
  }

  private void reopenLogs(Exchange exchange) {
    exchange.body(
        text -> {
          RequestBody.parse(text, List.of());
          exchange.answerWith(operations.reopenLogs(), AdminWriter::reopened);
        });
  }

  private void stop(Exchange exchange) {
    exchange.body(
        text -> {
          boolean now = RequestBody.parse(text, List.of("now")).flag("now");
          exchange.answerWith(operations.stop(now), begun -> AdminWriter.stopping());
        });
  }

  private PoolView find(String pool) {
    StatusView status = operations.status();
    return status
        .pool(pool)
        .orElseThrow(
            () ->
                new ApiException(
                    404,
                    ErrorView.UNKNOWN_POOL,
                    "there is no such pool; the pools are: " + status.poolNames()));
  }
}
