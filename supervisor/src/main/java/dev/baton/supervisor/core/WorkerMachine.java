package dev.baton.supervisor.core;

import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The life of one worker as a table: every pair of state and event is listed, so a new state or
 * event does not compile until it is decided.
 */
final class WorkerMachine {
  /** How long KILL may take before it is sent again: a process in an uninterruptible wait. */
  private static final long KILL_AGAIN = TimeUnit.SECONDS.toNanos(5);

  private static final String NOT_STARTED = "said ready before start";

  private final PoolSettings settings;
  private final long now;

  WorkerMachine(PoolSettings settings, long now) {
    this.settings = settings;
    this.now = now;
  }

  Step<Worker> step(Worker w, WorkerEvent e) {
    Step<Worker> step = table(w, e);
    return step.state().state() == w.state()
        ? step
        : new Step<>(step.state().since(now), step.effects());
  }

  private Step<Worker> table(Worker w, WorkerEvent e) {
    return switch (w.state()) {
      case STARTING -> starting(w, e);
      case HANDSHAKING -> handshaking(w, e);
      case SPARE -> spare(w, e);
      case READY -> ready(w, e);
      case DRAINING -> draining(w, e);
      case STOPPING -> stopping(w, e);
      case HUNG -> hung(w, e);
      case KILLING -> killing(w, e);
      case EXITED -> same(w);
    };
  }

  private Step<Worker> starting(Worker w, WorkerEvent e) {
    return switch (e.kind()) {
      case SPAWNED -> to(w.in(WorkerState.STARTING, now + settings.startTimeout()));
      case SPAWN_FAILED -> to(w.because(e.text()).in(WorkerState.EXITED, Worker.NONE));
      case HELLO -> greet(w.in(WorkerState.HANDSHAKING, w.deadline()));
      case LOADED -> broken(w, "said loaded before hello");
      case READY -> broken(w, "said ready before hello");
      case DRAINED -> broken(w, "said drained before hello");
      case FAILED -> leaving(w, e.text());
      case VIOLATION -> broken(w, e.text());
      case CHANNEL_ENDED -> leaving(w, "closed its channel before it was ready");
      case REAPED -> exited(w, e);
      case DEADLINE -> terminate(w.because(lateness(w)));
      case RETIRE -> terminate(w.retire());
      case HUNG, TAKEN -> same(w);
      case KILL -> kill(w);
    };
  }

  private Step<Worker> handshaking(Worker w, WorkerEvent e) {
    return switch (e.kind()) {
      case LOADED -> w.id().spare() ? to(w.in(WorkerState.SPARE, Worker.NONE)) : same(w);
      case READY -> w.id().spare() ? broken(w, NOT_STARTED) : to(w.readySince(now));
      case TAKEN -> to(w, new Effect.Start(w.id(), w.generation()));
      case SPAWNED -> same(w);
      case SPAWN_FAILED -> impossible(w, e);
      case HELLO -> broken(w, "said hello twice");
      case DRAINED -> broken(w, "said drained without having been asked");
      case FAILED -> leaving(w, e.text());
      case VIOLATION -> broken(w, e.text());
      case CHANNEL_ENDED -> leaving(w, "closed its channel before it was ready");
      case REAPED -> exited(w, e);
      case DEADLINE -> terminate(w.because(lateness(w)));
      case RETIRE -> terminate(w.retire());
      case HUNG -> same(w);
      case KILL -> kill(w);
    };
  }

  private Step<Worker> spare(Worker w, WorkerEvent e) {
    return switch (e.kind()) {
      case TAKEN ->
          to(
              w.in(WorkerState.HANDSHAKING, now + settings.startTimeout()),
              new Effect.Start(w.id(), w.generation()));
      case RETIRE -> stop(w.retire());
      case HUNG -> dump(w, e);
      case SPAWNED, DEADLINE -> same(w);
      case SPAWN_FAILED -> impossible(w, e);
      case HELLO -> broken(w, "said hello twice");
      case LOADED -> broken(w, "said loaded twice");
      case READY -> broken(w, NOT_STARTED);
      case DRAINED -> broken(w, "said drained without having been asked");
      case FAILED -> leaving(w, e.text());
      case VIOLATION -> broken(w, e.text());
      case CHANNEL_ENDED -> leaving(w, "closed its channel while it waited");
      case REAPED -> exited(w, e);
      case KILL -> kill(w);
    };
  }

  private Step<Worker> ready(Worker w, WorkerEvent e) {
    return switch (e.kind()) {
      case RETIRE -> {
        long deadline = now + settings.drainTimeout();
        yield to(
            w.retire().in(WorkerState.DRAINING, deadline), new Effect.SendDrain(w.id(), deadline));
      }
      case HUNG -> dump(w, e);
      case SPAWNED, LOADED -> same(w);
      case SPAWN_FAILED, TAKEN -> impossible(w, e);
      case HELLO -> broken(w, "said hello twice");
      case READY -> broken(w, "said ready twice");
      case DRAINED -> broken(w, "said drained without having been asked");
      case FAILED -> leaving(w, e.text());
      case VIOLATION -> broken(w, e.text());
      case CHANNEL_ENDED -> leaving(w, "closed its channel");
      case REAPED -> exited(w, e);
      case DEADLINE -> same(w);
      case KILL -> kill(w);
    };
  }

