package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Deadline;
import dev.baton.e2e.kit.Http;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.Sample;
import dev.baton.e2e.kit.ServiceManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The supervisor and all of its workers die at once, and nobody is refused. */
@BatonTest
@Timeout(60)
class StoredFdsIT {
  private static final Duration SOON = Duration.ofSeconds(20);

  private final Installation installation = Installation.find();
  @TempDir Path folder;

  @Test
  void socketsAndFilesOutliveEveryProcess() throws Exception {
    var conf = ConfFile.in(folder).tcp("tcp").unix("unix").tcp("split");
    conf.mode("split", "reuseport").file("audit", folder.resolve("audit"), "append", true);
    conf.pool(
        "web",
        pool ->
            pool.sample(installation, Sample.HELLO)
                .workers(2)
                .listeners("tcp", "unix", "split")
                .heap("32m"));
    try (var manager = ServiceManager.in(folder);
        var first = BatonProcess.launch(installation, conf, manager.starter())) {
      first.awaitReady();
      manager.awaitNames(
          "file.audit", "listener.split.0", "listener.split.1", "listener.tcp", "listener.unix");
      var before = manager.identities();
      var tcp = first.target("tcp");
      var split = first.target("split");
      var workers = first.workers("web");
      first.kill9(first.pid());
      for (var worker : workers) {
        first.kill9(worker.pid());
      }
      first.awaitExit(SOON);
      var waiting =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return Http.get(tcp, "/").status();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      try (var second = BatonProcess.launch(installation, conf, manager.starter())) {
        second.awaitReady();
        assertEquals(200, waiting.get(20, TimeUnit.SECONDS), "it was never refused");
        assertEquals(tcp, second.target("tcp"));
        assertEquals(split, second.target("split"));
        assertEquals(200, Http.get(split, "/").status());
        assertEquals(200, Http.get(second.target("unix"), "/").status());
        Deadline.await(
            SOON,
            "all are stored again",
            () -> second.output().contains("keeps 5 descriptors"),
            second::describe);
        assertEquals(before, manager.identities(), "the same ones");
        conf.remove("listeners.split").pool("web", pool -> pool.listeners("tcp", "unix"));
        conf.write();
        second.run("reload").expect(0);
        manager.awaitNames("file.audit", "listener.tcp", "listener.unix");
        assertEquals(0, second.terminate());
        manager.awaitNames();
        assertFalse(Files.exists(conf.socket("unix")));
      }
    }
  }
}
