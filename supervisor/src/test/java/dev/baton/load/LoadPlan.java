package dev.baton.load;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * One stream of requests. Immutable; the methods that are named after a component return a changed
 * copy.
 *
 * @param target where to connect to
 * @param path the path of each request
 * @param style whether connections are used once or kept
 * @param rate requests a second, on a schedule that does not wait for answers; 0 sends the next
 *     request as soon as a connection is free
 * @param connections how many connections there are at most, that is requests in flight
 * @param timeout the time that a request has from the moment it is due until its response is whole
 * @param observer takes the body of an OK response and returns the key under which to count it, or
 *     null for none; an exception makes the request BAD
 */
public record LoadPlan(
    Target target,
    String path,
    Style style,
    double rate,
    int connections,
    Duration timeout,
    Optional<Function<byte[], String>> observer) {

  /** How connections are used. */
  public enum Style {
    /** A connection for each request, which says {@code Connection: close}. */
    NEW_CONNECTION,
    /** Connections that stay open; the server may announce that it closes one. */
    KEEP_ALIVE
  }

  private static final int NEW_CONNECTIONS_AT_ONCE = 256;
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** Checks the numbers; a senseless one is an {@link IllegalArgumentException}. */
  public LoadPlan {
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("the path must begin with a slash: " + path);
    }
    if (!(rate >= 0) || Double.isInfinite(rate)) {
      throw new IllegalArgumentException("the rate must be 0 or more: " + rate);
    }
    if (connections < 1) {
      throw new IllegalArgumentException("at least one connection is needed: " + connections);
    }
    if (timeout.isZero() || timeout.isNegative()) {
      throw new IllegalArgumentException("the timeout must be positive: " + timeout);
    }
  }

  /**
   * A new connection for each request to {@code /}, at most 256 at once, without a pause until a
   * rate is set.
   */
  public static LoadPlan newConnections(Target target) {
    return of(target, Style.NEW_CONNECTION, NEW_CONNECTIONS_AT_ONCE);
  }

  /**
   * Requests to {@code /} over this many connections in turn, without a pause until a rate is set.
   */
  public static LoadPlan keepAlive(Target target, int connections) {
    return of(target, Style.KEEP_ALIVE, connections);
  }

  private static LoadPlan of(Target target, Style style, int connections) {
    return new LoadPlan(target, "/", style, 0, connections, TIMEOUT, Optional.empty());
  }

  /** The same with another path. */
  public LoadPlan path(String path) {
    return new LoadPlan(target, path, style, rate, connections, timeout, observer);
  }

  /** The same with another rate, in requests a second. */
  public LoadPlan rate(double rate) {
    return new LoadPlan(target, path, style, rate, connections, timeout, observer);
  }

  /** The same with another bound on connections. */
  public LoadPlan connections(int connections) {
    return new LoadPlan(target, path, style, rate, connections, timeout, observer);
  }

  /** The same with another timeout. */
  public LoadPlan timeout(Duration timeout) {
    return new LoadPlan(target, path, style, rate, connections, timeout, observer);
  }

  /**
   * The same, counting OK responses by what the observer makes of their bodies. It runs on the
   * generator's thread.
   */
  public LoadPlan countBy(Function<byte[], String> observer) {
    return new LoadPlan(target, path, style, rate, connections, timeout, Optional.of(observer));
  }

  /** What reports call this plan. */
  public String name() {
    var how = style == Style.KEEP_ALIVE ? "keep-alive (" + connections + ")" : "new connections";
    return how + " to " + target.name() + " " + path;
  }
}
