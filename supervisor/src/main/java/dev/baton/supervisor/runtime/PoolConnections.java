package dev.baton.supervisor.runtime;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Numbers;
import dev.baton.supervisor.config.DispatchConfig;
import dev.baton.supervisor.config.ListenerConfig;
import dev.baton.supervisor.config.ListenerMode;
import dev.baton.supervisor.config.PoolConfig;
import dev.baton.supervisor.core.Pool;
import dev.baton.supervisor.core.Slot;
import dev.baton.supervisor.core.Worker;
import dev.baton.supervisor.core.WorkerEvent;
import dev.baton.supervisor.core.WorkerId;
import dev.baton.supervisor.core.WorkerState;
import dev.baton.supervisor.core.dispatch.ClientHash;
import dev.baton.supervisor.core.dispatch.DispatchSettings;
import dev.baton.supervisor.core.dispatch.LeastConnections;
import dev.baton.supervisor.core.dispatch.Policy;
import dev.baton.supervisor.core.dispatch.RoundRobin;
import dev.baton.supervisor.dispatch.DispatchEvents;
import dev.baton.supervisor.dispatch.DispatchFigures;
import dev.baton.supervisor.dispatch.DispatchPlan;
import dev.baton.supervisor.dispatch.Dispatcher;
import dev.baton.sys.SysException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * How the connections of one pool's listeners reach its workers: keeps the dispatcher and the
 * reuseport sockets in step with the pool's state. Only for the loop's thread, but for {@link
 * #figures}.
 */
final class PoolConnections implements AutoCloseable {
  /** What was queued on a socket that was replaced is accepted for so long. */
  private static final long OLD_SOCKET_KEPT = TimeUnit.SECONDS.toNanos(10);

  private static final long REST_AFTER_REFUSAL = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long SHORTAGE_PAUSE = TimeUnit.MILLISECONDS.toNanos(50);
  private static final int WAIT_LIMIT = 1024;
  private static final long LOOK_AGAIN = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long LONGEST_EMPTYING = TimeUnit.MILLISECONDS.toNanos(200);

  private final Surroundings around;
  private final PoolConfig config;
  private final Map<String, ListenerConfig> listeners;
  private final PoolEvents events;
  private final Dispatcher dispatcher;
  private final ReuseportSockets reuseport;

  /**
   * The keys of the dispatched listeners' sockets; those of reuseport listeners have their slot.
   */
  private final Map<String, Integer> sockets = new HashMap<>();

  private final Set<WorkerId> known = new HashSet<>();
  private final Set<WorkerId> ready = new HashSet<>();
  private boolean held;
  private boolean still;
  private boolean emptied;
  private PoolConnections heir;

  private final Partings partings;

  /** What the pool is told, on the loop's thread. */
  interface PoolEvents {
    /** A worker must be killed. */
    void happened(WorkerId worker, WorkerEvent event);

    /** Connections must be asked back. */
    void recall(WorkerId worker, Numbers connections);

    /** Somebody connects and there is no worker. */
    void demand();

    /** What workers have said already is to be read now. */
    void readAll();
  }

  /**
   * Begins to accept where the supervisor accepts.
   *
   * @param waits whether to accept only when one of these workers serves
   * @param listeners all of the configuration, by name
   * @throws SysException when the system has no descriptors left for it
   */
  PoolConnections(
      PoolConfig config,
      Map<String, ListenerConfig> listeners,
      boolean waits,
      Surroundings around,
      PoolEvents events)
      throws SysException {
    this.config = config;
    this.listeners = listeners;
    this.around = around;
    this.events = events;
    this.held = waits;
    this.partings = new Partings(around.loop(), this::leaves);
    List<String> dispatched = listeners(ListenerMode.DISPATCH);
    List<String> split = listeners(ListenerMode.REUSEPORT);
    List<String> streams =
        split.stream().filter(n -> !listeners.get(n).address().datagram()).toList();
    this.dispatcher = start(dispatched, streams);
    this.reuseport =
        new ReuseportSockets(
            split,
            streams,
            longestHandshake(streams),
            around.store(),
            dispatcher,
            around.journal());
  }

  /** With TCP_DEFER_ACCEPT a connection is not in the queue before its first data came. */
  private long longestHandshake(List<String> streams) {
    return streams.stream()
        .flatMap(name -> listeners.get(name).tcp().deferAccept().stream())
        .mapToLong(Duration::toNanos)
        .max()
        .orElse(0);
  }

  private List<String> listeners(ListenerMode mode) {
    return config.listeners().stream().filter(n -> listeners.get(n).mode() == mode).toList();
  }

  private Dispatcher start(List<String> dispatched, List<String> streams) throws SysException {
    if (dispatched.isEmpty() && streams.isEmpty()) {
      return null;
    }
    Dispatcher started = Dispatcher.start(around.posix(), plan(dispatched, streams), new Posting());
    started.hold(held);
    try {
      for (String name : dispatched) {
        sockets.put(name, 0);
        started.extra(name, 0, around.store().lend(name));
      }
    } catch (SysException e) {
      started.close();
      throw e;
    }
    return started;
  }

  /** Without sockets: those come, go and are replaced later. */
  private DispatchPlan plan(List<String> dispatched, List<String> streams) {
    List<DispatchPlan.Source> sources = new ArrayList<>();
    dispatched.forEach(n -> sources.add(new DispatchPlan.Source(n, policy(n), Optional.empty())));
    streams.forEach(
        n -> sources.add(new DispatchPlan.Source(n, new RoundRobin(), Optional.empty())));
    DispatchConfig limits = config.dispatch();
    return new DispatchPlan(
        config.name(),
        new DispatchSettings(
            limits.recallAfter().toNanos(),
            limits.recallTimeout().toNanos(),
            REST_AFTER_REFUSAL,
            SHORTAGE_PAUSE,
            WAIT_LIMIT),
        limits.maxConnections(),
        limits.maxUnclaimed(),
        limits::weight,
        sources);
  }

  private Policy policy(String listener) {
    return switch (listeners.get(listener).policy()) {
      case ROUND_ROBIN -> new RoundRobin();
      case LEAST_CONNECTIONS -> new LeastConnections();
      case CLIENT_HASH -> new ClientHash();
    };
  }

  /** Whether workers of this pool are handed connections. */
  boolean handsOff() {
    return dispatcher != null;
  }

  /**
   * A worker with a slot has a process. Consumes {@code channel}, a duplicate of its control
   * channel's descriptor.
   */
  void added(WorkerId worker, OwnedFd channel) {
    known.add(worker);
    dispatcher.added(worker, worker.slot(), channel);
  }

  /** The worker that was just {@link #added} has these connections of an earlier supervisor. */
  void adopted(WorkerId worker, Numbers connections) {
    dispatcher.adopted(worker, connections);
  }

  /**
   * To be called with every new state of the pool, before its effects are carried out.
   *
   * @param instead who accepts, since none of these workers serves; null while they do
   */
  void settle(Pool pool, PoolConnections instead) {
    boolean stopping = pool.phase() == Pool.Phase.STOPPING;
    boolean idle = instead != null;
    if (idle || stopping) {
      hold(true); // before the last one leaves, or what is accepted then would wait for nobody
    }
    if (dispatcher != null) {
      introduceAll(pool, idle && !stopping);
    }
    if (!stopping) {
      reuseport.settle(pool, around.loop().now());
      hold(idle);
    }
    if (heir != instead) {
      heir = instead;
      Dispatcher theirs = instead == null ? null : instead.dispatcher;
      tell(d -> d.heir(theirs));
    }
  }

  private void leaves(WorkerId worker) {
    partings.remove(worker);
    if (ready.remove(worker)) {
      tell(d -> d.draining(worker));
    }
  }

  /** Accept nothing, or as usual; what was accepted is handed over all the same. */
  private void hold(boolean on) {
    if (held != on) {
      held = on;
      tell(d -> d.hold(on || still));
    }
  }

  /** Accepts nothing, or as before, and has what was accepted handed over: this program may end. */
  void standStill(boolean on) {
    still = on;
    emptied = false;
    tell(
        d -> {
          d.hold(held || on);
          if (on) {
            d.whenEmpty(() -> around.loop().execute(() -> emptied = true));
          }
        });
  }

  /** Whether all that was accepted is claimed, while it stands still. */
  boolean stillEmpty() {
    return dispatcher == null || emptied;
  }

  /** A listener has ended: it is not accepted from any more. */
  void ended(String listener) {
    Integer socket = sockets.remove(listener);
    if (socket != null) {
      tell(d -> d.noExtra(listener, socket));
    }
    reuseport.ended(listener);
  }

  private void introduceAll(Pool pool, boolean parts) {
    // Who comes first, or a slot would have nobody in between and its clients would move.
    for (Worker w : workers(pool, Worker::serving)) {
      if (known.contains(w.id()) && ready.add(w.id())) {
        dispatcher.ready(w.id());
      }
    }
    for (Worker w : workers(pool, w -> !w.serving())) {
      if (parts && w.state() == WorkerState.DRAINING && ready.contains(w.id())) {
        partings.add(w.id());
      } else {
        leaves(w.id());
      }
    }
  }

  private static List<Worker> workers(Pool pool, Predicate<Worker> which) {
    List<Worker> found = new ArrayList<>();
    for (Slot slot : pool.slots()) {
      for (Worker w : slot.workers()) {
        if (which.test(w)) {
          found.add(w);
        }
      }
    }
    return found;
  }

  private interface Command {
    void to(Dispatcher dispatcher);
  }

  private void tell(Command command) {
    if (dispatcher != null) {
      command.to(dispatcher);
    }
  }

  /** The worker is dead, and its channel was read to the end. */
  void reaped(WorkerId worker) {
    partings.remove(worker);
    ready.remove(worker);
    if (known.remove(worker)) {
      dispatcher.reaped(worker);
    }
  }

  void claimed(WorkerId worker, Numbers connections) {
    if (dispatcher != null) {
      dispatcher.claimed(worker, connections);
    }
  }

  void refused(WorkerId worker, Numbers connections) {
    if (dispatcher != null) {
      dispatcher.refused(worker, connections);
    }
  }

  void closed(WorkerId worker, Numbers connections) {
    if (dispatcher != null) {
      dispatcher.closed(worker, connections);
    }
  }

  /**
   * Runs the task once the slot's own sockets are empty, which get nothing new any more; soon in
   * any case. Where a slot has no sockets of its own, at once; but the last workers of one version
   * of the pool take over all that was accepted for them first.
   */
  void whenEmptied(WorkerId worker, Runnable task) {
    if (!partings.contains(worker)) {
      whenEmptied(worker.slot(), task, around.loop().now() + LONGEST_EMPTYING);
      return;
    }
    partings.whenEmpty(worker, dispatcher, task);
  }

  private void whenEmptied(int slot, Runnable task, long latest) {
    long now = around.loop().now();
    if (!reuseport.waitsFor(slot) || now >= latest) {
      task.run();
    } else {
      around.loop().timers().at(now + LOOK_AGAIN, () -> whenEmptied(slot, task, latest));
    }
  }

  /** To be called now and then. */
  void look(Pool pool) {
    reuseport.look(pool, around.loop().now());
  }

  /**
   * The store has replaced the socket of one of the pool's listeners. Whoever is in the old one's
   * queue is served all the same.
   */
  void replaced(String listener) throws SysException {
    if (sockets.containsKey(listener)) {
      OwnedFd socket = around.store().lend(listener);
      int old = sockets.get(listener);
      sockets.put(listener, old + 1);
      dispatcher.extra(listener, old + 1, socket);
      around
          .loop()
          .timers()
          .at(around.loop().now() + OLD_SOCKET_KEPT, () -> tell(d -> d.noExtra(listener, old)));
    }
  }

  /** What became of the connections; empty where workers accept themselves. Any thread. */
  Optional<DispatchFigures> figures() {
    return Optional.ofNullable(dispatcher).map(Dispatcher::figures);
  }

  @Override
  public void close() {
    tell(Dispatcher::close);
  }

  /** From the dispatch thread to the loop's. */
  private final class Posting implements DispatchEvents {
    @Override
    public void recall(WorkerId worker, Numbers connections) {
      around.loop().execute(() -> events.recall(worker, connections));
    }

    @Override
    public void fault(WorkerId worker, String reason) {
      around
          .loop()
          .execute(
              () -> events.happened(worker, WorkerEvent.of(WorkerEvent.Kind.VIOLATION, reason)));
    }

    @Override
    public void demand() {
      around.loop().execute(events::demand);
    }

    @Override
    public void catchUp(long ticket) {
      around
          .loop()
          .execute(
              () -> {
                events.readAll();
                dispatcher.caughtUp(ticket);
              });
    }

    @Override
    public void warning(String text) {
      around.loop().execute(() -> around.journal().warn(config.name(), text));
    }
  }
}
