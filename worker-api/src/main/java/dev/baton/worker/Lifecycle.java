package dev.baton.worker;

import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.ToSupervisor.Failed;
import dev.baton.protocol.ToSupervisor.Loaded;
import dev.baton.protocol.ToSupervisor.Warning;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The plugin and what was done with it: loaded, started, drained, stopped. Every method runs on the
 * plugin thread; each says whether the process is to exit, and with what code.
 */
final class Lifecycle {
  private static final OptionalInt GO_ON = OptionalInt.empty();

  /** For the reason of an exit to reach a supervisor that reads slowly. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);

  private final PluginThread thread;
  private final Outbox outbox;
  private final Offers offers;
  private final Requests requests;
  private final Health health;
  private final Reports reports;
  private final PrintStream log;
  private final Runnable warmUp;
  private Worker plugin;
  private Map<String, Object> config;
  private boolean started;
  private boolean orphaned;
  private DrainImpl drain;

  /**
   * @param warmUp done once when the start lets itself be waited for
   */
  Lifecycle(
      PluginThread thread,
      Outbox outbox,
      Offers offers,
      Requests requests,
      Health health,
      Reports reports,
      PrintStream log,
      Runnable warmUp) {
    this.thread = thread;
    this.outbox = outbox;
    this.offers = offers;
    this.requests = requests;
    this.health = health;
    this.reports = reports;
    this.log = log;
    this.warmUp = warmUp;
  }

  /**
   * @param className null for the only plugin on the class path
   */
  OptionalInt load(String className, Map<String, Object> pluginConfig) {
    config = Collections.unmodifiableMap(pluginConfig);
    try {
      plugin = new PluginLoader(Lifecycle.class.getClassLoader()).load(className);
    } catch (PluginException e) {
      return failed("load", e.code(), e.getMessage(), e.getCause(), ExitCode.UNUSABLE);
    }
    if (thread.idle()) { // the start has not come with the welcome: this is a spare
      warmUp.run();
    }
    outbox.send(new Loaded(plugin.getClass().getName()));
    return GO_ON;
  }

  OptionalInt start(WorkerIdentity identity) {
    try {
      started = true;
      plugin.start(
          new ContextImpl(identity, config, offers, requests, health, reports.tally(), outbox));
      return GO_ON;
    } catch (Throwable e) {
      return failed("start", e);
    }
  }

  /**
   * @param request of the supervisor, to be answered when the drain is over
   * @param deadline by {@link System#nanoTime}
   */
  OptionalInt drain(long request, long deadline) {
    boolean first = drain == null;
    if (first) {
      drain = newDrain(deadline);
    } else {
      drain.shorten(deadline);
    }
    drain.answer(request);
    return first ? callDrain() : GO_ON;
  }

  /** A file that the plugin has taken over was offered anew. */
  OptionalInt fileChanged(String name) {
    try (ChangedFile changed = offers.change(name)) {
      if (changed != null) {
        plugin.onFileChanged(name, changed.now());
      }
    } catch (Throwable e) {
      // It serves on with what it has read before: a bad key must not end every worker.
      String text = "could not take over the changed file " + name + ": " + Failures.text(e);
      log.println("baton: the plugin " + text);
      e.printStackTrace(log);
      outbox.send(new Warning(text));
    }
    return GO_ON;
  }

  OptionalInt stop() {
    if (started) {
      try {
        plugin.stop();
      } catch (Throwable e) {
        return failed("stop", e);
      }
    }
    return OptionalInt.of(ExitCode.OK);
  }

  /** The supervisor is gone, and another one is waited for: a drain that has begun goes on. */
  OptionalInt left() {
    if (drain == null) {
      return GO_ON;
    }
    orphaned = true;
    thread.at(drain.deadline(), () -> orphaned ? stop() : GO_ON);
    return afterDrain();
  }

  /** Another supervisor watches over it. */
  OptionalInt adopted() {
    orphaned = false;
    return GO_ON;
  }

  /** The supervisor is gone: drain until the deadline at most, then stop. */
  OptionalInt orphaned(long deadline) {
    orphaned = true;
    if (!started) {
      return OptionalInt.of(ExitCode.OK);
    }
    if (drain == null) {
      drain = newDrain(deadline);
      OptionalInt exit = callDrain();
      if (exit.isPresent()) {
        return exit;
      }
    }
    drain.shorten(deadline);
    thread.at(drain.deadline(), this::stop);
    return afterDrain();
  }

  private DrainImpl newDrain(long deadline) {
    return new DrainImpl(outbox, reports, deadline, () -> thread.post(this::afterDrain));
  }

  private OptionalInt callDrain() {
    if (!started) {
      drain.done();
      return GO_ON;
    }
    try {
      plugin.drain(drain);
      return GO_ON;
    } catch (Throwable e) {
      OptionalInt exit = failed("drain", e);
      stop(); // still its last moment to flush and close
      return exit;
    }
  }

  /** With a supervisor, it says when to stop. */
  private OptionalInt afterDrain() {
    return orphaned && drain.isDone() ? stop() : GO_ON;
  }

  private OptionalInt failed(String stage, Throwable e) {
    return failed(stage, ErrorCode.PLUGIN_FAILED, Failures.text(e), e, ExitCode.PLUGIN_FAILED);
  }

  private OptionalInt failed(String stage, ErrorCode code, String text, Throwable e, int exit) {
    log.println("baton: the plugin failed in " + stage + ": " + text);
    if (e != null) {
      e.printStackTrace(log);
    }
    outbox.send(new Failed(stage, code.number(), text));
    try {
      outbox.awaitSent(LAST_WORDS);
    } catch (InterruptedException interrupted) {
      // the exit code still tells
    }
    return OptionalInt.of(exit);
  }
}
