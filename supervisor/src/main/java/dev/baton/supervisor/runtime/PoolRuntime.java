package dev.baton.supervisor.runtime;

import dev.baton.fd.FdBag;
import dev.baton.protocol.Descriptor;
import dev.baton.protocol.ToWorker;
import dev.baton.protocol.Version;
import dev.baton.supervisor.admin.RolloutWatcher;
import dev.baton.supervisor.admin.Verdict;
import dev.baton.supervisor.config.PoolConfig;
import dev.baton.supervisor.core.Effect;
import dev.baton.supervisor.core.Pool;
import dev.baton.supervisor.core.PoolEvent;
import dev.baton.supervisor.core.PoolMachine;
import dev.baton.supervisor.core.Step;
import dev.baton.supervisor.core.WorkerEvent;
import dev.baton.supervisor.core.WorkerEvent.Kind;
import dev.baton.supervisor.core.WorkerId;
import dev.baton.supervisor.process.Spawned;
import dev.baton.supervisor.session.Greeting;
import dev.baton.sys.SysException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/**
 * One pool at work: it feeds events to the core and carries its effects out. Only for the loop's
 * thread, but for {@link #snapshot}.
 */
final class PoolRuntime implements LiveWorker.PoolEvents {
  private static final int TAIL_LINES = 20;
  private static final Set<Kind> START_OVER =
      EnumSet.of(Kind.READY, Kind.SPAWN_FAILED, Kind.REAPED);

  private final PoolConfig config;
  private final Surroundings around;
  private final Runnable stopped;
  private final Map<WorkerId, LiveWorker> live = new HashMap<>();
  private final Queue<PoolEvent> events = new ArrayDeque<>();
  private boolean stepping;
  private Pool state;
  private Timers.Timer alarm;
  private Command command;
  private RolloutWatcher watcher;
  private volatile PoolSnapshot snapshot;

  /** Who asked for the step under way. */
  private record Command(Consumer<String> refused, RolloutWatcher watcher) {}

  /**
   * @param stopped called once no worker of a stopping pool is left
   */
  PoolRuntime(PoolConfig config, Pool state, Surroundings around, Runnable stopped) {
    this.config = config;
    this.state = state;
    this.around = around;
    this.stopped = stopped;
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
    command(new PoolEvent.Restart(surge), new Command(asking::refused, asking));
  }

  /** Sets the target; {@code refused} is told when that cannot be now. */
  void scale(int target, Consumer<String> refused) {
    command(new PoolEvent.Scale(target), new Command(refused, null));
  }

  void stop(boolean now) {
    handle(new PoolEvent.Stop(now));
  }

  void heartbeat() {
    for (LiveWorker w : live.values()) {
      w.session().ping();
      w.afterSending();
    }
  }

  private void command(PoolEvent event, Command who) {
    command = who;
    handle(event);
    command = null;
  }

  @Override
  public void happened(WorkerId worker, WorkerEvent event) {
    if (event.kind() == Kind.REAPED) {
      live.remove(worker);
      around.starter().clean(worker);
    }
    handle(new PoolEvent.OfWorker(worker, event));
  }

