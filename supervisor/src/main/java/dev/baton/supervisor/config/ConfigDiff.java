package dev.baton.supervisor.config;

import dev.baton.supervisor.config.Change.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The difference between the configuration that runs and another one: what a reload does, in order.
 * A pure function of the two.
 *
 * @param running the one that runs
 * @param wanted the other one
 * @param changes what leads from one to the other; empty when they are equal
 */
public record ConfigDiff(BatonConfig running, BatonConfig wanted, List<Change> changes) {
  /** What is only for the supervisor, or takes effect at the next end or start of a worker. */
  private static final Set<String> UNSEEN =
      Set.of(
          "startTimeout",
          "stopTimeout",
          "surge",
          "spares",
          "backoff",
          "start",
          "idleTimeout",
          "restart",
          "expectedExits",
          "permanentExits",
          "recycle",
          "after");

  /** What a socket that is bound can still be given. */
  private static final Set<String> IN_PLACE =
      Set.of("backlog", "mode", "policy", "keepAlive", "noDelay", "deferAccept", "fastOpenQueue");

  /** Copies the list. */
  public ConfigDiff {
    changes = List.copyOf(changes);
  }

  /** Compares two configurations. */
  public static ConfigDiff of(BatonConfig running, BatonConfig wanted) {
    return of(running, wanted, Set.of());
  }

  /**
   * Compares two configurations.
   *
   * @param unrolled pools that could not be rolled before, and are to be now
   */
  public static ConfigDiff of(BatonConfig running, BatonConfig wanted, Set<String> unrolled) {
    List<Change> changes = new ArrayList<>();
    if (!running.equals(wanted) || !unrolled.isEmpty()) {
      ofInstance(running, wanted, changes);
      ofFiles(running.files(), wanted.files(), changes);
      ofListeners(running.listeners(), wanted.listeners(), changes);
      ofPools(running, wanted, unrolled, changes);
    }
    changes.sort(Comparator.comparing(Change::kind));
    return new ConfigDiff(running, wanted, changes);
  }

  /** Whether there is nothing to do. */
  public boolean isEmpty() {
    return changes.isEmpty();
  }

  /** Those of some kinds, in order. */
  public List<Change> of(Kind... kinds) {
    Set<Kind> all = Set.of(kinds);
    return changes.stream().filter(c -> all.contains(c.kind())).toList();
  }

  private static void ofInstance(BatonConfig a, BatonConfig b, List<Change> changes) {
    unlessSame("name", a.name(), b.name(), changes);
    unlessSame("runtimeDir", a.runtimeDir(), b.runtimeDir(), changes);
    unlessSame("logs", a.logs(), b.logs(), changes);
    unlessSame("admin", a.admin(), b.admin(), changes);
    unlessSame("services.open", a.openService(), b.openService(), changes);
  }

  private static void unlessSame(String key, Object before, Object after, List<Change> changes) {
    if (!Objects.equals(before, after)) {
      changes.add(restart(key, key));
    }
  }

  private static Change restart(String name, String what) {
    return new Change(Kind.NEEDS_RESTART, name, what + ": needs a restart of the supervisor");
  }

  private static void ofFiles(
      Map<String, FileConfig> before, Map<String, FileConfig> after, List<Change> changes) {
    after.forEach(
        (name, file) -> {
          String what = "file " + name + ": ";
          if (!before.containsKey(name)) {
            changes.add(new Change(Kind.FILE_ADDED, name, what + "opened, " + file.path()));
          } else if (!before.get(name).equals(file)) {
            String keys = String.join(", ", Differing.keys(before.get(name), file));
            changes.add(new Change(Kind.FILE_CHANGED, name, what + "opened anew: " + keys));
          }
        });
    for (String name : without(before, after)) {
      changes.add(new Change(Kind.FILE_REMOVED, name, "file " + name + ": closed"));
    }
  }

  private static Set<String> without(Map<String, ?> all, Map<String, ?> some) {
    Set<String> rest = new LinkedHashSet<>(all.keySet());
    rest.removeAll(some.keySet());
    return rest;
  }

  private static void ofListeners(
      Map<String, ListenerConfig> before, Map<String, ListenerConfig> after, List<Change> changes) {
    after.forEach(
        (name, listener) -> {
          if (!before.containsKey(name)) {
            String text = "listener " + name + ": bound, " + listener.address().uri();
            changes.add(new Change(Kind.LISTENER_ADDED, name, text));
          } else if (!before.get(name).equals(listener)) {
            changes.add(ofListener(before.get(name), listener));
          }
        });
    for (String name : without(before, after)) {
      String text = "listener " + name + ": emptied and ended, " + before.get(name).address().uri();
      changes.add(new Change(Kind.LISTENER_REMOVED, name, text));
    }
  }

  private static Change ofListener(ListenerConfig before, ListenerConfig after) {
    String name = after.name();
    String what = "listener " + name + ": ";
    if (!before.address().equals(after.address())) {
      String text =
          what + "bound anew, " + after.address().uri() + " instead of " + before.address().uri();
      return new Change(Kind.LISTENER_REBOUND, name, text);
    }
    List<String> keys = Differing.keys(before, after);
    boolean grouped =
        before.mode() == ListenerMode.REUSEPORT || after.mode() == ListenerMode.REUSEPORT;
    List<String> stuck =
        keys.stream()
            .filter(k -> !IN_PLACE.contains(k) || after.address().datagram() || grouped)
            .toList();
    if (!stuck.isEmpty()) {
      return restart("listener " + name, what + String.join(", ", stuck));
    }
    return new Change(Kind.LISTENER_CHANGED, name, what + "changed: " + String.join(", ", keys));
  }

