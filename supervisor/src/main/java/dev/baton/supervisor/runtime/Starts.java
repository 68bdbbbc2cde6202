package dev.baton.supervisor.runtime;

import dev.baton.protocol.Descriptor;
import dev.baton.protocol.Numbers;
import dev.baton.protocol.ProtocolException;
import dev.baton.supervisor.adoption.Orphan;
import dev.baton.supervisor.config.PoolConfig;
import dev.baton.supervisor.core.PoolEvent;
import dev.baton.supervisor.core.WorkerEvent;
import dev.baton.supervisor.core.WorkerEvent.Kind;
import dev.baton.supervisor.core.WorkerId;
import dev.baton.supervisor.process.Child;
import dev.baton.supervisor.process.Spawned;
import dev.baton.supervisor.session.Greeting;
import dev.baton.supervisor.state.WorkerRecord;
import dev.baton.supervisor.store.Inode;
import dev.baton.sys.SysException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * The way of a pool's workers from the core's wish to a process in the loop that was greeted: the
 * gate, the spawner thread, the watch over both descriptors. Only for the loop's thread.
 */
final class Starts {
  private static final Set<Kind> OVER = EnumSet.of(Kind.READY, Kind.SPAWN_FAILED, Kind.REAPED);

  /**
   * A quiet start comes to nothing on a machine that is busy without it: 30 s instead of 0.8 s were
   * measured, which is the usual timeout of a start.
   */
  private static final long LONGEST_QUIET = TimeUnit.SECONDS.toNanos(5);

  private final PoolConfig config;
  private final Surroundings around;
  private final Greeter greeter;
  private final LiveWorkers live;
  private final PoolConnections connections;
  private final Pool pool;

  /** Whose workers are started. */
  interface Pool extends LiveWorker.PoolEvents {
    /** Whether a worker is still wanted, which may have waited long. */
    boolean wanted(WorkerId worker);

    /** Whether clients wait for this pool, since none of its workers serves. */
    boolean waited();
  }

  /**
   * @param live to which each is added that has a process
   */
  Starts(
      PoolConfig config,
      Greeter greeter,
      Surroundings around,
      LiveWorkers live,
      PoolConnections connections,
      Pool pool) {
    this.config = config;
    this.around = around;
    this.greeter = greeter;
    this.live = live;
    this.connections = connections;
    this.pool = pool;
  }

  /** Whose start is over with this event, well or not. */
  static Optional<WorkerId> over(PoolEvent event) {
    return event instanceof PoolEvent.OfWorker e
            && (OVER.contains(e.event().kind())
                || e.worker().spare() && e.event().kind() == Kind.LOADED)
        ? Optional.of(e.worker())
        : Optional.empty();
  }

  /** Tells the pool once, that the worker is spawned or that it is not. */
  void start(WorkerId id, int generation, boolean quiet) {
    Runnable start = () -> startNow(id, generation, quiet);
    if (id.spare()) {
      around.gate().enterLast(id, start);
    } else {
      around.gate().enter(config.name(), pool::waited, id, start);
    }
  }

  private void startNow(WorkerId id, int generation, boolean quiet) {
    if (!pool.wanted(id)) {
      failed(id, "not started");
      return;
    }
    around
        .starter()
        .start(config, id, generation, quiet)
        .whenCompleteAsync(
            (spawned, failure) -> {
              if (failure == null) {
                spawned(id, spawned);
              } else {
                failed(id, message(failure));
              }
            },
            around.loop());
  }

  private void failed(WorkerId id, String why) {
    pool.happened(id, WorkerEvent.of(Kind.SPAWN_FAILED, why));
  }

  private static String message(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  private void spawned(WorkerId id, Spawned spawned) {
    LiveWorker worker =
        new LiveWorker(around, id, spawned, pool, connections.handsOff(), config.openPolicy());
    live.add(id, worker);
    if (spawned.quiet().isPresent()) {
      long atMost = Math.min(LONGEST_QUIET, config.startTimeout().toNanos() / 2);
      around.loop().timers().at(around.loop().now() + atMost, worker::quietIsOver);
    }
    around.journal().info(id.toString(), "started, pid " + worker.pid());
    pool.happened(id, WorkerEvent.of(Kind.SPAWNED));
    try {
      worker.watch();
      if (!id.spare()) { // else it is introduced with its slot, or was already
        introduce(worker);
      }
    } catch (SysException e) {
      unwatched(worker.id(), e);
    }
  }

  /** Goes on with a worker of an earlier supervisor, which serves already; consumes it. */
  void adopt(Orphan orphan) {
    WorkerId id = orphan.id();
    WorkerRecord record = orphan.record();
    Child child =
        Child.adopted(
            around.posix(),
            record.pid(),
            orphan.pidfd(),
            record.startTime(),
            around.starter().adopted(id, record.pid()));
    LiveWorker worker =
        new LiveWorker(
            around, id, child, orphan.channel(), pool, connections.handsOff(), config.openPolicy());
    live.add(id, worker);
    around.state().adopted(id, record);
    around.journal().info(id.toString(), "adopted, pid " + worker.pid());
    for (Descriptor what : orphan.said().fds()) {
      Optional<Inode> inode = around.store().inode(what.name(), id.slot());
      worker.lent().lent(what, inode, around.loop().now());
    }
    try {
      worker.session().rejoined(orphan.said());
      worker.watch();
      introduce(worker);
      if (connections.handsOff()) {
        connections.adopted(id, Numbers.of(orphan.said().connections()));
      }
    } catch (ProtocolException e) {
      pool.happened(id, WorkerEvent.of(Kind.VIOLATION, e.getMessage()));
    } catch (SysException e) {
      unwatched(id, e);
    }
  }

  /** To whoever hands connections to it. */
  private void introduce(LiveWorker worker) throws SysException {
    if (connections.handsOff()) {
      connections.added(worker.id(), worker.session().duplicate());
    }
  }

  private void unwatched(WorkerId id, SysException e) {
    pool.happened(id, WorkerEvent.of(Kind.VIOLATION, "cannot be watched: " + e.getMessage()));
  }

  /** A spare takes a slot: all that goes by its id goes by another from now on. */
  void take(WorkerId spare, WorkerId id) {
    LiveWorker worker = live.remove(spare);
    worker.takes(id);
    live.add(id, worker);
    around.gate().renamed(spare, id);
    around.state().renamed(spare, id);
    around.starter().renamed(spare, id);
    try {
      introduce(worker);
    } catch (SysException e) {
      unwatched(id, e);
    }
  }

  /** Answers its hello. */
  void welcome(WorkerId id, int generation) {
    live.with(id, w -> w.session().welcome(greeter.welcome(id, generation, w.pid())));
  }

  /** The offers of its pool, and the word to start. */
  void offer(WorkerId id, int generation) {
    try {
      Greeting greeting = greeter.greeting(id, generation);
      live.with(
          id,
          w -> {
            for (Descriptor what : greeting.offered()) {
              Optional<Inode> inode = around.store().inode(what.name(), id.slot());
              w.lent().lent(what, inode, around.loop().now());
            }
            w.session().start(greeting);
          });
    } catch (SysException e) {
      pool.happened(id, WorkerEvent.of(Kind.VIOLATION, "could not be offered: " + e.getMessage()));
    }
  }
}
