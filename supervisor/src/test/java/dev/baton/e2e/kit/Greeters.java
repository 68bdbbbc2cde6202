package dev.baton.e2e.kit;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** One pool of greeting workers, named {@code greeters}, on one TCP listener at first. */
public final class Greeters {
  /** The name of the pool. */
  public static final String POOL = "greeters";

  /** The name of the listener. */
  public static final String LISTENER = "main";

  private final ConfFile conf;
  private final GateFiles gates;
  private final Path needed;

  /**
   * Writes what the workers need into a folder.
   *
   * @param workers how many
   * @param threads how many connections each serves at once; 0: as the SDK likes, -1: all
   */
  public Greeters(Path folder, int workers, int threads) throws IOException {
    gates = new GateFiles(folder.resolve("gates"));
    needed = Files.createFile(folder.resolve("needed"));
    var classes = PluginFolder.in(folder.resolve("plugin"));
    conf = ConfFile.in(folder).tcp(LISTENER);
    set(
        pool ->
            pool.plugin(PluginFolder.GREETING)
                .classPath(classes)
                .workers(workers)
                .listeners(LISTENER)
                .heap("48m")
                .backoff(Duration.ofMillis(100), Duration.ofMillis(200))
                .config("gates", gates.folder().toString())
                .config("needs", needed.toString())
                .config("threads", threads));
  }

  /** Changes settings of the pool. */
  public Greeters set(Consumer<ConfFile.Pool> settings) {
    conf.pool(POOL, settings);
    return this;
  }

  /** Listens on a UNIX-domain socket instead. */
  public Greeters unix() {
    conf.unix(LISTENER);
    return this;
  }

  /** Hands the connections out by a policy. */
  public Greeters dispatch(String policy) {
    conf.dispatch(LISTENER, policy);
    return this;
  }

  /** Lets the kernel spread the connections over sockets of the slots. */
  public Greeters reuseport() {
    conf.mode(LISTENER, "reuseport");
    return this;
  }

  /** When an unclaimed connection is asked back, and how long the worker has for its answer. */
  public Greeters recall(Duration after, Duration timeout) {
    return set(
        pool ->
            pool.set("dispatch.recallAfter", after.toMillis() + "ms")
                .set("dispatch.recallTimeout", timeout.toMillis() + "ms"));
  }

  /** The configuration. */
  public ConfFile conf() {
    return conf;
  }

  /** Where workers can be held. */
  public GateFiles gates() {
    return gates;
  }

  /** From now on no new worker becomes ready. */
  public void forbidStarts() throws IOException {
    Files.delete(needed);
  }

  /** Undoes {@link #forbidStarts}. */
  public void allowStarts() throws IOException {
    Files.createFile(needed);
  }

  /** The worker of a slot that serves now; an {@link AssertionError} when there is none. */
  public static WorkerInfo serving(BatonProcess baton, int slot) throws IOException {
    return baton.workers(POOL).stream()
        .filter(worker -> worker.slot() == slot && worker.serving())
        .findFirst()
        .orElseThrow(() -> new AssertionError("nobody serves in slot " + slot));
  }

  /** Whether these workers are gone from the status. */
  public static boolean gone(JsonNode status, List<WorkerInfo> workers) {
    var ids = workers.stream().map(WorkerInfo::pid).toList();
    return StatusJson.workers(status, POOL).stream().noneMatch(w -> ids.contains(w.pid()));
  }

  /** The slot in an id such as {@code greeters/2#7}. */
  public static int slot(String id) {
    return Integer.parseInt(id.substring(id.indexOf('/') + 1, id.indexOf('#')));
  }
}
