package dev.baton.supervisor.dispatch;

import dev.baton.supervisor.core.WorkerId;
import dev.baton.supervisor.core.dispatch.Ledger;
import dev.baton.supervisor.core.dispatch.ListenerFigures;
import dev.baton.supervisor.core.dispatch.WorkerFigures;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The figures that other threads see: made anew by the dispatch thread, at most ten times a second.
 */
final class Board {
  private static final long EVERY = TimeUnit.MILLISECONDS.toNanos(100);

  private final Ledger ledger;
  private final List<String> names;
  private final Acceptor acceptor;
  private final Map<WorkerId, Integer> workers;
  private volatile DispatchFigures shown;
  private long shownAt = System.nanoTime();
  private long lastBusy = shownAt;
  private boolean changed;
  private boolean busy;

  Board(Ledger ledger, List<String> names, Acceptor acceptor, Map<WorkerId, Integer> workers) {
    this.ledger = ledger;
    this.names = names;
    this.acceptor = acceptor;
    this.workers = workers;
  }

  /** As last shown. Any thread. */
  DispatchFigures figures() {
    return shown;
  }

  /** Something happened that the figures tell of. */
  void changed() {
    changed = true;
  }

  /** Something happened with a connection; when, is as {@link #show} is called next. */
  void busy() {
    changed = true;
    busy = true;
  }

  /** When there is something new to show, or the end of time. */
  long nextShow() {
    return changed ? shownAt + EVERY : Long.MAX_VALUE;
  }

  /** Shows what is new, unless something was shown just now. */
  void show(long now, boolean atOnce) {
    if (busy) {
      busy = false;
      lastBusy = now;
    }
    if (atOnce || changed && now - shownAt >= EVERY) {
      changed = false;
      shownAt = now;
      shown = figuresNow();
    }
  }

  private DispatchFigures figuresNow() {
    Map<String, DispatchFigures.Listener> listeners = new LinkedHashMap<>();
    boolean some = false;
    for (int i = 0; i < names.size(); i++) {
      ListenerFigures f = ledger.listenerFigures(i);
      some |= f.waiting() + f.unclaimed() + f.open() > 0;
      listeners.put(names.get(i), new DispatchFigures.Listener(f, acceptor.errors(i)));
    }
    Map<WorkerId, WorkerFigures> each = new LinkedHashMap<>();
    workers.forEach((worker, index) -> each.put(worker, ledger.workerFigures(index)));
    return new DispatchFigures(
        Collections.unmodifiableMap(listeners),
        Collections.unmodifiableMap(each),
        ledger.waiting(),
        ledger.accepting(),
        some,
        lastBusy);
  }
}
