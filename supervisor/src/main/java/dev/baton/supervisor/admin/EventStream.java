package dev.baton.supervisor.admin;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The journal as server-sent events (WHATWG HTML, 9.2): what is there, then what comes. A client
 * that reads slowly is sent nothing more until it has read, and is told how much it has missed when
 * the journal's memory has gone past it.
 *
 * <p>A comment is written at every tick, so that the connection is not taken for an idle one. All
 * but the news is on the event loop.
 */
final class EventStream {
  private static final int BATCH = 100;

  private final Exchange exchange;
  private final Vertx vertx;
  private final Operations operations;
  private final AtomicBoolean told = new AtomicBoolean();
  private final Runnable unlisten;
  private final long tick;
  private long last;
  private boolean over;

  /**
   * Begins to write.
   *
   * @param first what is there
   * @param last above which entries are to follow, if there is none
   */
  EventStream(
      Exchange exchange,
      Vertx vertx,
      long tickMillis,
      Operations operations,
      List<EventView> first,
      long last) {
    this.exchange = exchange;
    this.vertx = vertx;
    this.operations = operations;
    this.last = last;
    HttpServerResponse response = exchange.response();
    response.setStatusCode(200).setChunked(true);
    response.putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream");
    response.putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    response.exceptionHandler(failure -> end());
    response.closeHandler(closed -> end());
    response.drainHandler(drained -> pump());
    response.write(": the journal\n\n");
    first.forEach(this::write);
    this.tick = vertx.setPeriodic(tickMillis, now -> response.write(":\n\n"));
    this.unlisten = operations.onEvent(this::news);
    pump();
  }

  /** On any thread; one look is enough for many entries. */
  private void news() {
    if (!told.getAndSet(true)) {
      exchange.context().runOnContext(now -> pump());
    }
  }

  private void pump() {
    told.set(false);
    while (!over && !exchange.response().writeQueueFull()) {
      List<EventView> next = operations.eventsAfter(last, BATCH);
      if (next.isEmpty()) {
        return;
      }
      long missed = next.get(0).number() - last - 1;
      if (last > 0 && missed > 0) {
        exchange.response().write("event: missed\ndata: {\"missed\":" + missed + "}\n\n");
      }
      next.forEach(this::write);
    }
  }

  private void write(EventView event) {
    last = event.number();
    exchange
        .response()
        .write(
            "id: "
                + event.number()
                + "\nevent: entry\ndata: "
                + AdminWriter.event(event).stripTrailing()
                + "\n\n");
  }

  private void end() {
    if (!over) {
      over = true;
      vertx.cancelTimer(tick);
      unlisten.run();
    }
  }
}
