package dev.baton.supervisor.admin;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;

/**
 * The answer to a restart or reload: a line of JSON for each thing that happens, then the verdict.
 * When the client goes away it goes on, and what it says is dropped.
 *
 * <p>An empty line is written at every tick: it keeps the connection from being taken for an idle
 * one, and lets the client notice a supervisor that is gone. Threading: the watcher's methods may
 * be called on any thread and only post; all else is on the event loop.
 */
final class RolloutStream implements ReloadWatcher {

  private final Exchange exchange;
  private final Vertx vertx;
  private final long tick;
  private boolean headSent;
  private boolean over;

  RolloutStream(Exchange exchange, Vertx vertx, long tickMillis) {
    this.exchange = exchange;
    this.vertx = vertx;
    HttpServerResponse response = exchange.response();
    response.exceptionHandler(failure -> end());
    response.closeHandler(closed -> end());
    this.tick = vertx.setPeriodic(tickMillis, now -> write("\n"));
  }

  @Override
  public void refused(String reason) {
    answer(new ErrorView(409, ErrorView.REFUSED, reason));
  }

  @Override
  public void unusable(boolean configuration, List<String> problems) {
    answer(new UnusableException(configuration, problems).view());
  }

  private void answer(ErrorView error) {
    post(
        () -> {
          if (headSent) {
            finish(AdminWriter.error(error));
          } else {
            end();
            exchange.answer(error);
          }
        });
  }

  @Override
  public void progress(String line) {
    String json = AdminWriter.progress(line);
    post(
        () -> {
          // A client that does not read must not make the supervisor keep lines for it.
          if (!exchange.response().writeQueueFull()) {
            write(json);
          }
        });
  }

  @Override
  public void finished(Verdict verdict) {
    String json = AdminWriter.verdict(verdict);
    post(() -> finish(json));
  }

  /** The request could not be posted at all. */
  void abandon() {
    end();
  }

  private void post(Runnable work) {
    Context context = exchange.context();
    context.runOnContext(
        now -> {
          if (!over) {
            work.run();
          }
        });
  }

  private void write(String text) {
    if (!over) {
      sendHead();
      exchange.response().write(text);
    }
  }

  private void finish(String json) {
    sendHead();
    end();
    exchange.response().end(json);
  }

  private void sendHead() {
    if (!headSent) {
      headSent = true;
      exchange
          .response()
          .setStatusCode(200)
          .setChunked(true)
          .putHeader(HttpHeaders.CONTENT_TYPE, "application/x-ndjson")
          .putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    }
  }

  private void end() {
    over = true;
    vertx.cancelTimer(tick);
  }
}
