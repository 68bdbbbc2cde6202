package dev.baton.samples.unruly;

import dev.baton.samples.hello.HelloWorker;
import dev.baton.worker.Drain;
import dev.baton.worker.Worker;
import dev.baton.worker.WorkerContext;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/**
 * Misbehaves on request; for tests of the supervisor. Otherwise it serves as {@link HelloWorker}
 * does.
 *
 * <p>Most misdeeds happen on a thread of their own, once it is ready and {@code after} has passed;
 * with {@code beforeReady} they happen in {@code start}.
 */
public final class UnrulyWorker implements Worker {
  private final HelloWorker honest = new HelloWorker();
  private Mode mode = Mode.NONE;

  /**
   * The plugin's configuration.
   *
   * @param mode what to do, a name of {@link Mode}; nothing when absent
   * @param after how long to behave first; not at all when absent
   * @param beforeReady whether to do it in {@code start}
   * @param code the exit code, for modes that exit by themselves
   * @param count of descriptors to leak
   * @param slot the only slot that misbehaves; every slot when absent
   */
  record Settings(
      String mode, Duration after, boolean beforeReady, int code, int count, Integer slot) {
    Settings {
      mode = Objects.requireNonNullElse(mode, Mode.NONE.toString());
      after = Objects.requireNonNullElse(after, Duration.ZERO);
    }
  }

  @Override
  public void start(WorkerContext context) throws Exception {
    Settings settings = context.config(Settings.class);
    mode = Mode.of(settings.mode());
    if (settings.slot() != null && settings.slot() != context.identity().slot()) {
      mode = Mode.NONE;
    }
    switch (mode) {
      case EXIT_BEFORE_READY -> System.exit(settings.code());
      case THROW_IN_START -> throw new IllegalStateException("unruly, as it was told");
      case NEVER_READY -> context.status("never ready");
      case NONE, IGNORE_DRAIN -> honest.start(context);
      case IGNORE_STOP -> {
        Runtime.getRuntime().addShutdownHook(new Thread(UnrulyWorker::hang, "hanging-hook"));
        honest.start(context);
      }
      case CLAIM_UNKNOWN, CLAIM_TWICE, NEVER_CLAIM -> {
        Hoarder hoarder = new Hoarder(mode);
        for (String name : context.listeners()) {
          context.connections(name, hoarder, hoarder);
        }
        context.ready();
        if (mode == Mode.NEVER_CLAIM) {
          commitLater(context, settings);
        }
      }
      default -> misbehave(context, settings);
    }
  }

  private void misbehave(WorkerContext context, Settings settings) throws Exception {
    if (settings.beforeReady()) {
      new Misdeeds(context, settings).commit(mode);
      honest.start(context);
      return;
    }
    honest.start(context);
    commitLater(context, settings);
  }

  private void commitLater(WorkerContext context, Settings settings) {
    Misdeeds misdeeds = new Misdeeds(context, settings);
    Thread thread =
        new Thread(
            () -> {
              try {
                Thread.sleep(settings.after().toMillis());
                misdeeds.commit(mode);
              } catch (Exception e) {
                e.printStackTrace();
              }
            },
            "misdeed");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void drain(Drain drain) throws Exception {
    if (mode == Mode.NEVER_READY) {
      drain.done();
    } else if (mode != Mode.IGNORE_DRAIN) {
      honest.drain(drain);
    }
  }

  @Override
  public void stop() throws Exception {
    if (mode == Mode.IGNORE_STOP) {
      new CountDownLatch(1).await();
    }
  }

  private static void hang() {
    for (; ; ) {
      LockSupport.park();
    }
  }
}
