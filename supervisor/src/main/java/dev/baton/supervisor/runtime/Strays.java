package dev.baton.supervisor.runtime;

import dev.baton.protocol.Numbers;
import dev.baton.protocol.ProtocolException;
import dev.baton.supervisor.adoption.Orphan;
import dev.baton.supervisor.config.OpenPolicyConfig;
import dev.baton.supervisor.core.WorkerEvent;
import dev.baton.supervisor.core.WorkerId;
import dev.baton.supervisor.process.Child;
import dev.baton.sys.SysException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Workers of an earlier supervisor whose pool is not configured any more: each is drained, stopped,
 * and killed when it takes too long. Only for the loop's thread.
 */
final class Strays implements LiveWorker.PoolEvents {
  private static final long DRAIN = TimeUnit.SECONDS.toNanos(30);
  private static final long STOP = TimeUnit.SECONDS.toNanos(10);

  private final Surroundings around;
  private final Map<WorkerId, LiveWorker> live = new HashMap<>();

  Strays(Surroundings around) {
    this.around = around;
  }

  /** Consumes it. */
  void take(Orphan orphan) {
    WorkerId id = orphan.id();
    Child child =
        Child.adopted(
            around.posix(),
            orphan.record().pid(),
            orphan.pidfd(),
            orphan.record().startTime(),
            around.starter().adopted(id, orphan.record().pid()));
    LiveWorker worker =
        new LiveWorker(around, id, child, orphan.channel(), this, true, OpenPolicyConfig.NONE);
    live.put(id, worker);
    around.state().adopted(id, orphan.record());
    around.journal().info(id.toString(), "its pool is not configured any more: drained");
    try {
      worker.session().rejoined(orphan.said());
      worker.watch();
      worker.session().drain(DRAIN);
      worker.afterSending();
      after(id, DRAIN, this::stop);
    } catch (ProtocolException | SysException e) {
      around.journal().warn(id.toString(), e.getMessage());
      worker.kill();
    }
  }

  private interface Action {
    void on(LiveWorker worker);
  }

  private void after(WorkerId id, long nanos, Action action) {
    around.loop().timers().at(around.loop().now() + nanos, () -> with(id, action));
  }

  private void with(WorkerId id, Action action) {
    LiveWorker worker = live.get(id);
    if (worker != null) {
      action.on(worker);
    }
  }

  private void stop(LiveWorker worker) {
    worker.session().stop(STOP);
    worker.afterSending();
    after(worker.id(), STOP, LiveWorker::kill);
  }

  @Override
  public void happened(WorkerId worker, WorkerEvent event) {
    switch (event.kind()) {
      case DRAINED -> with(worker, this::stop);
      case VIOLATION -> with(worker, LiveWorker::kill);
      case REAPED -> {
        with(worker, gone -> around.starter().reaped(gone.pid()));
        live.remove(worker);
        around.state().ended(worker);
        around.journal().info(worker.toString(), "has ended");
      }
      default -> {
        // nothing follows from it
      }
    }
  }

  @Override
  public void claimed(WorkerId worker, Numbers connections) {
    // It is handed none.
  }

  @Override
  public void refused(WorkerId worker, Numbers connections) {
    // It is handed none.
  }

  @Override
  public void closed(WorkerId worker, Numbers connections) {
    // They are in nobody's books.
  }

  @Override
  public void changed() {
    // Nobody sees it.
  }
}
