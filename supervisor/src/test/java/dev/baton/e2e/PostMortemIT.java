package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Deadline;
import dev.baton.e2e.kit.Http;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.PluginFiles;
import dev.baton.load.Target;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever ends a worker, an operator learns what there is to know. */
@BatonTest
@Timeout(60)
class PostMortemIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String WORKER = "/pools/0/workers/0";

  private final Installation installation = Installation.find();
  @TempDir Path folder;

  @Test
  void aCrashIsSeenInStatusAndEventsAndAFailureInTheVerdict() throws Exception {
    var plugin = new PluginFiles(folder.resolve("plugin"));
    var conf = ConfFile.in(folder).tcp("tcp").dispatch("tcp", "round-robin");
    conf.pool(
        "pool",
        pool ->
            pool.plugin(PluginFiles.PLUGIN)
                .classPath(plugin.folder().toString())
                .listeners("tcp")
                .heap("48m")
                .jvmOptions("-XX:-CreateCoredumpOnCrash")
                .backoff(Duration.ofSeconds(2), Duration.ofSeconds(2))
                .set("backoff.jitter", 0));
    try (var baton = BatonProcess.start(installation, conf)) {
      Target target = baton.target("tcp");
      try (var connection = SocketChannel.open(target.address())) {
        baton.awaitConnections("tcp", "open", 1);
        baton.signal(
            "SEGV", baton.workers("pool").get(0)); // a JVM takes it for a defect of its own
        baton.awaitStatus(SOON, "the end is known", s -> s.at(WORKER).has("lastEnd"));
        assertTrue(connection.isOpen());
      }
      var end = baton.status().at(WORKER + "/lastEnd");
      assertEquals("pool/0#1", end.path("worker").asText(), end::toString);
      var how = "closed its channel; exit code 1"; // it was told to leave no core file
      assertEquals(how, end.path("how").asText(), end::toString);
      assertEquals("ready", end.path("doing").asText(), end::toString);
      assertEquals("", end.path("outOfMemory").asText("?"), end::toString);
      assertEquals(1, end.path("connections").asInt(), end::toString);
      assertEquals("hs_err.log", end.path("left").path(0).asText(), end::toString);
      assertTrue(end.path("logTail").toString().contains("SIGSEGV"), end::toString);
      var status = baton.run("status").expect(0).stdout();
      assertTrue(status.contains("1 connection open; left hs_err.log in"), status);

      baton.awaitReady();
      plugin.behaviour("exit");
      var verdict = baton.run("restart", "pool").expect(1);
      assertTrue(verdict.stderr().contains("exit code 3"), verdict::toString);
      assertTrue(verdict.stderr().contains("was starting, up "), verdict::toString);
      assertTrue(verdict.stderr().contains("    scripted: cannot go on"), verdict::toString);

      var crash = event(conf, "pool/0#1");
      assertEquals("warning", crash.path("kind").asText(), crash::toString);
      assertEquals(end, crash.path("end"), crash::toString);
      baton.scaleAndWait("pool", 0);
      var order = event(conf, "pool/0#2").path("end");
      assertTrue(order.path("told").asBoolean(), order::toString);
      assertEquals("exit code 0", order.path("how").asText(), order::toString);
      assertEquals("stopping", order.path("doing").asText(), order::toString);
      assertFalse(order.path("logTail").elements().hasNext(), order::toString);
    }
  }

  /** The one that tells of a worker's end; it is told soon after the worker is gone. */
  private static JsonNode event(ConfFile conf, String worker) throws Exception {
    var found = new JsonNode[1];
    Deadline.await(
        SOON,
        "the end of " + worker + " is told",
        () -> (found[0] = find(conf, worker)) != null,
        () -> "no such event");
    return found[0];
  }

  private static JsonNode find(ConfFile conf, String worker) throws IOException {
    var events = Http.get(conf.admin(), "/v1/events?newest=1000").body();
    return StreamSupport.stream(
            new ObjectMapper().readTree(events).path("events").spliterator(), false)
        .filter(e -> e.path("subject").asText().equals(worker) && e.has("end"))
        .findFirst()
        .orElse(null);
  }
}