  @Override
  public void changed() {
    Map<WorkerId, PoolSnapshot.Process> processes = new HashMap<>();
    live.forEach((id, w) -> processes.put(id, new PoolSnapshot.Process(w.pid(), w.status())));
    snapshot = new PoolSnapshot(state, Map.copyOf(processes));
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
        step.effects().forEach(this::carryOut);
      }
    } finally {
      stepping = false;
      setAlarm();
      changed();
    }
    over.forEach(around.gate()::leave);
  }

  /** Whose start is over with this event, well or not. */
  private static Optional<WorkerId> started(PoolEvent event) {
    return event instanceof PoolEvent.OfWorker e && START_OVER.contains(e.event().kind())
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
      spawn(e.worker(), e.generation());
    } else if (effect instanceof Effect.Greet e) {
      greet(e.worker(), e.generation());
    } else if (effect instanceof Effect.SendDrain e) {
      with(e.worker(), w -> w.session().drain(e.deadline() - around.loop().now()));
    } else if (effect instanceof Effect.SendStop e) {
      with(e.worker(), w -> w.session().stop(e.deadline() - around.loop().now()));
    } else if (effect instanceof Effect.Terminate e) {
      with(e.worker(), LiveWorker::terminate);
    } else if (effect instanceof Effect.Kill e) {
      with(e.worker(), LiveWorker::kill);
    } else if (effect instanceof Effect.Note e) {
      note(e);
    } else if (effect instanceof Effect.Progress e) {
      if (watching() != null) {
        watching().progress(e.text());
      }
    } else if (effect instanceof Effect.RolloutOver e) {
      rolloutOver(e);
    } else if (effect instanceof Effect.Refused e) {
      command.refused().accept(e.reason());
      command = new Command(command.refused(), null);
    } else if (effect instanceof Effect.PoolStopped) {
      stopped.run();
    }
  }

  private void note(Effect.Note note) {
    switch (note.kind()) {
      case INFO -> around.journal().info(note.subject(), note.text());
      case WARNING -> around.journal().warn(note.subject(), note.text());
    }
    if (watching() != null && note.subject().contains("#")) {
      watching().progress(note.subject() + " " + note.text());
    }
  }

  /** Whoever waits for the rollout under way, or has just asked for one. */
  private RolloutWatcher watching() {
    if (command != null && command.watcher() != null) {
      watcher = command.watcher();
    }
    return watcher;
  }

  private void rolloutOver(Effect.RolloutOver over) {
    RolloutWatcher told = watching();
    watcher = null;
    if (command != null) {
      command = new Command(command.refused(), null);
    }
    around.starter().forget(config.name(), generationsInUse());
    if (told == null) {
      return;
    }
    if (over.failed().isEmpty() || state.phase() != Pool.Phase.RUNNING) { // no time to read logs
      told.finished(new Verdict(over.done(), over.text(), over.generation(), List.of()));
      return;
    }
    around
        .starter()
        .logTail(over.failed().get(), TAIL_LINES)
        .exceptionally(e -> List.of())
        .thenAcceptAsync(
            tail -> told.finished(new Verdict(over.done(), over.text(), over.generation(), tail)),
            around.loop());
  }

  private IntPredicate generationsInUse() {
    Pool now = state;
    return now::uses;
  }

  /** A worker without a process has nothing to be told. */
  private void with(WorkerId id, Consumer<LiveWorker> action) {
    LiveWorker w = live.get(id);
    if (w != null) {
      action.accept(w);
      w.afterSending();
    }
  }

  private void spawn(WorkerId id, int generation) {
    around.gate().enter(id, () -> spawnNow(id, generation));
  }

  private void spawnNow(WorkerId id, int generation) {
    boolean wanted = state.worker(id).filter(w -> !w.retired()).isPresent();
    if (!wanted) {
      handle(new PoolEvent.OfWorker(id, WorkerEvent.of(Kind.SPAWN_FAILED, "not started")));
      return;
    }
    around
        .starter()
        .start(config, id, generation)
        .whenCompleteAsync(
            (spawned, failure) -> {
              if (failure == null) {
                spawned(id, spawned);
              } else {
                Throwable cause =
                    failure instanceof CompletionException ? failure.getCause() : failure;
                handle(
                    new PoolEvent.OfWorker(id, WorkerEvent.of(Kind.SPAWN_FAILED, message(cause))));
              }
            },
            around.loop());
  }

  private static String message(Throwable failure) {
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }

  private void spawned(WorkerId id, Spawned spawned) {
    LiveWorker worker = new LiveWorker(around, id, spawned, this);
    live.put(id, worker);
    around.journal().info(id.toString(), "started, pid " + worker.pid());
    handle(new PoolEvent.OfWorker(id, WorkerEvent.of(Kind.SPAWNED)));
    try {
      worker.watch();
    } catch (SysException e) {
      handle(
          new PoolEvent.OfWorker(
              id, WorkerEvent.of(Kind.VIOLATION, "cannot be watched: " + e.getMessage())));
    }
  }

  private void greet(WorkerId id, int generation) {
    try {
      Greeting greeting = greeting(id, generation);
      with(id, w -> w.session().greet(greeting));
    } catch (SysException e) {
      happened(id, WorkerEvent.of(Kind.VIOLATION, "could not be offered: " + e.getMessage()));
    }
  }

  private Greeting greeting(WorkerId id, int generation) throws SysException {
    List<Descriptor> offered = new ArrayList<>();
    FdBag fds = new FdBag();
    try {
      for (Collection<String> names : List.of(config.listeners(), config.files())) {
        for (String name : names) {
          fds.add(around.store().lend(name));
          offered.add(around.store().describe(name));
        }
      }
    } catch (SysException | RuntimeException e) {
      fds.close();
      throw e;
    }
    ToWorker.Welcome welcome =
        new ToWorker.Welcome(
            id.toString(),
            generation,
            Version.CURRENT.toString(),
            around.adoption().toString(),
            Secrets.next(),
            Heartbeat.PERIOD.toMillis(),
            config.drainTimeout().toMillis(),
            config.plugin().orElse(null),
            config.settings());
    return new Greeting(welcome, offered, fds);
  }
}
