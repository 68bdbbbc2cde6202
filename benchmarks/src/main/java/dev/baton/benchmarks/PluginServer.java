package dev.baton.benchmarks;

import dev.baton.benchmarks.plugin.AnswerWorker;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Installation;
import dev.baton.load.Target;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The workers of our own benchmark plugin, on a listener in one of the modes. */
final class PluginServer implements Server {
  private static final String LISTENER = "web";
  private static final String DISPATCH = "dispatch";

  private final String mode;
  private final Instance instance;
  private final Target target;
  private final List<Long> pids;

  private PluginServer(String mode, Instance instance) throws IOException {
    this.mode = mode;
    this.instance = instance;
    target = instance.target(LISTENER);
    pids = new ArrayList<>(instance.workerPids());
    pids.add(instance.pid());
  }

  /**
   * Starts it and waits until it serves.
   *
   * @param mode of the listener, as the configuration calls it
   */
  static PluginServer start(Installation installation, String mode, int workers, Path folder)
      throws IOException, InterruptedException {
    ConfFile conf = ConfFile.in(folder).tcp(LISTENER);
    conf.set("listeners." + LISTENER + ".backlog", BatonServer.BACKLOG);
    conf.set("listeners." + LISTENER + ".mode", mode);
    conf.pool(
        LISTENER,
        pool ->
            pool.plugin(AnswerWorker.class.getName())
                .classPath(ownClassPath().toString())
                .workers(workers)
                .listeners(LISTENER)
                .heap("256m"));
    Instance instance =
        Instance.launch(installation, installation.launcher(), folder, conf.write(), Map.of());
    try {
      instance.awaitServing();
      return new PluginServer(mode, instance);
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      instance.close();
      throw e;
    }
  }

  /** Where the classes of the benchmarks are, plugins included. */
  static Path ownClassPath() {
    try {
      return Path.of(
          AnswerWorker.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("classes come from files here", e);
    }
  }

  String version() throws IOException {
    return instance.version();
  }

  /** The supervisor's process. */
  long supervisor() {
    return instance.pid();
  }

  @Override
  public String name() {
    return "Baton, " + mode;
  }

  @Override
  public Target target() {
    return target;
  }

  @Override
  public CpuClock cpu() {
    return new CpuClock(pids);
  }

  @Override
  public Optional<CpuClock> handOffCpu() {
    return mode.equals(DISPATCH) ? Optional.of(CpuClock.of(instance.pid())) : Optional.empty();
  }

  @Override
  public void close() {
    instance.close();
  }
}
