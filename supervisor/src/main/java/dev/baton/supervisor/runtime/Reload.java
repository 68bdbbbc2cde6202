package dev.baton.supervisor.runtime;

import dev.baton.supervisor.admin.ReloadWatcher;
import dev.baton.supervisor.admin.Verdict;
import dev.baton.supervisor.config.BatonConfig;
import dev.baton.supervisor.config.Change;
import dev.baton.supervisor.config.Change.Kind;
import dev.baton.supervisor.config.ConfigDiff;
import dev.baton.supervisor.store.Acquired;
import dev.baton.supervisor.store.EndedListener;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One reload on its way: files and listeners first, then, when those that go have been emptied and
 * ended, the pools. Only for the loop's thread.
 */
final class Reload {
  private static final long LOOK_AGAIN = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long LONGEST_EMPTYING = TimeUnit.SECONDS.toNanos(10);

  /** For what was handed over to be claimed, before the worker is to let go of the listener. */
  private static final long LONGEST_CLAIM = TimeUnit.SECONDS.toNanos(2);

  private final Surroundings around;
  private final Pools pools;
  private final ConfigDiff diff;
  private final BatonConfig wanted;
  private final ReloadWatcher watcher;
  private final Runnable changed;
  private final Consumer<Set<Change>> over;
  private final Set<Change> failed = new LinkedHashSet<>();
  private int files;
  private int awaited = 1;

  /**
   * @param wanted what runs when all of it has been done
   * @param changed called when the listeners are others
   * @param over told at the end which of the changes failed
   */
  Reload(
      Surroundings around,
      Pools pools,
      ConfigDiff diff,
      BatonConfig wanted,
      ReloadWatcher watcher,
      Runnable changed,
      Consumer<Set<Change>> over) {
    this.around = around;
    this.pools = pools;
    this.diff = diff;
    this.wanted = wanted;
    this.watcher = watcher;
    this.changed = changed;
    this.over = over;
  }

  /** Begins it; consumes what was acquired for it. */
  void run(Acquired acquired) {
    tell(Kind.NEEDS_RESTART);
    List<String> opened = acquired.files();
    List<EndedListener> ended = new ArrayList<>(around.store().adopt(acquired));
    opened.forEach(this::reopened);
    tell(Kind.LISTENER_ADDED, Kind.LISTENER_REBOUND);
    for (Change c : tell(Kind.LISTENER_CHANGED)) {
      try {
        around.store().change(wanted.listeners().get(c.name()));
      } catch (SysException e) {
        fail(c, e.getMessage());
      }
    }
    for (Change c : tell(Kind.LISTENER_REMOVED)) {
      ended.add(around.store().giveUp(c.name()));
    }
    changed.run();
    awaited = ended.size() + 1;
    long latest = around.loop().now() + LONGEST_EMPTYING;
    ended.forEach(l -> empty(l, latest));
    next(this::pools);
  }

  /** The changes of these kinds, which are told to whoever waits. */
  private List<Change> tell(Kind... kinds) {
    List<Change> some = diff.of(kinds);
    some.forEach(c -> progress(c.text()));
    return some;
  }

  private void progress(String text) {
    around.journal().info("supervisor", "reload: " + text);
    watcher.progress(text);
  }

  private void fail(Change change, String why) {
    failed.add(change);
    String text = change.text() + ": failed: " + why;
    around.journal().warn("supervisor", "reload: " + text);
    watcher.progress(text);
  }

  private void reopened(String file) {
    files++;
    if (diff.running().files().containsKey(file)) {
      pools.with(file).forEach(p -> p.reoffers().fileChanged(file));
      progress("file " + file + " was opened anew and offered again");
    } else {
      progress("file " + file + " was opened");
    }
  }

  /** One of those that are awaited is there; the last one leads on. */
  private void next(Runnable then) {
    awaited--;
    if (awaited == 0) {
      then.run();
    }
  }

