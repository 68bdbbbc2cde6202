package dev.baton.supervisor.runtime;

import dev.baton.supervisor.config.PoolConfig;
import dev.baton.supervisor.store.DeployedFiles;
import dev.baton.supervisor.store.Release;
import dev.baton.supervisor.store.ReleaseException;
import dev.baton.supervisor.store.ReleaseHistory;
import dev.baton.supervisor.store.ReleaseHistory.Entry;
import dev.baton.supervisor.store.ReleaseHistory.State;
import dev.baton.supervisor.store.ReleaseStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * Which copy of its plugin each generation of a pool runs from. What an operator has deployed stays
 * in place of the configured class path, over restarts of the supervisor too, until the
 * configuration names another or the configured one is deployed. Does blocking file I/O; only for
 * the spawner thread.
 */
final class Releases {
  /** Kept beside those in use and those that can be gone back to. */
  private static final int KEEP = 2;

  private final ReleaseStore store;
  private final Map<String, Map<Integer, Choice>> byGeneration = new HashMap<>();
  private final Map<String, ReleaseHistory> histories = new HashMap<>();

  /**
   * What a generation is to run from.
   *
   * @param source where it was copied from; empty for the configured class path
   * @param back whether an operator goes back to it
   */
  record Choice(Release release, String source, boolean back) {}

  Releases(ReleaseStore store) {
    this.store = store;
  }

  /** The files of a generation are fixed by its first worker; a failure is tried again. */
  Release of(PoolConfig pool, int generation) throws IOException, ReleaseException {
    Choice known = ofPool(pool.name()).get(generation);
    if (known == null) {
      known = choose(pool);
      pin(pool, generation, known);
      if (ofPool(pool.name()).size() == 1) {
        history(pool.name()).serves(known.release().hash(), false); // there is no rollout to it
      }
    }
    return known.release();
  }

  /** Workers of this generation serve already, from the release that is known to serve. */
  void adopt(PoolConfig pool, int generation) throws IOException {
    Entry serving = history(pool.name()).serving().orElse(null);
    if (serving != null) {
      try {
        Release release = store.find(pool.name(), serving);
        ofPool(pool.name()).put(generation, new Choice(release, serving.source(), false));
      } catch (ReleaseException e) {
        throw new IOException(e.getMessage(), e);
      }
    }
  }

  private Choice choose(PoolConfig pool) throws IOException, ReleaseException {
    Entry serving = history(pool.name()).serving().filter(e -> standsIn(e, pool)).orElse(null);
    if (serving != null) {
      return new Choice(store.find(pool.name(), serving), serving.source(), false);
    }
    return new Choice(store.snapshot(pool.name(), pool.classPath()), "", false);
  }

  private static boolean standsIn(Entry entry, PoolConfig pool) {
    return entry.deployed() && entry.configured().equals(pool.classPath());
  }

  /**
   * Copies what is to be deployed.
   *
   * @param path a jar or folder; empty for the configured class path
   */
  Choice copy(PoolConfig pool, Optional<Path> path) throws ReleaseException {
    if (path.isEmpty()) {
      return new Choice(store.snapshot(pool.name(), pool.classPath()), "", false);
    }
    List<String> classPath = DeployedFiles.classPath(path.get());
    return new Choice(store.snapshot(pool.name(), classPath), path.get().toString(), false);
  }

  /**
   * A release that the pool has had.
   *
   * @param wanted how its hash begins; empty for the one before
   */
  Choice earlier(PoolConfig pool, Optional<String> wanted) throws IOException, ReleaseException {
    ReleaseHistory history = history(pool.name());
    List<Entry> found =
        wanted.isEmpty()
            ? history.before().stream().toList()
            : history.entries().stream().filter(e -> e.hash().startsWith(wanted.get())).toList();
    if (found.size() != 1) {
      throw new ReleaseException(
          wanted.isEmpty()
              ? "pool " + pool.name() + " has had no other release before"
              : (found.isEmpty() ? "no release" : "more than one release")
                  + " of pool "
                  + pool.name()
                  + " begins with "
                  + wanted.get()
                  + "; there are: "
                  + String.join(", ", history.entries().stream().map(Entry::hash).toList()));
    }
    Entry entry = found.get(0);
    if (entry.state() == State.SERVING) {
      throw new ReleaseException("release " + entry.hash() + " is the one that serves");
    }
    return new Choice(store.find(pool.name(), entry), source(entry), true);
  }

  /** Gone back to, the configured class path as it was stands in for the one that is there now. */
  private static String source(Entry entry) {
    return entry.deployed() ? entry.source() : "the configured class path";
  }

  /** A generation that is begun next is to run from this. */
  void pin(PoolConfig pool, int generation, Choice choice) throws IOException {
    ofPool(pool.name()).put(generation, choice);
    history(pool.name()).tried(choice.release(), choice.source(), pool.classPath());
  }

  /** It is not begun. */
  void unpin(String pool, int generation) throws IOException {
    Choice choice = ofPool(pool).remove(generation);
    if (choice != null) {
      history(pool).rejected(choice.release().hash());
    }
  }

  /** A rollout is over. */
  void decided(String pool, int tried, boolean done) throws IOException {
    Choice choice = ofPool(pool).get(tried);
    if (choice == null) {
      return; // it came to no start
    }
    if (done) {
      history(pool).serves(choice.release().hash(), choice.back());
    } else {
      history(pool).rejected(choice.release().hash());
    }
  }

  /** Forgets the generations that no worker can be of any more, and their files. */
  void forget(String pool, IntPredicate used) throws IOException {
    ofPool(pool).keySet().removeIf(generation -> !used.test(generation));
    Set<String> kept = new HashSet<>();
    ofPool(pool).values().forEach(c -> kept.add(c.release().hash()));
    history(pool).entries().stream()
        .filter(e -> e.state() != State.REJECTED)
        .forEach(e -> kept.add(e.hash()));
    store.keepOnly(pool, kept, KEEP);
  }

  /** All that the pool has had and that are still known, the newest last. */
  List<Entry> list(String pool) throws IOException {
    return history(pool).entries();
  }

  private Map<Integer, Choice> ofPool(String pool) {
    return byGeneration.computeIfAbsent(pool, name -> new HashMap<>());
  }

  private ReleaseHistory history(String pool) throws IOException {
    ReleaseHistory known = histories.get(pool);
    if (known == null) {
      known = store.history(pool);
      histories.put(pool, known);
    }
    return known;
  }
}
