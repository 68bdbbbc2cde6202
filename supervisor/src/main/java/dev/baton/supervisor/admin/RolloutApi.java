package dev.baton.supervisor.admin;

import dev.baton.supervisor.admin.RolloutOperations.Steering;
import io.vertx.core.Vertx;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** The paths of a pool that are about the version it runs. Runs on the event loop. */
final class RolloutApi {
  private final Operations operations;
  private final Vertx vertx;
  private final long tickMillis;

  RolloutApi(Operations operations, Vertx vertx, long tickMillis) {
    this.operations = operations;
    this.vertx = vertx;
    this.tickMillis = tickMillis;
  }

  void restart(Exchange exchange, PoolView pool) {
    rollout(
        exchange,
        pool,
        List.of(),
        (body, how, stream) -> operations.restart(pool.name(), how, stream));
  }

  void deploy(Exchange exchange, PoolView pool) {
    rollout(
        exchange,
        pool,
        List.of("path"),
        (body, how, stream) -> {
          Optional<Path> path = body.text("path").map(value -> absolute("path", value));
          operations.deploy(pool.name(), path, how, stream);
        });
  }

  static Path absolute(String key, String text) {
    try {
      Path path = Path.of(text);
      if (path.isAbsolute()) {
        return path.normalize();
      }
    } catch (InvalidPathException e) {
      // as one that is not absolute
    }
    throw ApiException.badRequest(key + " is \"" + text + "\", allowed: an absolute path");
  }

  void rollback(Exchange exchange, PoolView pool) {
    rollout(
        exchange,
        pool,
        List.of("to"),
        (body, how, stream) -> {
          Optional<String> release = body.text("to");
          if (release.isPresent() && !release.get().matches("[0-9a-f]{4,16}")) {
            throw ApiException.badRequest(
                "to is \"" + release.get() + "\", allowed: the first 4 to 16 digits of a release");
          }
          operations.rollback(pool.name(), release, how, stream);
        });
  }

  private interface Beginning {
    void begin(RequestBody body, RolloutRequest how, RolloutStream stream);
  }

  private void rollout(Exchange exchange, PoolView pool, List<String> own, Beginning beginning) {
    exchange.body(
        text -> {
          List<String> keys = new ArrayList<>(own);
          keys.addAll(RolloutRequest.KEYS);
          RequestBody body = RequestBody.parse(text, keys);
          RolloutRequest how = RolloutRequest.of(body, pool.target());
          stream(exchange, stream -> beginning.begin(body, how, stream));
        });
  }

  /** The rollout under way, to its verdict. */
  void follow(Exchange exchange, PoolView pool) {
    stream(exchange, stream -> operations.follow(pool.name(), stream));
  }

  /** Answers with all that an operation tells. */
  void stream(Exchange exchange, Consumer<RolloutStream> operation) {
    RolloutStream stream = new RolloutStream(exchange, vertx, tickMillis);
    try {
      operation.accept(stream);
    } catch (RuntimeException e) {
      stream.abandon();
      throw e;
    }
  }

  void pause(Exchange exchange, PoolView pool) {
    steer(exchange, pool, Steering.PAUSE);
  }

  void resume(Exchange exchange, PoolView pool) {
    steer(exchange, pool, Steering.RESUME);
  }

  void abort(Exchange exchange, PoolView pool) {
    steer(exchange, pool, Steering.ABORT);
  }

  private void steer(Exchange exchange, PoolView pool, Steering what) {
    exchange.body(
        text -> {
          RequestBody.parse(text, List.of());
          exchange.answerWith(
              operations.steer(pool.name(), what),
              done -> ReleaseJson.steered(pool.name(), what.name().toLowerCase(Locale.ROOT)));
        });
  }

  void releases(Exchange exchange, PoolView pool) {
    exchange.answerWith(operations.releases(pool.name()), ReleaseJson::releases);
  }
}