  private Step<Worker> draining(Worker w, WorkerEvent e) {
    return switch (e.kind()) {
      case DRAINED -> stop(w);
      case DEADLINE -> stop(w.because("did not drain within its deadline"));
      case SPAWNED, LOADED, RETIRE, HUNG -> same(w);
      case SPAWN_FAILED, TAKEN -> impossible(w, e);
      case HELLO -> broken(w, "said hello twice");
      case READY -> broken(w, "said ready twice");
      case FAILED -> leaving(w, e.text());
      case VIOLATION -> broken(w, e.text());
      case CHANNEL_ENDED -> leaving(w, "closed its channel while it drained");
      case REAPED -> exited(w, e);
      case KILL -> kill(w);
    };
  }

  /** What a leaving worker still says is no news; only its end and the deadline count. */
  private Step<Worker> stopping(Worker w, WorkerEvent e) {
    return switch (e.kind()) {
      case DEADLINE -> terminate(w.because("did not exit when asked to"));
      case REAPED -> exited(w, e);
      case RETIRE -> to(w.retire());
      case VIOLATION -> broken(w, e.text());
      case KILL -> kill(w);
      case FAILED -> to(w.because(e.text()));
      case SPAWNED, HELLO, LOADED, READY, DRAINED, CHANNEL_ENDED, HUNG -> same(w);
      case SPAWN_FAILED, TAKEN -> impossible(w, e);
    };
  }

  private Step<Worker> hung(Worker w, WorkerEvent e) {
    return switch (e.kind()) {
      case DEADLINE -> terminate(w);
      case REAPED -> exited(w, e);
      case RETIRE -> to(w.retire());
      case HELLO -> broken(w, "said hello twice");
      case READY -> broken(w, "said ready twice");
      case DRAINED -> broken(w, "said drained without having been asked");
      case VIOLATION -> broken(w, e.text());
      case FAILED -> leaving(w, e.text());
      case CHANNEL_ENDED -> leaving(w, "closed its channel");
      case KILL -> kill(w);
      case SPAWNED, LOADED, HUNG -> same(w);
      case SPAWN_FAILED, TAKEN -> impossible(w, e);
    };
  }

  private Step<Worker> killing(Worker w, WorkerEvent e) {
    return switch (e.kind()) {
      case DEADLINE, KILL -> kill(w);
      case REAPED -> exited(w, e);
      case RETIRE -> to(w.retire());
      // A worker that was told to leave before its process existed: it has done nothing yet, and
      // the signals meant for it reached nobody.
      case SPAWN_FAILED -> to(w.because(e.text()).in(WorkerState.EXITED, Worker.NONE));
      case SPAWNED -> kill(w);
      case FAILED -> to(w.because(e.text()));
      case HELLO, LOADED, READY, DRAINED, VIOLATION, CHANNEL_ENDED, HUNG -> same(w);
      case TAKEN -> impossible(w, e);
    };
  }

  /** A spare gets its descriptors, and its start, once it has a slot. */
  private static Step<Worker> greet(Worker w) {
    Effect welcome = new Effect.Greet(w.id(), w.generation());
    return w.id().spare()
        ? to(w, welcome)
        : to(w, welcome, new Effect.Start(w.id(), w.generation()));
  }

  private Step<Worker> dump(Worker w, WorkerEvent e) {
    return to(
        w.because(e.text()).in(WorkerState.HUNG, now + settings.heartbeat().dumpTimeout()),
        new Effect.DumpThreads(w.id()));
  }

  private Step<Worker> stop(Worker w) {
    long deadline = now + settings.stopTimeout();
    return to(w.in(WorkerState.STOPPING, deadline), new Effect.SendStop(w.id(), deadline));
  }

  /** It exits by itself; it is only watched that it does. */
  private Step<Worker> leaving(Worker w, String why) {
    return to(w.because(why).in(WorkerState.STOPPING, now + settings.stopTimeout()));
  }

  private Step<Worker> terminate(Worker w) {
    return to(
        w.in(WorkerState.KILLING, now + settings.termTimeout()), new Effect.Terminate(w.id()));
  }

  private Step<Worker> broken(Worker w, String why) {
    return kill(w.because(why));
  }

  private Step<Worker> kill(Worker w) {
    return to(w.in(WorkerState.KILLING, now + KILL_AGAIN), new Effect.Kill(w.id()));
  }

  private Step<Worker> exited(Worker w, WorkerEvent e) {
    String how = e.exit().toString();
    String whole = w.reason().isEmpty() ? how : w.reason() + "; " + how;
    Worker gone =
        new Worker(
            w.id(),
            w.generation(),
            WorkerState.EXITED,
            Worker.NONE,
            w.startedAt(),
            w.readyAt(),
            w.retired(),
            w.outgoing(),
            whole);
    return to(gone);
  }

  private String lateness(Worker w) {
    return "not ready within "
        + TimeUnit.NANOSECONDS.toMillis(settings.startTimeout())
        + " ms"
        + (w.state() == WorkerState.STARTING ? " (never said hello)" : "");
  }

  /**
   * The spawner answers once per worker, and only who waits is taken: this is a defect of ours and
   * not of the worker.
   */
  private static Step<Worker> impossible(Worker w, WorkerEvent e) {
    throw new IllegalStateException(w.id() + " is " + w.state() + " and had " + e.kind());
  }

  private static Step<Worker> same(Worker w) {
    return to(w);
  }

  private static Step<Worker> to(Worker w, Effect... effects) {
    return new Step<>(w, List.of(effects));
  }
}