  private static void ofPools(
      BatonConfig a, BatonConfig b, Set<String> unrolled, List<Change> changes) {
    Set<String> stuck = new LinkedHashSet<>();
    changes.stream().filter(c -> !c.possible()).forEach(c -> stuck.add(c.name()));
    b.pools()
        .forEach(
            (name, pool) -> {
              PoolConfig before = a.pools().get(name);
              if (before == null) {
                String workers = pool.workers() == 1 ? " worker" : " workers";
                String text = "pool " + name + ": begins, " + pool.workers() + workers;
                changes.add(new Change(Kind.POOL_ADDED, name, text));
              } else {
                List<String> others = seen(a, b, pool, stuck);
                if (unrolled.contains(name)) {
                  others.add("what failed before");
                }
                ofPool(before, pool, others, changes);
              }
            });
    for (String name : without(a.pools(), b.pools())) {
      changes.add(new Change(Kind.POOL_REMOVED, name, "pool " + name + ": drained and ended"));
    }
  }

  /** The listeners of a pool that its workers will see as others. */
  private static List<String> seen(
      BatonConfig a, BatonConfig b, PoolConfig pool, Set<String> stuck) {
    List<String> seen = new ArrayList<>();
    for (String name : pool.listeners()) {
      ListenerConfig before = a.listeners().get(name);
      ListenerConfig after = b.listeners().get(name);
      if (before != null
          && !stuck.contains("listener " + name)
          && !(before.address().equals(after.address())
              && before.mode() == after.mode()
              && before.policy() == after.policy())) {
        seen.add("listener " + name);
      }
    }
    return seen;
  }

  private static void ofPool(
      PoolConfig before, PoolConfig after, List<String> listeners, List<Change> changes) {
    String name = after.name();
    List<String> unseen = new ArrayList<>();
    List<String> seen = new ArrayList<>();
    for (String key : Differing.keys(before, after)) {
      boolean sameOutput = key.equals("log") && before.log().to() == after.log().to();
      if (UNSEEN.contains(key) || sameOutput) {
        unseen.add(key);
      } else if (!key.equals("workers")) {
        seen.add(key);
      }
    }
    seen.addAll(listeners);
    String what = "pool " + name + ": ";
    if (!unseen.isEmpty()) {
      String text = what + "changed: " + String.join(", ", unseen);
      changes.add(new Change(Kind.POOL_CHANGED, name, text));
    }
    if (before.workers() != after.workers()) {
      String text = what + "scaled from " + before.workers() + " to " + after.workers();
      changes.add(new Change(Kind.POOL_SCALED, name, text));
    }
    if (!seen.isEmpty()) {
      String text = what + "rolled: " + String.join(", ", seen);
      changes.add(new Change(Kind.POOL_ROLLED, name, text));
    }
  }

  /**
   * The configuration that runs when some of this was done.
   *
   * @param done which of the possible changes
   */
  public BatonConfig applied(Predicate<Change> done) {
    Set<String> kept = new LinkedHashSet<>();
    for (Change c : changes) {
      if (!c.possible() || !done.test(c)) {
        kept.add(sort(c.kind()) + c.name());
      }
    }
    return new BatonConfig(
        kept.contains("name") ? running.name() : wanted.name(),
        wanted.file(),
        kept.contains("runtimeDir") ? running.runtimeDir() : wanted.runtimeDir(),
        merged("listener ", running.listeners(), wanted.listeners(), kept),
        merged("file ", running.files(), wanted.files(), kept),
        merged("pool ", running.pools(), wanted.pools(), kept),
        kept.contains("logs") ? running.logs() : wanted.logs(),
        kept.contains("services.open") ? running.openService() : wanted.openService(),
        kept.contains("admin") ? running.admin() : wanted.admin());
  }

  private static String sort(Kind kind) {
    return switch (kind) {
      case FILE_ADDED, FILE_CHANGED, FILE_REMOVED -> "file ";
      case LISTENER_ADDED, LISTENER_REBOUND, LISTENER_CHANGED, LISTENER_REMOVED -> "listener ";
      case POOL_ADDED, POOL_CHANGED, POOL_SCALED, POOL_ROLLED, POOL_REMOVED -> "pool ";
      case NEEDS_RESTART -> "";
    };
  }

  private static <T> Map<String, T> merged(
      String sort, Map<String, T> before, Map<String, T> after, Set<String> kept) {
    Map<String, T> all = new LinkedHashMap<>();
    after.forEach(
        (name, value) -> {
          boolean old = kept.contains(sort + name);
          if (!old) {
            all.put(name, value);
          } else if (before.containsKey(name)) {
            all.put(name, before.get(name));
          }
        });
    before.forEach(
        (name, value) -> {
          if (!after.containsKey(name) && kept.contains(sort + name)) {
            all.put(name, value);
          }
        });
    return all;
  }
}
