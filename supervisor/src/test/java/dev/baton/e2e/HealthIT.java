package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Http;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.PluginFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A plugin that cannot work any more, though its JVM is well, is replaced; and it is seen why. */
@BatonTest
@Timeout(60)
class HealthIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String WORKER = "/pools/0/workers/0";

  private final Installation installation = Installation.find();
  @TempDir Path folder;

  @Test
  void aDeadlockIsHungWorkAndTheThreadDumpShowsIt() throws Exception {
    var plugin = new PluginFiles(folder.resolve("plugin")).behaviour("checked");
    var conf = ConfFile.in(folder).tcp("tcp");
    conf.pool(
        "pool",
        pool ->
            pool.plugin(PluginFiles.PLUGIN)
                .classPath(plugin.folder().toString())
                .listeners("tcp")
                .heap("48m")
                .set("heartbeat.period", "200ms")
                .set("heartbeat.missed", 3)
                .set("heartbeat.dumpTimeout", "300ms"));
    try (var baton = BatonProcess.start(installation, conf)) {
      assertEquals(200, Http.get(baton.target("tcp"), "/embrace").status());
      baton.awaitStatus(
          SOON,
          "another worker serves, and the end of the first is known",
          status ->
              status.at(WORKER + "/phase").asText().equals("ready")
                  && status.at(WORKER).has("lastEnd"));

      var end = baton.status().at(WORKER + "/lastEnd");
      assertEquals("pool/0#1", end.path("worker").asText(), end::toString);
      assertEquals("ready", end.path("doing").asText(), end::toString);
      assertTrue(
          end.path("how").asText().startsWith("has not answered 3 heartbeats; "), end::toString);
      assertEquals("threads.txt", end.path("left").path(0).asText(), end::toString);
      var threads = threads(end);
      assertTrue(threads.contains("Found one Java-level deadlock"), threads);
      assertTrue(threads.contains("\"embrace-left\""), threads);
      assertTrue(threads.contains("\"baton-health\""), threads);

      var events = Http.get(conf.admin(), "/v1/events?newest=1000").body();
      assertTrue(events.contains("unwell, so heartbeats are not answered: "), events);
      assertTrue(events.contains("post-mortem: was ready"), events);
      assertEquals(200, Http.get(baton.target("tcp"), "/").status());
    }
  }

  private static String threads(JsonNode end) throws Exception {
    return Files.readString(
        Path.of(end.path("folder").asText()).resolve(end.path("left").path(0).asText()));
  }
}
