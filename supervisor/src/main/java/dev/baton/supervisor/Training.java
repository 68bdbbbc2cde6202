package dev.baton.supervisor;

import dev.baton.supervisor.cli.BatonCli;
import dev.baton.supervisor.cli.ExitCode;
import dev.baton.supervisor.store.FolderTrees;
import dev.baton.supervisor.upgrade.Takeover;
import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One short life of a supervisor with one idle worker, so that the JVM's class-data archives (JEP
 * 350) hold what a start loads. The launcher runs it once per build and JDK, with {@code
 * -XX:ArchiveClassesAtExit}; a start from the archives takes about half as long.
 */
final class Training {
  private static final long DEADLINE = TimeUnit.SECONDS.toNanos(60);

  private Training() {}

  /**
   * @param args the folder for the worker's archive
   */
  public static void main(String[] args) throws Exception {
    Path folder = Files.createTempDirectory("baton-training");
    int status;
    try {
      status = train(folder, Path.of(args[0]).toAbsolutePath().resolve(Home.WORKER_ARCHIVE));
    } finally {
      FolderTrees.delete(folder);
    }
    System.exit(status);
  }

  private static int train(Path folder, Path archive) throws IOException {
    Path conf = Files.writeString(folder.resolve("training.yaml"), configuration(folder, archive));
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
    BatonCli cli =
        new BatonCli(
            config -> new Supervisor(config, nowhere, System.err, Takeover.none(Map.of())).run(),
            nowhere,
            nowhere,
            Map.of());
    CompletableFuture<Integer> life =
        CompletableFuture.supplyAsync(() -> cli.run(new String[] {"run", conf.toString()}));
    long deadline = System.nanoTime() + DEADLINE;
    String[] status = {"status", "--conf", conf.toString()};
    while (cli.run(status) != ExitCode.DONE && !life.isDone() && System.nanoTime() < deadline) {
      Thread.onSpinWait(); // each try takes a while by itself
    }
    Posix.system().kill((int) ProcessHandle.current().pid(), Constants.SIGTERM);
    return life.join();
  }

  private static String configuration(Path folder, Path archive) {
    return String.join(
        "\n",
        "name: training",
        "runtimeDir: " + folder.resolve("rt"),
        "listeners: {l: {address: 'unix:" + folder.resolve("l.sock") + "'}}",
        "pools:",
        "  idle:",
        "    plugin: dev.baton.worker.IdleWorker",
        "    listeners: [l]",
        "    stopTimeout: 60s", // the archive is written at the exit
        "    jvm: {heap: 64m, options: ['-XX:ArchiveClassesAtExit=" + archive + "']}",
        "");
  }
}
