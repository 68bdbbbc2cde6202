package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Http;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.PluginFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A jar on the configured class path is overwritten in place, as a build does, while its workers
 * run: nothing changes until the next rollout.
 */
@BatonTest
@Timeout(120)
class RebuiltJarIT {
  private final Installation installation = Installation.find();
  @TempDir Path folder;

  @Test
  void aRebuiltJarCountsFromTheNextRolloutOn() throws Exception {
    var plugin = new PluginFiles(folder.resolve("plugin"));
    var jar = folder.resolve("plugin.jar");
    plugin.packInto(jar);
    var conf = ConfFile.in(folder).tcp("tcp");
    conf.pool(
        "pool",
        pool ->
            pool.plugin(PluginFiles.PLUGIN).classPath(jar.toString()).listeners("tcp").heap("48m"));
    try (var baton = BatonProcess.start(installation, conf)) {
      var inode = Files.getAttribute(jar, "unix:ino");
      plugin.version("2").behaviour("serve " + noise()).packInto(jar);
      assertEquals(inode, Files.getAttribute(jar, "unix:ino"));

      // A class that this worker has not read before: with the file under it gone, it could not.
      assertAnswer(baton, "/late", "1", "late");

      var before = baton.workers("pool").get(0);
      baton.kill9(before.pid());
      baton.awaitStatus(
          java.time.Duration.ofSeconds(20),
          "the slot is back",
          status -> {
            var worker = status.at("/pools/0/workers/0");
            return worker.path("state").asText().equals("serving")
                && worker.path("pid").asLong() != before.pid();
          });
      assertNotEquals(before.pid(), baton.workers("pool").get(0).pid());
      assertAnswer(baton, "/", "1", "now");

      baton.run("restart", "pool").expect(0);
      assertAnswer(baton, "/late", "2", "late");
    }
  }

  private static void assertAnswer(BatonProcess baton, String path, String version, String text)
      throws Exception {
    var body = Http.get(baton.target("tcp"), path).body();
    assertTrue(body.contains("\"version\":\"" + version + "\""), body);
    assertTrue(body.contains("\"text\":\"" + text + "\""), body);
  }

  /** Words that do not shrink: everything behind them moves. */
  private static String noise() {
    return IntStream.range(0, 4000)
        .mapToObj(i -> Integer.toHexString(i * 0x9E3779B1))
        .collect(Collectors.joining());
  }
}
