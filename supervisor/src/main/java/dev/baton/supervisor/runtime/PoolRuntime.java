package dev.baton.supervisor.runtime;

import dev.baton.protocol.Numbers;
import dev.baton.supervisor.admin.RolloutWatcher;
import dev.baton.supervisor.config.ListenerConfig;
import dev.baton.supervisor.config.PoolConfig;
import dev.baton.supervisor.core.Effect;
import dev.baton.supervisor.core.HeartbeatRules;
import dev.baton.supervisor.core.Pool;
import dev.baton.supervisor.core.PoolEvent;
import dev.baton.supervisor.core.PoolMachine;
import dev.baton.supervisor.core.PostMortem;
import dev.baton.supervisor.core.Slot;
import dev.baton.supervisor.core.Step;
import dev.baton.supervisor.core.WorkerEvent;
import dev.baton.supervisor.core.WorkerEvent.Kind;
import dev.baton.supervisor.core.WorkerId;
import dev.baton.supervisor.core.WorkerState;
import dev.baton.supervisor.core.dispatch.WorkerFigures;
import dev.baton.supervisor.dispatch.DispatchFigures;
import dev.baton.supervisor.loop.Timers;
import dev.baton.supervisor.process.Remains;
import dev.baton.sys.SysException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/**
 * One pool at work: it feeds events to the core and carries its effects out. Only for the loop's
 * thread, but for {@link #snapshot}.
 */
final class PoolRuntime implements Starts.Pool, PoolConnections.PoolEvents {
  private static final Set<Kind> START_OVER =
      EnumSet.of(Kind.READY, Kind.SPAWN_FAILED, Kind.REAPED);

  private final PoolConfig config;
  private final Surroundings around;
  private final PoolConnections connections;
  private final OnDemand onDemand;
  private final Starts starts;
  private final LogCare logCare;
  private final PostMortems ends;
  private final Runnable moved;
  private final Runnable stopped;
  private final LiveWorkers live = new LiveWorkers();
  private final Queue<PoolEvent> events = new ArrayDeque<>();
  private final Asked asked = new Asked();
  private boolean stepping;
  private Pool state;
  private Timers.Timer alarm;
  private volatile PoolSnapshot snapshot;

  /**
   * @param listeners all of the configuration, by name
   * @param firstRun above all runs that left logs behind
   * @param moved called after every step
   * @param stopped called once no worker of a stopping pool is left
   * @throws SysException when the system has no descriptors left for it
   */
  PoolRuntime(
      PoolConfig config,
      Map<String, ListenerConfig> listeners,
      int firstRun,
      Surroundings around,
      Runnable moved,
      Runnable stopped)
      throws SysException {
    this.config = config;
    this.around = around;
    this.onDemand = new OnDemand(config);
    this.state = Pool.create(config.name(), CoreSettings.of(config), onDemand.first(), firstRun);
    this.moved = moved;
    this.ends = new PostMortems(around, this::changed);
    this.stopped = stopped;
    this.connections = new PoolConnections(config, listeners, around, this);
    this.logCare = new LogCare(config, around, live);
    this.starts = new Starts(config, around, live, connections, this);
    changed();
  }

  PoolConfig config() {
    return config;
  }

  /** The pool at one moment. Any thread. */
  PoolSnapshot snapshot() {
    return snapshot;
  }

  void begin() {
    handle(new PoolEvent.Begin());
  }

  void restart(int surge, RolloutWatcher asking) {
    command(new PoolEvent.Restart(surge), asking::refused, asking);
  }

  /** Sets the target; {@code refused} is told when that cannot be now. */
  void scale(int target, Consumer<String> refused) {
    command(new PoolEvent.Scale(target), refused, null);
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
    command(new PoolEvent.Reset(slot), refused, null);
    return delayed;
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
  }

  /** What became of the connections that the supervisor handed to the workers. Any thread. */
  Optional<DispatchFigures> figures() {
    return connections.figures();
  }

  /** To be called now and then: what is due without an event. */
  void look() {
    connections.look(state);
    connections
        .figures()
        .filter(f -> onDemand.sleeps(state, f.idleNanos(), around.loop().now()))
        .ifPresent(f -> rescale(0, "idle for its idleTimeout"));
  }

  @Override
  public void demand() {
    onDemand.wake(state).ifPresent(workers -> rescale(workers, "somebody connects"));
  }

