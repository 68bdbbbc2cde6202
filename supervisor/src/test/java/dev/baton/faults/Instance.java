package dev.baton.faults;

import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.GateFiles;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.PluginFolder;
import dev.baton.e2e.kit.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is run: a pool for each way in which connections reach workers. */
final class Instance {
  /** The pools, named after their modes. */
  static final List<String> POOLS = List.of("shared", "reuseport", "dispatch");

  /** The listeners of each pool. */
  static final Map<String, List<String>> LISTENERS =
      Map.of(
          "shared", List.of("shared-tcp", "shared-unix"),
          "reuseport", List.of("reuseport-tcp"),
          "dispatch", List.of("dispatch-tcp", "dispatch-unix"));

  /** The workers of each pool while nothing is scaled. */
  static final int WORKERS = 2;

  /** The spares of each pool. */
  static final Map<String, Integer> SPARES = Map.of("shared", 0, "reuseport", 0, "dispatch", 1);

  /** A worker that is stopped for so long is found out by its heartbeats, in this pool. */
  static final Duration HUNG = Duration.ofSeconds(8);

  /** Whose workers hang after {@link #HUNG}. */
  static final String IMPATIENT = "shared";

  /** Whose workers have a cgroup each, where there can be one. */
  static final String CONFINED = "reuseport";

  /** How long a worker may drain. */
  static final Duration DRAIN = Duration.ofSeconds(3);

  private static final int THREADS = 8;

  private final ConfFile conf;
  private final Map<String, GateFiles> gates = new LinkedHashMap<>();

  Instance(Installation installation, Path folder) throws IOException {
    var classPath = new ArrayList<String>();
    classPath.add(PluginFolder.in(folder.resolve("plugin")));
    classPath.addAll(installation.classPath(Sample.UNRULY));
    conf = ConfFile.in(folder);
    for (var pool : POOLS) {
      gates.put(pool, new GateFiles(folder.resolve(pool + "-gates")));
      for (var listener : LISTENERS.get(pool)) {
        conf.mode(listener, pool);
        if (listener.endsWith("-unix")) {
          conf.unix(listener);
        } else {
          conf.tcp(listener);
        }
      }
      conf.pool(pool, settings -> settings(settings, pool, classPath));
    }
    conf.pool(
        "dispatch",
        pool -> pool.set("dispatch.recallAfter", "500ms").set("dispatch.recallTimeout", "5s"));
    conf.pool(CONFINED, pool -> pool.set("cgroup.memoryMax", "1g").set("cgroup.pidsMax", 1000));
    conf.pool(IMPATIENT, pool -> pool.set("heartbeat.missed", 5));
  }

  private void settings(ConfFile.Pool settings, String pool, List<String> classPath) {
    settings
        .plugin(PluginFolder.OBEDIENT)
        .classPath(classPath.toArray(String[]::new))
        .workers(WORKERS)
        .listeners(LISTENERS.get(pool).toArray(String[]::new))
        .spares(SPARES.get(pool))
        .heap("48m")
        .startTimeout(Duration.ofSeconds(60))
        .drainTimeout(DRAIN)
        .stopTimeout(Duration.ofSeconds(10))
        .backoff(Duration.ofMillis(100), Duration.ofMillis(300))
        // Any number of ends is the suite's doing; whoever does not answer is to be found out.
        .set("backoff.intensity", 0)
        .set("heartbeat.period", "1s")
        .set("heartbeat.missed", 10)
        .config("gates", gates.get(pool).folder().toString())
        .config("threads", THREADS)
        .config("workMillis", 2);
  }

  ConfFile conf() {
    return conf;
  }

  /** Where the workers of a pool can be held. */
  GateFiles gates(String pool) {
    return gates.get(pool);
  }

  /** How many processes a pool has while nothing happens to it. */
  static int processes(String pool) {
    return WORKERS + SPARES.get(pool);
  }

  /** Whose listener it is. */
  static String pool(String listener) {
    return listener.substring(0, listener.indexOf('-'));
  }
}
