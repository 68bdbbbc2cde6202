package dev.baton.supervisor.runtime;

import dev.baton.supervisor.loop.Loop;
import dev.baton.supervisor.loop.Timers;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

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
  private final Deque<Entry> waiting = new ArrayDeque<>();
  private final Deque<Entry> last = new ArrayDeque<>();
  private final Map<Object, Timers.Timer> inside = new HashMap<>();

  private record Entry(Object who, Runnable start) {}

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

  /** Starts now, or when those before have left. */
  public void enter(Object who, Runnable start) {
    waiting.addLast(new Entry(who, start));
    admit();
  }

  /** As {@link #enter}, but before all that wait. */
  public void enterNext(Object who, Runnable start) {
    waiting.addFirst(new Entry(who, start));
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
    while (inside.size() < places && !(waiting.isEmpty() && last.isEmpty())) {
      Entry next = waiting.isEmpty() ? last.removeFirst() : waiting.removeFirst();
      inside.put(next.who(), timer(next.who()));
      next.start().run();
    }
  }

  private Timers.Timer timer(Object who) {
    return loop.timers().at(loop.now() + LONGEST, () -> leave(who));
  }
}