  private void rescale(int workers, String why) {
    around.journal().info(config.name(), why);
    command(new PoolEvent.Scale(workers), refusal -> {}, null);
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
      connections.replaced(listener);
    } catch (SysException e) {
      around.journal().warn("listener " + listener, "cannot be accepted from: " + e.getMessage());
    }
    restart(config.surge(), new Unwatched());
  }

  private void command(PoolEvent event, Consumer<String> refused, RolloutWatcher asking) {
    asked.begin(refused, asking);
    handle(event);
    asked.end();
  }

  @Override
  public void happened(WorkerId worker, WorkerEvent event) {
    if (event.kind() == Kind.REAPED) {
      lookInto(worker);
      connections.reaped(worker);
    }
    handle(new PoolEvent.OfWorker(worker, event));
  }

  private void lookInto(WorkerId worker) {
    LiveWorker ended = live.remove(worker);
    Optional<WorkerFigures> handed =
        connections.figures().flatMap(f -> Optional.ofNullable(f.workers().get(worker)));
    OptionalLong open =
        handed.map(h -> OptionalLong.of(h.open() + h.unclaimed())).orElse(OptionalLong.empty());
    Remains remains = ended.remains();
    long now = around.loop().now();
    state
        .worker(worker)
        .ifPresent(w -> ends.begin(PostMortem.of(w, remains.exit(), open, now), remains));
  }

  @Override
  public void claimed(WorkerId worker, Numbers taken) {
    connections.claimed(worker, taken);
  }

  @Override
  public void refused(WorkerId worker, Numbers given) {
    connections.refused(worker, given);
  }

  @Override
  public void closed(WorkerId worker, Numbers ended) {
    connections.closed(worker, ended);
  }

  @Override
  public void changed() {
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
        started(next).ifPresent(over::add);
        Step<Pool> step = PoolMachine.step(state, next, around.loop().now());
        state = step.state();
        connections.settle(state);
        step.effects().forEach(this::carryOut);
      }
    } finally {
      stepping = false;
      setAlarm();
      changed();
    }
    over.forEach(around.gate()::leave);
    moved.run();
  }

  /** Whose start is over with this event, well or not. */
  private static Optional<WorkerId> started(PoolEvent event) {
    return event instanceof PoolEvent.OfWorker e
            && (START_OVER.contains(e.event().kind())
                || e.worker().spare() && e.event().kind() == Kind.LOADED)
        ? Optional.of(e.worker())
        : Optional.empty();
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
    if (effect instanceof Effect.Spawn e) {
      starts.start(e.worker(), e.generation());
    } else if (effect instanceof Effect.Greet e) {
      starts.welcome(e.worker(), e.generation());
    } else if (effect instanceof Effect.Start e) {
      starts.offer(e.worker(), e.generation());
    } else if (effect instanceof Effect.Take e) {
      starts.take(e.spare(), e.worker());
    } else if (effect instanceof Effect.SendDrain e) {
      connections.whenEmptied(e.worker().slot(), () -> drain(e));
    } else if (effect instanceof Effect.SendStop e) {
      live.with(e.worker(), w -> w.session().stop(e.deadline() - around.loop().now()));
    } else if (effect instanceof Effect.DumpThreads e) {
      live.with(e.worker(), w -> w.dumpThreads(around.starter().logged(e.worker())));
    } else if (effect instanceof Effect.Terminate e) {
      live.with(e.worker(), LiveWorker::terminate);
    } else if (effect instanceof Effect.Kill e) {
      live.with(e.worker(), LiveWorker::kill);
    } else if (effect instanceof Effect.Note e) {
      note(e);
    } else if (effect instanceof Effect.Progress e) {
      asked.progress(e.text());
    } else if (effect instanceof Effect.RolloutOver e) {
      rolloutOver(e);
    } else if (effect instanceof Effect.Refused e) {
      asked.refuse(e.reason());
    } else if (effect instanceof Effect.PoolStopped) {
      connections.close();
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
      asked.progress(note.subject() + " " + note.text());
    }
  }

  private void rolloutOver(Effect.RolloutOver over) {
    around.starter().forget(config.name(), generationsInUse());
    boolean told = over.failed().isPresent() && state.phase() == Pool.Phase.RUNNING;
    // Else there is no time to look for it.
    CompletionStage<Optional<PostMortem>> end =
        told ? ends.of(over.failed().get()) : CompletableFuture.completedFuture(Optional.empty());
    asked.over(over.done(), over.text(), over.generation(), end);
  }

  private IntPredicate generationsInUse() {
    Pool now = state;
    return now::uses;
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