  /** Its queue goes to whoever serves it still; what comes then finds nobody any more. */
  private void empty(EndedListener listener, long latest) {
    boolean empty;
    try {
      empty = listener.empty();
    } catch (SysException e) {
      empty = true; // there is nothing to wait for
    }
    long now = around.loop().now();
    if (!empty && now < latest) {
      around.loop().timers().at(now + LOOK_AGAIN, () -> empty(listener, latest));
      return;
    }
    String text = "listener " + listener.name() + " has ended, " + listener.address();
    listener.close();
    around.journal().info("supervisor", empty ? text : text + ", with clients in its queue");
    List<PoolRuntime> with = pools.with(listener.name());
    with.forEach(p -> p.versions().ended(listener.name()));
    letGo(with, listener.name(), now + LONGEST_CLAIM);
  }

  private void letGo(List<PoolRuntime> from, String listener, long latest) {
    long now = around.loop().now();
    if (now < latest && from.stream().anyMatch(p -> p.versions().unclaimed(listener))) {
      around.loop().timers().at(now + LOOK_AGAIN, () -> letGo(from, listener, latest));
      return;
    }
    from.forEach(p -> p.reoffers().revoke(listener));
    next(this::pools);
  }

  private void pools() {
    List<Change> removed = tell(Kind.POOL_REMOVED);
    List<Change> changes = tell(Kind.POOL_CHANGED, Kind.POOL_SCALED);
    List<Change> rolled = tell(Kind.POOL_ROLLED);
    awaited = removed.size() + rolled.size() + 1;
    removed.forEach(c -> pools.remove(c.name(), () -> next(this::finish)));
    for (Change c : tell(Kind.POOL_ADDED)) {
      try {
        pools.add(wanted.pools().get(c.name()), wanted.listeners());
      } catch (IOException e) {
        fail(c, e.getMessage());
      }
    }
    changes.forEach(this::change);
    rolled.forEach(this::change);
    pools.begin();
    rolled.forEach(this::roll);
    next(this::finish);
  }

  private void change(Change c) {
    PoolRuntime pool = pools.get(c.name()).orElseThrow();
    pool.change(wanted.pools().get(c.name()), why -> fail(c, why));
  }

  private void roll(Change c) {
    pools.get(c.name()).orElseThrow().roll(wanted.listeners(), new OfPool(c));
  }

  /** Follows the rollout of one pool. */
  private final class OfPool implements dev.baton.supervisor.admin.RolloutWatcher {
    private final Change change;

    private OfPool(Change change) {
      this.change = change;
    }

    @Override
    public void refused(String reason) {
      fail(change, reason);
      next(Reload.this::finish);
    }

    @Override
    public void progress(String line) {
      watcher.progress(change.name() + ": " + line);
    }

    @Override
    public void finished(Verdict verdict) {
      if (verdict.done()) {
        watcher.progress(change.name() + ": " + verdict.text());
      } else {
        fail(change, verdict.text());
      }
      next(Reload.this::finish);
    }
  }

  private boolean uses(Change of, String file) {
    return of.kind() == Kind.POOL_ROLLED
        && diff.running().pools().get(of.name()).files().contains(file);
  }

  private void finish() {
    for (Change c : tell(Kind.FILE_REMOVED)) {
      if (failed.stream().anyMatch(f -> uses(f, c.name()))) {
        fail(c, "a pool that could not be rolled has it still");
      } else {
        around.store().close(c.name());
      }
    }
    over.accept(failed);
    List<Change> restart = diff.of(Kind.NEEDS_RESTART);
    boolean nothing = diff.isEmpty() && files == 0;
    String text = nothing ? "nothing has changed" : "reloaded";
    if (!failed.isEmpty()) {
      text = "reloaded, but not all: " + failed.size() + " of it failed, see above";
    } else if (!restart.isEmpty()) {
      text = "reloaded, but for what needs a restart of the supervisor";
    }
    around.journal().info("supervisor", text);
    boolean done = failed.isEmpty() && restart.isEmpty();
    watcher.finished(new Verdict(done, text, 0, List.of(), Optional.empty()));
  }
}
