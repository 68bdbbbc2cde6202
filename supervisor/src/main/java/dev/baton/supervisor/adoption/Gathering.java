package dev.baton.supervisor.adoption;

import dev.baton.supervisor.loop.Loop;
import dev.baton.supervisor.state.StateFolder;
import dev.baton.supervisor.state.WorkerRecord;
import dev.baton.sys.Constants;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first thing that a supervisor does: it waits until every worker that the one before it has
 * left behind has come or ended. Blocks, for a short grace at most; who has not come by then, such
 * as a stopped process, is killed, so that no slot ever has two workers that nobody knows of.
 */
public final class Gathering {
  private static final Logger LOG = LoggerFactory.getLogger(Gathering.class);
  private static final long LOOK_PERIOD = TimeUnit.MILLISECONDS.toNanos(20);

  private final Posix posix;
  private final StateFolder state;
  private final Map<String, WorkerRecord> missing = new LinkedHashMap<>();
  private final List<Orphan> come = new ArrayList<>();

  private Gathering(Posix posix, StateFolder state) {
    this.posix = posix;
    this.state = state;
  }

  /**
   * Waits.
   *
   * @param grace how long at most
   * @return those who have come, for the caller to close
   */
  public static List<Orphan> of(
      Posix posix, StateFolder state, AdoptionSocket socket, Duration grace) throws IOException {
    Gathering gathering = new Gathering(posix, state);
    try {
      gathering.run(socket, grace);
      return gathering.come;
    } catch (IOException | RuntimeException e) {
      gathering.come.forEach(Orphan::close);
      throw e;
    }
  }

  private void run(AdoptionSocket socket, Duration grace) throws IOException {
    for (WorkerRecord worker : state.workers()) {
      missing.put(worker.worker(), worker);
    }
    dropEnded();
    if (missing.isEmpty()) {
      return;
    }
    LOG.info("supervisor: {} workers of the supervisor before are awaited", missing.size());
    try (Loop loop = new Loop(posix)) {
      AdoptionDesk desk =
          new AdoptionDesk(
              posix,
              loop,
              socket,
              id -> Optional.ofNullable(missing.get(id)),
              orphan -> take(loop, orphan),
              text -> LOG.warn("supervisor: {}", text));
      loop.timers().at(loop.now() + grace.toNanos(), loop::stop);
      look(loop);
      loop.run();
      desk.close();
    }
    for (WorkerRecord worker : List.copyOf(missing.values())) {
      LOG.warn("{}: killed: pid {} did not come to be adopted", worker.worker(), worker.pid());
      kill(worker);
    }
  }

  private void take(Loop loop, Orphan orphan) {
    come.add(orphan);
    missing.remove(orphan.record().worker());
    stopIfAllCame(loop);
  }

  private void stopIfAllCame(Loop loop) {
    if (missing.isEmpty()) {
      loop.stop();
    }
  }

  private void look(Loop loop) {
    loop.timers()
        .at(
            loop.now() + LOOK_PERIOD,
            () -> {
              dropEnded();
              stopIfAllCame(loop);
              look(loop);
            });
  }

  private void dropEnded() {
    for (WorkerRecord worker : List.copyOf(missing.values())) {
      if (!Identity.isRunning(worker)) {
        drop(worker);
      }
    }
  }

  private void drop(WorkerRecord worker) {
    missing.remove(worker.worker());
    try {
      state.removeWorker(worker.worker());
    } catch (IOException e) {
      LOG.warn("{}: its record stays: {}", worker.worker(), e.getMessage());
    }
  }

  /** With all that it started: it leads a session of its own. */
  private void kill(WorkerRecord worker) {
    try {
      if (Identity.isRunning(worker)) {
        posix.kill(-worker.pid(), Constants.SIGKILL);
      }
    } catch (SysException e) {
      if (e.errno() != Errno.ESRCH) {
        LOG.warn("{}: could not be killed: {}", worker.worker(), e.getMessage());
        return;
      }
    }
    drop(worker);
  }
}
