package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.CliResult;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Http;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.Launcher;
import dev.baton.e2e.kit.Sample;
import dev.baton.e2e.kit.Signal;
import dev.baton.e2e.kit.WorkerInfo;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands as an operator types them, against a live instance. */
@BatonTest
@Timeout(120)
class OperatorIT {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Installation installation = Installation.find();
  @TempDir Path folder;

  private ConfFile conf() {
    var conf = ConfFile.in(folder).tcp("web").unix("local").tcp("other");
    conf.pool(
        "hello",
        pool ->
            pool.sample(installation, Sample.HELLO)
                .workers(2)
                .listeners("web", "local")
                .heap("32m"));
    return conf.pool(
        "second", pool -> pool.sample(installation, Sample.HELLO).listeners("other").heap("32m"));
  }

  @Test
  void lookingAtAnInstance() throws Exception {
    try (var baton = BatonProcess.start(installation, conf())) {
      var json = baton.run("status", "--json").expect(0);
      assertEquals("", json.stderr());
      assertEquals(1, json.stdout().lines().count(), json::toString);
      var status = JSON.readTree(json.stdout());
      assertShape(status);
      assertEquals(baton.pid(), status.path("pid").asLong());
      assertEquals(2, status.at("/pools/0/target").asInt());
      assertEquals("hello/0#1", status.at("/pools/0/workers/0/id").asText());
      assertEquals("unix:" + baton.conf().socket("local"), address(status, "local"));

      var table = baton.run("status").expect(0).stdout();
      for (var expected : List.of("hello/0#1", "hello/1#1", "second/0#1", address(status, "web"))) {
        assertTrue(table.contains(expected), table);
      }
      table.lines().forEach(line -> assertTrue(line.length() <= 80 || !line.contains("  "), line));

      var own = new Launcher(installation).run("version").expect(0).stdout();
      var both = baton.run("version").expect(0).stdout();
      var version = status.path("version").asText();
      assertTrue(own.startsWith("baton " + version + " "), own);
      assertTrue(both.contains("pid " + baton.pid() + ": " + version), both);

      var byDirectory =
          new Launcher(installation)
              .run("status", "--json", "--runtime-dir", baton.conf().runtimeDir().toString())
              .expect(0);
      assertEquals(baton.pid(), JSON.readTree(byDirectory.stdout()).path("pid").asLong());
      assertSeenInto(baton);
      assertCheckPasses(baton);
      curl(baton);
    }
  }

  /** Exactly the members that the specification lists come first; further ones may follow. */
  private static void assertShape(JsonNode status) {
    assertMembers(status, "version", "pid", "uptimeSeconds", "listeners", "pools");
    assertTrue(status.path("version").isTextual() && status.path("pid").isIntegralNumber());
    assertTrue(status.path("uptimeSeconds").isIntegralNumber());
    assertEquals(3, status.path("listeners").size());
    for (var listener : status.path("listeners")) {
      assertMembers(listener, "name", "address", "mode");
      assertEquals("shared", listener.path("mode").asText());
    }
    assertEquals(2, status.path("pools").size());
    for (var pool : status.path("pools")) {
      assertMembers(pool, "name", "generation", "target", "state", "workers");
      assertTrue(pool.path("state").isTextual() && pool.path("target").isIntegralNumber());
      for (var worker : pool.path("workers")) {
        assertMembers(
            worker, "id", "slot", "pid", "generation", "state", "uptimeSeconds", "restarts");
        assertEquals("serving", worker.path("state").asText());
        for (var number : List.of("slot", "pid", "generation", "uptimeSeconds", "restarts")) {
          assertTrue(worker.path(number).isIntegralNumber(), worker::toString);
        }
      }
    }
  }

  private static void assertMembers(JsonNode node, String... names) {
    var found = new ArrayList<String>();
    node.fieldNames().forEachRemaining(found::add);
    found.retainAll(List.of(names));
    assertEquals(List.of(names), found, node::toString);
  }

  private static String address(JsonNode status, String listener) {
    for (var node : status.path("listeners")) {
      if (node.path("name").asText().equals(listener)) {
        return node.path("address").asText();
      }
    }
    throw new AssertionError("no " + listener + " in " + status);
  }

  /** Descriptors by the books and by the kernel, one slot explained, and the load. */
  private static void assertSeenInto(BatonProcess baton) throws Exception {
    var fds = JSON.readTree(baton.run("fds", "--json").expect(0).stdout()).path("holders");
    assertEquals(4, fds.size(), fds::toString);
    assertEquals("supervisor", fds.at("/0/owner").asText());
    assertEquals(3 + 3, fds.at("/0/fds").size(), () -> "listeners and channels in " + fds);
    var hello = fds.get(1);
    assertEquals("hello/0#1", hello.path("owner").asText());
    var held = new ArrayList<String>();
    hello.path("fds").forEach(fd -> held.add(fd.path("name").asText() + fd.path("held").asText()));
    held.removeIf(text -> text.endsWith("own"));
    assertEquals(List.of("localclaimed", "webclaimed"), held.stream().sorted().toList());
    assertTrue(fds.findValues("stray").stream().noneMatch(JsonNode::asBoolean), fds::toString);
    var one = baton.run("fds", "second").expect(0).stdout();
    assertTrue(one.startsWith("second/0#1: serving, generation 1, pid "), one);
    assertTrue(one.endsWith("no strays\n"), one);

    var explained = baton.run("explain", "hello/1").expect(0).stdout();
    assertTrue(explained.startsWith("hello/1#1: ready, for "), explained);
    assertRefused(baton.run("explain", "hello/7"), 1, "pool hello has no slot 7");

    var top = baton.run("top").expect(0).stdout();
    assertTrue(top.contains("hello: serving, generation 1, 2 of 2 serving"), top);
    top.lines().forEach(line -> assertTrue(line.length() <= 80, line));
  }

