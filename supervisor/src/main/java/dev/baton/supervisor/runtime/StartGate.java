package dev.baton.supervisor.runtime;

import dev.baton.supervisor.loop.Loop;
import dev.baton.supervisor.loop.Timers;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Lets as many JVMs start at a time as there are cores. A starting JVM keeps a core busy, so more
 * of them only make each other late, and the first one that could serve most of all. Only for the
 * loop's thread.
 */
public final class StartGate {
  /** A start that takes longer waits for something else than a core, and holds up nobody. */
  private static final long LONGEST = TimeUnit.SECONDS.toNanos(2);

  private final Loop loop;
  private final int places;
  private final Deque<Entry> first = new ArrayDeque<>();
  private final Map<Object, Line> lines = new LinkedHashMap<>();
  private final Deque<Entry> last = new ArrayDeque<>();
  private final Map<Object, Timers.Timer> inside = new HashMap<>();

  private record Entry(Object who, Runnable start) {}

  /** Those that wait of one pool, in their order. */
  private record Line(BooleanSupplier urgent, Deque<Entry> waiting) {}

  /**
   * A gate for a machine. A starting JVM keeps more than one core busy: measured 1.1 s of processor
   * time in 0.7 s, the rest being its compilers.
   */
  public static StartGate forCores(Loop loop, int cores) {
    return new StartGate(loop, Math.max(1, cores / 2));
  }

  /**
   * @param places how many may start at a time
   */
  StartGate(Loop loop, int places) {
    this.loop = loop;
    this.places = places;
  }

  /**
   * Starts now, or when it is its turn. Lines take turns, so that a pool that starts many workers
   * does not keep the others waiting; and a line that is urgent comes first.
   *
   * @param line the pool
   * @param urgent whether nobody serves there, asked when there is a place
   */
  public void enter(Object line, BooleanSupplier urgent, Object who, Runnable start) {
    lines
        .computeIfAbsent(line, l -> new Line(urgent, new ArrayDeque<>()))
        .waiting()
        .addLast(new Entry(who, start));
    admit();
  }

  /** As {@link #enter}, but before all that wait. */
  public void enterNext(Object who, Runnable start) {
    first.addFirst(new Entry(who, start));
    admit();
  }

  /** Starts when nobody else waits: who is not needed yet. */
  public void enterLast(Object who, Runnable start) {
    last.addLast(new Entry(who, start));
    admit();
  }

  /** Somebody inside is known by another name from now on. */
  public void renamed(Object before, Object after) {
    Timers.Timer timer = inside.remove(before);
    if (timer != null) {
      timer.cancel();
      inside.put(after, timer(after));
    }
  }

  /** The start is over, well or not; does nothing for somebody who is not inside. */
  public void leave(Object who) {
    Timers.Timer timer = inside.remove(who);
    if (timer != null) {
      timer.cancel();
      admit();
    }
  }

  private void admit() {
    while (inside.size() < places && !(first.isEmpty() && lines.isEmpty() && last.isEmpty())) {
      Entry next = next();
      inside.put(next.who(), timer(next.who()));
      next.start().run();
    }
  }

  private Entry next() {
    if (!first.isEmpty()) {
      return first.removeFirst();
    }
    return lines.isEmpty() ? last.removeFirst() : nextInLine();
  }

  private Entry nextInLine() {
    Object name =
        lines.entrySet().stream()
            .filter(line -> line.getValue().urgent().getAsBoolean())
            .map(Map.Entry::getKey)
            .findFirst()
            .orElseGet(() -> lines.keySet().iterator().next());
    Line line = lines.remove(name);
    Entry next = line.waiting().removeFirst();
    if (!line.waiting().isEmpty()) {
      lines.put(name, line); // behind the others
    }
    return next;
  }

  private Timers.Timer timer(Object who) {
    return loop.timers().at(loop.now() + LONGEST, () -> leave(who));
  }
}
