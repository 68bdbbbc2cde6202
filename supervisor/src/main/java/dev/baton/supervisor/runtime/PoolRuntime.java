package dev.baton.supervisor.runtime;

import dev.baton.protocol.Numbers;
import dev.baton.supervisor.admin.RolloutWatcher;
import dev.baton.supervisor.adoption.Orphan;
import dev.baton.supervisor.config.ListenerConfig;
import dev.baton.supervisor.config.PoolConfig;
import dev.baton.supervisor.config.StartMode;
import dev.baton.supervisor.core.Effect;
import dev.baton.supervisor.core.Explainer;
import dev.baton.supervisor.core.Explanation;
import dev.baton.supervisor.core.HeartbeatRules;
import dev.baton.supervisor.core.Pool;
import dev.baton.supervisor.core.PoolEvent;
import dev.baton.supervisor.core.PoolMachine;
import dev.baton.supervisor.core.RolloutPlan;
import dev.baton.supervisor.core.Slot;
import dev.baton.supervisor.core.Step;
import dev.baton.supervisor.core.WorkerEvent;
import dev.baton.supervisor.core.WorkerEvent.Kind;
import dev.baton.supervisor.core.WorkerId;
import dev.baton.supervisor.core.WorkerState;
import dev.baton.supervisor.dispatch.DispatchFigures;
import dev.baton.supervisor.loop.Timers;
import dev.baton.supervisor.process.ResidentSets;
import dev.baton.sys.SysException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * One pool at work: it feeds events to the core and carries its effects out. Only for the loop's
 * thread, but for {@link #snapshot}.
 */
final class PoolRuntime implements Starts.Pool, PoolConnections.PoolEvents {
  private final Surroundings around;
  private final PoolVersions versions;
  private final LogCare logCare;
  private final PostMortems ends;
  private final ResidentSets memory;
  private final Runnable moved;
  private final Runnable stopped;
  private final LiveWorkers live = new LiveWorkers();
  private final Queue<PoolEvent> events = new ArrayDeque<>();
  private final Rollouts rollouts;
  private PoolConfig config;
  private EarlierPool earlier;
  private OnDemand onDemand;
  private Recycler recycler;
  private boolean stepping;
  private Pool state;
  private Timers.Timer alarm;
  private volatile PoolSnapshot snapshot;

  /**
   * @param listeners all of the configuration, by name
   * @param firstRun above all runs that left logs behind
   * @param earlier what an earlier supervisor has left of it
   * @param memory tells what memory workers take
   * @param moved called after every step
   * @param stopped called once no worker of a stopping pool is left
   * @throws SysException when the system has no descriptors left for it
   */
  PoolRuntime(
      PoolConfig config,
      Map<String, ListenerConfig> listeners,
      int firstRun,
      EarlierPool earlier,
      Surroundings around,
      ResidentSets memory,
      Runnable moved,
      Runnable stopped)
      throws SysException {
    this.config = config;
    this.around = around;
    this.versions = new PoolVersions(around.loop());
    this.onDemand = new OnDemand(config);
    this.earlier = earlier;
    int target = earlier.target(config.workers()).orElse(onDemand.first());
    if (target > 0) {
      onDemand.scaled(target);
    }
    Pool fresh = Pool.create(config.name(), CoreSettings.of(config), target, firstRun);
    this.state = earlier.resumed(fresh, around.loop().now());
    this.moved = moved;
    this.ends = new PostMortems(around, this::publish);
    this.rollouts =
        new Rollouts(around, versions, live, ends, () -> this.config, () -> state, this::handle);
    this.memory = memory;
    this.recycler = new Recycler(config, around, memory);
    this.stopped = stopped;
    this.logCare = new LogCare(config, around, live);
    versions.begin(version(config, listeners, false));
    publish();
  }

  private PoolVersion version(PoolConfig of, Map<String, ListenerConfig> listeners, boolean waits)
      throws SysException {
    PoolConnections connections = new PoolConnections(of, listeners, waits, around, this);
    Greeter greeter = new Greeter(of, listeners, around);
    return new PoolVersion(connections, new Starts(of, greeter, around, live, connections, this));
  }

  /** Accepts nothing new, or as before; see {@link PoolConnections#standStill}. */
  void standStill(boolean on) {
    versions.standStill(on);
  }

  /** Whether all that was accepted is claimed, while it stands still. */
  boolean stillEmpty() {
    return versions.stillEmpty();
  }

  /**
   * Goes on by another configuration, but for what workers see.
   *
   * @param refused told when that cannot be now
   */
  void change(PoolConfig next, Consumer<String> refused) {
    boolean scaled = next.workers() != config.workers();
    boolean onDemandBefore = config.start() == StartMode.ON_DEMAND;
    boolean recycled = !next.supervision().recycle().equals(config.supervision().recycle());
    config = next;
    logCare.change(next);
    recycler = recycled ? new Recycler(next, around, memory) : recycler;
    onDemand = onDemand.changed(next, scaled);
    rollouts.command(new PoolEvent.Configure(CoreSettings.of(next)), refused);
    boolean sleeps = onDemandBefore && state.target() == 0;
    boolean wakes = sleeps && next.start() != StartMode.ON_DEMAND;
    if (wakes || scaled && !sleeps) {
      rollouts.command(new PoolEvent.Scale(next.workers()), refused);
    }
  }

  /**
   * Replaces every worker by one that sees the configuration of {@link #change}.
   *
   * @param listeners all of the configuration, by name
   */
  void roll(Map<String, ListenerConfig> listeners, RolloutWatcher asking) {
    PoolVersion next;
    try {
      next = version(config, listeners, true);
    } catch (SysException e) {
      asking.refused("no descriptors left: " + e.getMessage());
      return;
    }
    rollouts.roll(next, asking);
  }

  /** Where its connections come from, for who ends a listener. */
  PoolVersions versions() {
    return versions;
  }

  PoolConfig config() {
    return config;
  }

  /** The pool at one moment. Any thread. */
  PoolSnapshot snapshot() {
    return snapshot;
  }

  /** Whether workers of an earlier supervisor wait to be taken over by {@link #begin}. */
  boolean inherited() {
    return !earlier.orphans().isEmpty();
  }

  void begin() {
    List<Orphan> orphans = earlier.orphans();
    earlier = EarlierPool.NONE;
    if (!orphans.isEmpty()) {
      around.starter().chore(r -> r.adopt(config, state.generation()));
    }
    for (Orphan orphan : orphans) {
      versions.starting(orphan.id(), orphan.record().generation()).starts().adopt(orphan);
    }
    handle(new PoolEvent.Begin());
  }

  /** What replaces its workers, and who follows that. */
  Rollouts rollouts() {
    return rollouts;
  }

  /** Sets the target; {@code refused} is told when that cannot be now. */
  void scale(int target, Consumer<String> refused) {
    rollouts.command(new PoolEvent.Scale(target), refused);
    if (state.target() == target) { // not refused
      onDemand.scaled(target);
    }
  }

  /**
   * Starts again what waits or has failed.
   *
   * @param slot empty for all
   * @param refused told when that cannot be
   * @return the slots that this concerns
   */
  List<Integer> reset(OptionalInt slot, Consumer<String> refused) {
    List<Integer> delayed =
        state.places().stream()
            .filter(s -> s.delayed() && (slot.isEmpty() || slot.getAsInt() == s.index()))
            .map(Slot::index)
            .toList();
    rollouts.command(new PoolEvent.Reset(slot), refused);
    return delayed;
  }

  /** Why a slot is in its state and what happens next; empty when there never was such a slot. */
  Optional<Explanation> explain(int slot) {
    long now = around.loop().now();
    return Explainer.of(state, slot, now)
        .map(e -> recycler.complete(state, e, live, figures(), now));
  }

  /** Those that have a process. */
  List<LiveWorker> workers() {
    return live.all();
  }

  /** The log files of its workers. */
  LogCare logs() {
    return logCare;
  }

  void stop(boolean now) {
    handle(new PoolEvent.Stop(now));
  }

  /** How often {@link #heartbeat} is to be called, in nanoseconds. */
  long heartbeatPeriod() {
    return state.settings().heartbeat().period();
  }

  /** Asks every worker for a sign of life, and ends those that have given none for too long. */
  void heartbeat() {
    HeartbeatRules rules = state.settings().heartbeat();
    String why = "has not answered " + rules.missed() + " heartbeats";
    live.beat(rules, around.loop().now(), w -> happened(w, WorkerEvent.of(Kind.HUNG, why)));
    changed(); // what the workers have said with their last answers
  }

  /** What became of the connections that the supervisor handed to the workers. Any thread. */
  Optional<DispatchFigures> figures() {
    return versions.figures();
  }

  /** To be called now and then: what is due without an event. */
  void look() {
    versions.look(state);
    rollouts.look();
    versions
        .figures()
        .filter(f -> onDemand.sleeps(state, f.idleNanos(), around.loop().now()))
        .ifPresent(f -> rescale(0, "idle for its idleTimeout"));
    recycler.look(state, live, figures()).ifPresent(this::handle);
  }

  @Override
  public void demand() {
    onDemand.wake(state).ifPresent(workers -> rescale(workers, "somebody connects"));
  }

  private void rescale(int workers, String why) {
    around.journal().info(config.name(), why);
    rollouts.command(new PoolEvent.Scale(workers), refusal -> {});
  }

  @Override
  public void readAll() {
    live.readAll();
  }

  @Override
  public void recall(WorkerId worker, Numbers recalled) {
    live.with(worker, w -> w.session().recall(recalled));
  }

  /** The store has given a listener another socket, which new workers are to be told of. */
  void replaced(String listener) {
    try {
      versions.serving().connections().replaced(listener);
    } catch (SysException e) {
      around.journal().warn("listener " + listener, "cannot be accepted from: " + e.getMessage());
    }
    rollouts.restart(RolloutPlan.plain(config.surge()), new Unwatched());
  }

  /** For what the store has changed of that which the workers have. */
  Reoffers reoffers() {
    return new Reoffers(around, live);
  }

  @Override
  public void happened(WorkerId worker, WorkerEvent event) {
    if (event.kind() == Kind.REAPED) {
      LiveWorker ended = live.remove(worker);
      around.starter().reaped(ended.pid());
      ends.begin(worker, ended.remains(), state, figures());
      around.state().ended(worker);
      versions.reaped(worker);
    } else if (event.kind() == Kind.SPAWN_FAILED) {
      versions.forget(worker);
    }
    handle(new PoolEvent.OfWorker(worker, event));
  }

  @Override
  public void claimed(WorkerId worker, Numbers taken) {
    versions.claimed(worker, taken);
  }

  @Override
  public void refused(WorkerId worker, Numbers given) {
    versions.refused(worker, given);
  }

  @Override
  public void closed(WorkerId worker, Numbers ended) {
    versions.closed(worker, ended);
  }

  @Override
  public void changed() {
    live.changed();
    publish();
  }

  private void publish() {
    snapshot = new PoolSnapshot(state, live.processes(), ends.bySlot());
  }

  /** Effects can cause events; those wait until the step that caused them is carried out. */
  private void handle(PoolEvent event) {
    events.add(event);
    if (stepping) {
      return;
    }
    stepping = true;
    List<WorkerId> over = new ArrayList<>();
    try {
      for (PoolEvent next = events.poll(); next != null; next = events.poll()) {
        Starts.over(next).ifPresent(over::add);
        Starts.over(next).ifPresent(id -> live.with(id, LiveWorker::quietIsOver));
        Step<Pool> step = PoolMachine.step(state, next, around.loop().now());
        state = step.state();
        around.state().pool(state, config.workers());
        versions.settle(state);
        step.effects().forEach(this::carryOut);
      }
    } finally {
      stepping = false;
      setAlarm();
      publish();
    }
    over.forEach(around.gate()::leave);
    moved.run();
  }

  private void setAlarm() {
    if (alarm != null) {
      alarm.cancel();
    }
    long next = state.nextDeadline();
    alarm =
        next == Timers.NEVER
            ? null
            : around.loop().timers().at(next, () -> handle(new PoolEvent.Tick()));
  }

  private void carryOut(Effect effect) {
    if (live.carryOut(effect, around)) {
      return;
    }
    if (effect instanceof Effect.Spawn e) {
      versions
          .starting(e.worker(), e.generation())
          .starts()
          .start(e.worker(), e.generation(), e.quiet());
    } else if (effect instanceof Effect.Greet e) {
      versions.of(e.worker()).starts().welcome(e.worker(), e.generation());
    } else if (effect instanceof Effect.Start e) {
      versions.of(e.worker()).starts().offer(e.worker(), e.generation());
    } else if (effect instanceof Effect.Take e) {
      versions.renamed(e.spare(), e.worker()).starts().take(e.spare(), e.worker());
    } else if (effect instanceof Effect.SendDrain e) {
      PoolConnections connections = versions.of(e.worker()).connections();
      connections.whenEmptied(e.worker(), () -> drain(e));
    } else if (effect instanceof Effect.Note e) {
      note(e);
    } else if (effect instanceof Effect.Progress e) {
      rollouts.progress(e.text());
    } else if (effect instanceof Effect.Judge) {
      rollouts.judge();
    } else if (effect instanceof Effect.RolloutOver e) {
      rollouts.over(e);
    } else if (effect instanceof Effect.RecycleOver e) {
      recycler.over(e);
    } else if (effect instanceof Effect.Refused e) {
      rollouts.refuse(e.reason());
    } else if (effect instanceof Effect.PoolStopped) {
      versions.close();
      stopped.run();
    }
  }

  /** By now it may have been told more than that. */
  private void drain(Effect.SendDrain e) {
    if (state.worker(e.worker()).filter(w -> w.state() == WorkerState.DRAINING).isPresent()) {
      live.with(e.worker(), w -> w.session().drain(e.deadline() - around.loop().now()));
    }
  }

  private void note(Effect.Note note) {
    switch (note.kind()) {
      case INFO -> around.journal().info(note.subject(), note.text());
      case WARNING -> around.journal().warn(note.subject(), note.text());
    }
    if (note.subject().contains("#")) {
      rollouts.progress(note.subject() + " " + note.text());
    }
  }

  @Override
  public boolean wanted(WorkerId id) {
    return state.worker(id).filter(w -> !w.retired()).isPresent();
  }

  @Override
  public boolean waited() {
    return state.serving() == 0;
  }
}
