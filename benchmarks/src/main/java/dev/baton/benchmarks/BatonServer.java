package dev.baton.benchmarks;

import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.Sample;
import dev.baton.load.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** The HTTP sample as the only worker of a pool, on a listener in shared mode. */
final class BatonServer implements Server {
  /** The name of the listener. */
  static final String LISTENER = "web";

  /** The backlog that a configuration has unless it says otherwise. */
  static final int BACKLOG = 4096;

  private final Instance instance;
  private final Target target;
  private final long worker;

  private BatonServer(Instance instance) throws IOException {
    this.instance = instance;
    target = instance.target(LISTENER);
    worker = instance.workerPids().get(0);
  }

  /** Starts it and waits until it serves. */
  static BatonServer start(Installation installation, Path folder)
      throws IOException, InterruptedException {
    ConfFile conf = ConfFile.in(folder).tcp(LISTENER);
    conf.set("listeners." + LISTENER + ".backlog", BACKLOG);
    conf.pool(
        "web",
        pool -> pool.sample(installation, Sample.HTTP).workers(1).listeners(LISTENER).heap("256m"));
    Instance instance =
        Instance.launch(installation, installation.launcher(), folder, conf.write(), Map.of());
    try {
      instance.awaitServing();
      return new BatonServer(instance);
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      instance.close();
      throw e;
    }
  }

  /** The worker's process. */
  long worker() {
    return worker;
  }

  String version() throws IOException {
    return instance.version();
  }

  @Override
  public String name() {
    return "behind Baton";
  }

  @Override
  public Target target() {
    return target;
  }

  @Override
  public CpuClock cpu() {
    return CpuClock.of(instance.pid(), worker);
  }

  @Override
  public void close() {
    instance.close();
  }
}
