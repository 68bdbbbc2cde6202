package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Http;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.PluginFiles;
import dev.baton.load.LoadGenerator;
import dev.baton.load.LoadPlan;
import dev.baton.load.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A plugin that does not start is tried again with growing delays, and not for ever. */
@BatonTest
@Timeout(120)
class RestartRulesIT {
  private static final int INTENSITY = 2;
  private static final Duration INITIAL = Duration.ofMillis(100);
  private static final Duration SOON = Duration.ofSeconds(30);

  private final Installation installation = Installation.find();
  @TempDir Path folder;

  @Test
  void aCrashLoopEndsAtTheIntensityAndOthersDoNotNotice() throws Exception {
    var needed = folder.resolve("needed");
    var conf = ConfFile.in(folder).tcp("good").tcp("bad");
    var good = new PluginFiles(folder.resolve("good"));
    var bad = new PluginFiles(folder.resolve("bad")).behaviour("needs " + needed);
    pool(conf, "good", good);
    pool(conf, "bad", bad);
    conf.pool(
        "bad",
        pool ->
            pool.backoff(INITIAL, Duration.ofSeconds(1))
                .set("backoff.jitter", 0)
                .set("backoff.intensity", INTENSITY)
                .set("after", List.of("good")));
    try (var baton = BatonProcess.launch(installation, conf);
        var load = new LoadGenerator()) {
      baton.awaitStatus(SOON, "good serves", status -> state(status, 0).equals("serving"));
      load.start(LoadPlan.newConnections(baton.target("good")).rate(50));
      baton.awaitStatus(SOON, "bad has failed", status -> state(status, 1).equals("failed"));
      var report = load.stop();
      assertTrue(report.count(Outcome.OK) > 0, report::toString);
      assertEquals(0, report.lost(), report::toString);

      var starts = starts(conf, "bad");
      assertEquals(INTENSITY + 1, starts.size(), starts::toString);
      for (int i = 1; i < starts.size(); i++) {
        var pause = Duration.between(starts.get(i - 1), starts.get(i));
        var least = INITIAL.multipliedBy(1L << (i - 1));
        assertTrue(pause.compareTo(least) >= 0, least + " between " + starts);
      }
      var slot = baton.status().at("/pools/1/workers/0");
      assertEquals("failed", slot.path("phase").asText(), slot::toString);
      assertTrue(
          slot.path("text").asText().contains("exit code 3, which is end 3"), slot::toString);

      Files.createFile(needed);
      var reset = baton.run("reset", "bad/0");
      assertEquals("bad/0: reset\n", reset.stdout(), reset::toString);
      baton.awaitReady();
      assertEquals("bad: nothing to reset\n", baton.run("reset", "bad").stdout());
    }
  }

  private static void pool(ConfFile conf, String name, PluginFiles plugin) {
    conf.pool(
        name,
        pool ->
            pool.plugin(PluginFiles.PLUGIN)
                .classPath(plugin.folder().toString())
                .listeners(name)
                .heap("48m"));
  }

  private static String state(JsonNode status, int pool) {
    return status.at("/pools/" + pool + "/state").asText();
  }

  /** When the journal says that workers of a pool were started. */
  private static List<Instant> starts(ConfFile conf, String pool) throws IOException {
    var times = new ArrayList<Instant>();
    var events = Http.get(conf.admin(), "/v1/events?newest=1000").body();
    for (var event : new ObjectMapper().readTree(events).path("events")) {
      if (event.path("subject").asText().startsWith(pool + "/")
          && event.path("text").asText().startsWith("started, pid")) {
        times.add(Instant.parse(event.path("time").asText()));
      }
    }
    return times;
  }
}
