package dev.baton.supervisor.runtime;

import dev.baton.supervisor.admin.DiffView;
import dev.baton.supervisor.admin.ReloadWatcher;
import dev.baton.supervisor.admin.UnusableException;
import dev.baton.supervisor.config.BatonConfig;
import dev.baton.supervisor.config.Change;
import dev.baton.supervisor.config.Change.Kind;
import dev.baton.supervisor.config.ConfigDiff;
import dev.baton.supervisor.config.ConfigException;
import dev.baton.supervisor.config.ListenerConfig;
import dev.baton.supervisor.config.Problem;
import dev.baton.supervisor.store.Acquired;
import dev.baton.supervisor.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * Reads the configuration again and has what differs done, one reload at a time. What may block, or
 * fail, comes first and on a thread of its own: reading the file, opening files, binding listeners.
 * Only when all of that has gone well is anything changed. Only for the loop's thread.
 */
final class Reloads {
  private final Surroundings around;
  private final ConfigSource source;
  private final Pools pools;
  private final Runnable changed;
  private final Set<String> unrolled = new TreeSet<>();
  private BatonConfig running;
  private boolean busy;

  /**
   * @param running what runs now
   * @param source where another one may be read
   * @param changed called when the listeners are others
   */
  Reloads(
      Surroundings around,
      BatonConfig running,
      ConfigSource source,
      Pools pools,
      Runnable changed) {
    this.around = around;
    this.running = running;
    this.source = source;
    this.pools = pools;
    this.changed = changed;
  }

  /** Does it, or tells why not. */
  void begin(ReloadWatcher watcher) {
    List<String> rolling = rolling();
    if (busy || !rolling.isEmpty()) {
      watcher.refused(
          busy
              ? "a reload is under way"
              : "a rollout is under way of pool " + String.join(", ", rolling));
      return;
    }
    busy = true;
    Prepared prepared = new Prepared(running, around.store().marks(), Set.copyOf(unrolled));
    new Thread(() -> prepare(prepared, watcher), "baton-reload").start();
  }

  /** The pools that a rollout is under way of. */
  List<String> rolling() {
    return pools.byName().entrySet().stream()
        .filter(p -> p.getValue().snapshot().pool().rollout().isPresent())
        .map(p -> p.getKey())
        .toList();
  }

  /** Whether one is under way. */
  boolean busy() {
    return busy;
  }

  /**
   * What would be done.
   *
   * @return completes on another thread
   */
  CompletableFuture<DiffView> diff() {
    Prepared from = new Prepared(running, around.store().marks(), Set.copyOf(unrolled));
    CompletableFuture<DiffView> result = new CompletableFuture<>();
    Runnable look =
        () -> {
          try {
            result.complete(diff(from));
          } catch (ConfigException e) {
            List<String> problems = e.problems().stream().map(Problem::toString).toList();
            result.completeExceptionally(new UnusableException(true, problems));
          } catch (RuntimeException e) {
            result.completeExceptionally(e);
          }
        };
    new Thread(look, "baton-diff").start();
    return result;
  }

  private DiffView diff(Prepared from) throws ConfigException {
    ConfigDiff diff = ConfigDiff.of(from.running(), source.read(), from.unrolled());
    List<String> texts = new ArrayList<>();
    Set<String> known = new TreeSet<>();
    diff.of(Kind.FILE_CHANGED).forEach(c -> known.add(c.name()));
    BatonConfig wanted = diff.applied(c -> true);
    for (String file : from.held().changed(around.posix(), wanted.files().values())) {
      if (!known.contains(file)) {
        texts.add("file " + file + ": opened anew, it has changed");
      }
    }
    diff.changes().forEach(c -> texts.add(c.text()));
    return new DiffView(texts);
  }

  /** What the difference is to be made to. */
  private record Prepared(BatonConfig running, Acquired.Held held, Set<String> unrolled) {}

  private void prepare(Prepared from, ReloadWatcher watcher) {
    try {
      ConfigDiff diff = ConfigDiff.of(from.running(), source.read(), from.unrolled());
      BatonConfig wanted = diff.applied(c -> true);
      List<ListenerConfig> bound =
          diff.of(Kind.LISTENER_ADDED, Kind.LISTENER_REBOUND).stream()
              .map(c -> wanted.listeners().get(c.name()))
              .toList();
      List<String> taken = taken(diff, bound);
      if (!taken.isEmpty()) {
        around.loop().execute(() -> unusable(false, taken, watcher));
        return;
      }
      Acquired acquired =
          Acquired.open(around.posix(), from.held(), wanted.files().values(), bound);
      around.loop().execute(() -> apply(diff, wanted, acquired, watcher));
    } catch (ConfigException e) {
      List<String> problems = e.problems().stream().map(Problem::toString).toList();
      around.loop().execute(() -> unusable(true, problems, watcher));
    } catch (StoreException e) {
      around.loop().execute(() -> unusable(false, e.problems(), watcher));
    } catch (RuntimeException e) {
      around.loop().execute(() -> unusable(false, List.of("a bug: " + e), watcher));
    }
  }

  /**
   * Two sockets cannot be bound to one address, not even for the moment in which one is given up.
   */
  private static List<String> taken(ConfigDiff diff, List<ListenerConfig> bound) {
    List<String> problems = new ArrayList<>();
    for (ListenerConfig listener : bound) {
      String uri = listener.address().uri();
      diff.running().listeners().values().stream()
          .filter(l -> l.address().uri().equals(uri) && !uri.endsWith(":0"))
          .filter(
              l ->
                  diff.of(Kind.LISTENER_REMOVED, Kind.LISTENER_REBOUND).stream()
                      .anyMatch(c -> c.name().equals(l.name())))
          .forEach(
              l ->
                  problems.add(
                      "listener "
                          + listener.name()
                          + ": "
                          + uri
                          + ": listener "
                          + l.name()
                          + " has this address until it is gone: reload without one of them"
                          + " first"));
    }
    return problems;
  }

  private void unusable(boolean configuration, List<String> problems, ReloadWatcher watcher) {
    busy = false;
    for (String problem : problems) {
      around.journal().warn("supervisor", "not reloaded: " + problem);
    }
    watcher.unusable(configuration, problems);
  }

  private void apply(
      ConfigDiff diff, BatonConfig wanted, Acquired acquired, ReloadWatcher watcher) {
    new Reload(around, pools, diff, wanted, watcher, changed, failed -> over(diff, failed))
        .run(acquired);
  }

  private void over(ConfigDiff diff, Set<Change> failed) {
    busy = false;
    running = diff.applied(c -> !failed.contains(c));
    unrolled.removeIf(p -> diff.of(Kind.POOL_ROLLED).stream().anyMatch(c -> c.name().equals(p)));
    failed.stream()
        .filter(c -> c.kind() == Kind.POOL_ROLLED)
        .map(Change::name)
        .forEach(unrolled::add);
  }
}
