package dev.baton.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;

/**
 * One plan on its way: decides when a request is due, which connection carries it, and when it is
 * overdue. Belongs to the generator's thread.
 *
 * <p>A request takes a <em>place</em>; there are as many as the plan has connections. A free place
 * is either an open, idle connection or the right to open one. Places are taken in turn, so that
 * load spreads evenly over connections.
 */
final class PlanRun {
  /** How far behind the schedule a request may go out; beyond it is counted as LATE instead. */
  private static final long LATE_NANOS = 1_000_000_000L;

  /** Before a full queue is tried again, and after a failure in a loop without a rate. */
  private static final long REST_NANOS = 2_000_000L;

  private static final long LINGER_NANOS = 2_000_000_000L;
  private static final int MAX_LINGERING = 1000;

  /** A place that waits a moment; the exchange, if there is one, wants to connect again. */
  private record Resting(long until, Exchange exchange) {}

  final LoadPlan plan;
  final Selector selector;
  final Tally tally;
  final ByteBuffer request;

  private final long start;
  private final double interval;
  private final long timeout;
  private long issued;
  private boolean issuing = true;

  /** How many free places have no connection. */
  private int unconnected;

  private final ArrayDeque<Link> idle = new ArrayDeque<>();
  private final ArrayDeque<Exchange> waiting = new ArrayDeque<>();
  private final ArrayDeque<Exchange> unfinished = new ArrayDeque<>();
  private final ArrayDeque<Resting> resting = new ArrayDeque<>();
  private final ArrayDeque<Link> lingering = new ArrayDeque<>();
  private final Set<Link> open = new HashSet<>();

  PlanRun(LoadPlan plan, Selector selector, long start) {
    this.plan = plan;
    this.selector = selector;
    this.start = start;
    tally = new Tally(plan, start);
    interval = plan.rate() == 0 ? 0 : 1e9 / plan.rate();
    timeout = plan.timeout().toNanos();
    unconnected = plan.connections();
    var close = plan.style() == LoadPlan.Style.NEW_CONNECTION ? "Connection: close\r\n" : "";
    var text = "GET " + plan.path() + " HTTP/1.1\r\nHost: " + plan.target().host() + "\r\n" + close;
    request =
        ByteBuffer.wrap((text + "\r\n").getBytes(StandardCharsets.US_ASCII)).asReadOnlyBuffer();
  }

  void stopIssuing() {
    issuing = false;
  }

  /** Does all that is due by now. */
  void tick(long now) {
    expire(now);
    while (!lingering.isEmpty() && lingering.peek().lingerUntil - now <= 0) {
      endLinger(lingering.poll());
    }
    while (!resting.isEmpty() && resting.peek().until - now <= 0) {
      var rested = resting.poll();
      if (rested.exchange == null || rested.exchange.done) {
        unconnected++;
      } else {
        connect(rested.exchange);
      }
    }
    if (issuing && interval > 0) {
      issueDue(now);
    }
    while (!waiting.isEmpty() && hasPlace()) {
      var next = waiting.poll();
      if (!next.done) {
        begin(next);
      }
    }
    while (issuing && interval == 0 && hasPlace()) {
      begin(admit(System.nanoTime()));
    }
  }

  /** Whether requests are on their way or waiting to be. */
  boolean busy() {
    dropDone();
    return !unfinished.isEmpty();
  }

  /** When {@link #tick} has to be called again, unless the selector finds something before. */
  long nextWake(long now) {
    dropDone();
    long wake = now + 1_000_000_000L;
    if (issuing && interval > 0) {
      wake = Math.min(wake, due(issued));
    }
    if (!unfinished.isEmpty()) {
      wake = Math.min(wake, unfinished.peek().start + timeout);
    }
    if (!resting.isEmpty()) {
      wake = Math.min(wake, resting.peek().until);
    }
    if (!lingering.isEmpty()) {
      wake = Math.min(wake, lingering.peek().lingerUntil);
    }
    return wake;
  }

