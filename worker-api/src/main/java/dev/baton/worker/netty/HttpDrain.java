package dev.baton.worker.netty;

import dev.baton.worker.Counters;
import dev.baton.worker.Drain;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets go of HTTP/1.1 clients without losing a request. For a client an idle connection may be in
 * use at this very moment (RFC 9112, 9.5), so nobody is cut off unannounced:
 *
 * <ul>
 *   <li>nothing is accepted any more from held listeners;
 *   <li>a connection's next response, also to a request that is in work already, says {@code
 *       Connection: close}, and the connection is closed after it. Requests pipelined behind it are
 *       not looked at (RFC 9112, 9.6), so the client may send them again;
 *   <li>a connection that stays silent for {@code idleGrace} is closed and counted; a response
 *       whose head was written before the drain ends first;
 *   <li>shortly before the drain's deadline the rest is closed.
 * </ul>
 *
 * <p>It works on the connections of held listeners, below the server library: handlers notice
 * nothing. A pipelined request reaches them when the response before it has been written. Not
 * looked into, so open until they end or until the deadline: HTTP/2, TLS, WebSockets, whatever is
 * not HTTP. What it looks into, it counts ({@link Counters}). Thread-safe.
 */
public final class HttpDrain {
  /** Leaves the supervisor's deadline for what comes after the drain. */
  private static final Duration MARGIN = Duration.ofMillis(500);

  private final HeldListeners listeners;
  private final Counters counters;
  private final Set<HttpFront> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger announced = new AtomicInteger();
  private final AtomicInteger idleClosed = new AtomicInteger();
  private final AtomicInteger cut = new AtomicInteger();
  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
  private boolean started;
  private volatile Duration grace;

  /**
   * How a drain ended, in connections.
   *
   * @param announced were told with a response, and closed after it
   * @param idleClosed were silent for the grace time
   * @param cut were open at the deadline
   */
  public record Outcome(int announced, int idleClosed, int cut) {
    @Override
    public String toString() {
      return "drained: "
          + announced
          + " announced, "
          + idleClosed
          + " idle closed"
          + (cut == 0 ? "" : ", " + cut + " cut at the deadline");
    }
  }

  private HttpDrain(HeldListeners listeners) {
    this.listeners = listeners;
    this.counters = listeners.context().counters();
  }

  /** Watches the connections of held listeners from now on: install it before a server listens. */
  public static HttpDrain install(HeldListeners listeners) {
    HttpDrain drain = new HttpDrain(listeners);
    listeners.onAccept(drain::watch);
    return drain;
  }

  /**
   * Begins, once; a further call gets the first one's outcome. When no connection is open any more
   * it puts the outcome into the worker's status and calls {@link Drain#done()}.
   *
   * @param idleGrace how long a client may stay silent, from now or from its last byte
   */
  public CompletableFuture<Outcome> start(Drain drain, Duration idleGrace) {
    synchronized (this) {
      if (started) {
        return outcome;
      }
      started = true;
    }
    outcome.thenAccept(
        o -> {
          try {
            listeners.context().status(o.toString());
          } finally {
            drain.done();
          }
        });
    listeners.stopAccepting().thenRun(() -> begin(idleGrace));
    Duration remaining = drain.remaining();
    Duration tenth = remaining.dividedBy(10);
    Duration rest = remaining.minus(tenth.compareTo(MARGIN) < 0 ? tenth : MARGIN);
    CompletableFuture.delayedExecutor(rest.toNanos(), TimeUnit.NANOSECONDS)
        .execute(this::closeRest);
    return outcome;
  }

  private void watch(Channel connection) {
    HttpFront front = new HttpFront(this, connection);
    open.add(front);
    connection.pipeline().addFirst("baton-http-drain", front);
    connection
        .closeFuture()
        .addListener(
            f -> {
              open.remove(front);
              finishIfEmpty();
            });
  }

  /** Nothing is accepted any more, so {@code open} only shrinks. */
  private void begin(Duration idleGrace) {
    grace = idleGrace;
    open.forEach(HttpFront::drain);
    finishIfEmpty();
  }

  private void closeRest() {
    for (HttpFront front : open) {
      if (front.inUse()) {
        cut.incrementAndGet();
      }
      front.close();
    }
  }

  private void finishIfEmpty() {
    if (grace != null && open.isEmpty()) {
      outcome.complete(new Outcome(announced.get(), idleClosed.get(), cut.get()));
    }
  }

  /** Where requests are counted. */
  Counters counters() {
    return counters;
  }

  /** How long clients may stay silent; {@code null} before the drain. */
  Duration grace() {
    return grace;
  }

  void countAnnounced() {
    announced.incrementAndGet();
  }

  void countIdleClosed() {
    idleClosed.incrementAndGet();
  }
}