  /** While the instance runs, too: nothing of it is taken or touched. */
  private void assertCheckPasses(BatonProcess baton) throws Exception {
    var file = baton.conf().path().toString();
    var check = new Launcher(installation).run("check", file).expect(0);
    assertTrue(check.stdout().startsWith(file + " is fine\n"), check::toString);
    assertTrue(check.stdout().contains("pool hello: 2 workers"), check::toString);
  }

  private static void curl(BatonProcess baton) throws Exception {
    var curl = Path.of("/usr/bin/curl");
    Assumptions.assumeTrue(Files.isExecutable(curl), "curl is not installed");
    var socket = baton.conf().runtimeDir().resolve("admin.sock").toString();
    var process =
        new ProcessBuilder(
                curl.toString(), "-sS", "--unix-socket", socket, "http://localhost/v1/status")
            .redirectErrorStream(true)
            .start();
    var answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), answer);
    assertEquals(baton.pid(), JSON.readTree(answer).path("pid").asLong());
  }

  @Test
  void changingAnInstance() throws Exception {
    try (var baton = BatonProcess.start(installation, conf())) {
      var restart = baton.run("restart", "--all").expect(0);
      assertTrue(restart.stdout().contains("hello: "), restart::toString);
      assertTrue(restart.stdout().contains("second: "), restart::toString);
      for (var pool : List.of("hello", "second")) {
        var workers = baton.workers(pool);
        workers.forEach(worker -> assertEquals(2, worker.generation(), workers::toString));
      }

      scale(baton, "3", "2 -> 3");
      awaitWorkers(baton, 3);
      scale(baton, "+1", "3 -> 4");
      awaitWorkers(baton, 4);
      scale(baton, "-1", "4 -> 3");
      scale(baton, "1", "3 -> 1");
      awaitWorkers(baton, 1);
      scale(baton, "0", "1 -> 0");
      awaitWorkers(baton, 0);
      assertTrue(Http.get(baton.target("other"), "/").body().contains("second"));
      assertRefused(baton.run("scale", "hello", "-1"), 100, "-1");
      signalled(baton);
      scale(baton, "1", "0 -> 1");
      awaitWorkers(baton, 1);
      assertEquals(200, Http.get(baton.target("web"), "/").status());

      for (var wrong : List.of("many", "1.5", "1001")) {
        assertRefused(baton.run("scale", "hello", wrong), 100, "");
      }
      assertRefused(baton.run("scale", "nobody", "1"), 100, "hello, second");
      assertRefused(baton.run("scale", "hello"), 100, "N|+N|-N");
      assertRefused(baton.run("restart", "nobody"), 100, "hello, second");
      assertRefused(baton.run("restart"), 100, "--all");
      assertRefused(baton.run("restart", "hello", "--all"), 100, "--all");
      assertRefused(baton.run("sing"), 100, "sing");
      awaitWorkers(baton, 1);
    }
  }

  /** Every pool that wants workers has one more or one fewer, and never none. */
  private static void signalled(BatonProcess baton) throws Exception {
    Signal.send("TTIN", baton.pid());
    awaitTargets(baton, 0, 2);
    Signal.send("TTOU", baton.pid());
    awaitTargets(baton, 0, 1);
    Signal.send("TTOU", baton.pid());
    baton.run("scale", "second", "+1").expect(0);
    awaitTargets(baton, 0, 2);
    baton.run("scale", "second", "1").expect(0);
  }

  private static void awaitTargets(BatonProcess baton, int hello, int second) throws Exception {
    baton.awaitStatus(
        SOON,
        "targets " + hello + " and " + second,
        status ->
            status.at("/pools/0/target").asInt() == hello
                && status.at("/pools/1/target").asInt() == second);
  }

  private static void scale(BatonProcess baton, String to, String told) throws Exception {
    var result = baton.run("scale", "hello", to).expect(0);
    assertTrue(result.stdout().contains("hello: " + told), result::toString);
  }

  private static void awaitWorkers(BatonProcess baton, int count) throws Exception {
    baton.awaitStatus(
        SOON,
        count + " serving workers and no other",
        status -> {
          var workers = status.at("/pools/0/workers");
          int serving = 0;
          for (var worker : workers) {
            serving += worker.path("state").asText().equals("serving") ? 1 : 0;
          }
          return workers.size() == count && serving == count;
        });
  }

  private static void assertRefused(CliResult result, int exit, String text) {
    result.expect(exit);
    assertEquals("", result.stdout(), result::toString);
    assertTrue(result.stderr().startsWith("baton: "), result::toString);
    assertTrue(result.stderr().contains(text), result::toString);
    assertFalse(result.stderr().contains("\tat "), result::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"stop", "stop --now"})
  void stopping(String command) throws Exception {
    try (var baton = BatonProcess.start(installation, conf())) {
      var pids = baton.workers("hello").stream().map(WorkerInfo::pid).toList();
      var result = baton.run(command.split(" ")).expect(0);
      assertTrue(result.stdout().contains("test has stopped"), result::toString);
      assertEquals(0, baton.awaitExit(Duration.ofSeconds(2)));
      for (var pid : pids) {
        assertTrue(ProcessHandle.of(pid).isEmpty(), "worker " + pid + " is still there");
      }
      assertRefused(baton.run("status"), 111, "bin/baton run " + baton.conf().path());
    }
  }
}