  /** Closes every connection; what is unfinished stays uncounted. */
  void closeAll() {
    while (!lingering.isEmpty()) {
      endLinger(lingering.poll());
    }
    open.forEach(Link::close);
    open.clear();
  }

  // What links report.

  void answered(Link link, Exchange exchange, ResponseParser parser) {
    long now = System.nanoTime();
    exchange.done = true;
    if (link.state() == Link.State.IDLE) {
      idle.add(link);
    } else {
      unconnected++;
      link.lingerUntil = now + LINGER_NANOS;
      lingering.add(link);
      if (lingering.size() > MAX_LINGERING) {
        endLinger(lingering.poll());
      }
    }
    if (parser.status() != 200) {
      tally.failed(Outcome.BAD, now, "status " + parser.status());
      return;
    }
    try {
      var key = plan.observer().map(observer -> observer.apply(parser.body())).orElse(null);
      tally.ok(now - exchange.start, key);
    } catch (RuntimeException e) {
      tally.failed(Outcome.BAD, now, "the observer rejected the body: " + e);
    }
  }

  void failed(Link link, Exchange exchange, Outcome outcome, String text) {
    open.remove(link);
    count(exchange, outcome, text);
    if (interval == 0) {
      // A server that is away would otherwise be asked as fast as one CPU can.
      resting.add(new Resting(System.nanoTime() + REST_NANOS, null));
    } else {
      unconnected++;
    }
  }

  void closedIdle(Link link, String text) {
    open.remove(link);
    idle.remove(link);
    unconnected++;
    tally.closedIdle(System.nanoTime(), false, text);
  }

  void closedUnderRequest(String text) {
    tally.closedIdle(System.nanoTime(), true, text);
  }

  void lingered(Link link, boolean announced) {
    open.remove(link);
    lingering.remove(link);
    if (announced && plan.style() == LoadPlan.Style.KEEP_ALIVE) {
      tally.announced();
    }
  }

  private void endLinger(Link link) {
    link.close();
    lingered(link, true);
  }

  // The schedule.

  private void issueDue(long now) {
    while (due(issued) - now <= 0) {
      long lag = now - due(issued++);
      tally.lag(lag);
      if (lag > LATE_NANOS) {
        tally.failed(Outcome.LATE, now, lag / 1_000_000 + " ms behind the schedule: not sent");
      } else {
        waiting.add(admit(now));
      }
    }
  }

  private long due(long number) {
    return start + (long) (number * interval);
  }

  private Exchange admit(long now) {
    var exchange = new Exchange(now);
    unfinished.add(exchange);
    return exchange;
  }

  private boolean hasPlace() {
    return unconnected > 0 || !idle.isEmpty();
  }

  private void begin(Exchange exchange) {
    // New connections first, so that a keep-alive plan really opens as many as it names.
    if (unconnected > 0) {
      unconnected--;
      connect(exchange);
    } else {
      idle.poll().send(exchange);
    }
  }

  private void connect(Exchange exchange) {
    Link link;
    try {
      link = new Link(this);
    } catch (IOException e) {
      count(exchange, Outcome.LATE, "could not open a socket: " + e);
      resting.add(new Resting(System.nanoTime() + REST_NANOS, null));
      return;
    }
    open.add(link);
    if (link.connect(exchange) == Link.Begun.AGAIN) {
      open.remove(link);
      resting.add(new Resting(System.nanoTime() + REST_NANOS, exchange));
    }
  }

  private void count(Exchange exchange, Outcome outcome, String text) {
    exchange.done = true;
    tally.failed(outcome, System.nanoTime(), text);
  }

  private void expire(long now) {
    for (dropDone(); !unfinished.isEmpty(); dropDone()) {
      var oldest = unfinished.peek();
      if (now - oldest.start < timeout) {
        return;
      }
      if (oldest.link == null) {
        count(oldest, Outcome.TIMEOUT, "no connection after " + plan.timeout().toMillis() + " ms");
      } else {
        oldest.link.expire();
      }
    }
  }

  private void dropDone() {
    while (!unfinished.isEmpty() && unfinished.peek().done) {
      unfinished.poll();
    }
  }
}
