package dev.baton.supervisor.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the listeners of a pool allow it, and what they do not. */
final class PoolListeners {

  private final Reading reading;
  private final Set<String> names;
  private final Map<String, ListenerConfig> good;
  private final Map<String, String> owners = new HashMap<>();

  /**
   * For all pools of a file.
   *
   * @param names of all listeners
   * @param good those that could be read
   */
  PoolListeners(Reading reading, Set<String> names, Map<String, ListenerConfig> good) {
    this.reading = reading;
    this.names = names;
    this.good = good;
  }

  Set<String> names() {
    return names;
  }

  /**
   * A pool uses a listener. The sockets of a reuseport listener are those of one pool's slots, and
   * a dispatched connection goes to one pool's workers.
   */
  void use(String pool, Value value) {
    Optional<String> mode = mode(value.text()).filter(m -> m != ListenerMode.SHARED).map(Words::of);
    String owner = mode.isEmpty() ? null : owners.putIfAbsent(value.text(), pool);
    if (owner != null && !owner.equals(pool)) {
      String found = value.words() + " of mode " + mode.get() + ", which pool " + owner + " has";
      String allowed = "a listener that no other pool has, or one of mode shared";
      reading.problems().add(value.line(), value.path(), found, allowed);
    }
  }

  /** Refuses a {@code dispatch} section that would do nothing. */
  void checkDispatch(Section pool, List<String> used) {
    if (pool.has("dispatch") && known(pool, used) && used.stream().noneMatch(this::dispatched)) {
      String allowed = "none, or a listener of mode dispatch";
      refuse(pool, "dispatch", "dispatch options without a dispatched listener", allowed);
    }
  }

  /** Refuses a start on demand where the supervisor would not see the demand. */
  void checkOnDemand(Section pool, List<String> used) {
    if (!known(pool, used)) {
      return;
    }
    String allowed = "always, or only listeners of mode dispatch";
    if (used.isEmpty()) {
      refuse(pool, "start", "on-demand without a listener", allowed);
    }
    used.stream()
        .filter(name -> !dispatched(name))
        .findFirst()
        .ifPresent(
            name -> {
              String mode = Words.of(good.get(name).mode());
              String found = "on-demand with the listener " + name + " of mode " + mode;
              refuse(pool, "start", found, allowed);
            });
  }

  /** After a problem with one of them, nothing can be said about all. */
  private boolean known(Section pool, List<String> used) {
    Optional<LocatedNode> written = pool.raw("listeners").filter(node -> !node.isNull());
    if (written.isPresent()) {
      boolean list = written.get() instanceof LocatedNode.Sequence;
      if (!list || ((LocatedNode.Sequence) written.get()).items().size() != used.size()) {
        return false;
      }
    }
    return good.keySet().containsAll(used);
  }

  private boolean dispatched(String name) {
    return mode(name).filter(m -> m == ListenerMode.DISPATCH).isPresent();
  }

  private Optional<ListenerMode> mode(String name) {
    return Optional.ofNullable(good.get(name)).map(ListenerConfig::mode);
  }

  private void refuse(Section pool, String key, String found, String allowed) {
    reading.problems().add(pool.line(key), pool.path(key), found, allowed);
  }
}
