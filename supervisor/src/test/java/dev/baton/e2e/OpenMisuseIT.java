package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.DescriptorCounts;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.Openers;
import dev.baton.e2e.kit.RawWorkers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests of the open server that no SDK sends. What breaks the protocol ends its worker and
 * nothing else; what is only senseless is refused; the supervisor keeps no descriptor of either.
 */
@BatonTest
@Timeout(120)
class OpenMisuseIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** What a worker does, and why it is ended. */
  private static final Map<String, String> ENDED = new LinkedHashMap<>();

  static {
    ENDED.put("send(open_())", "before welcome");
    ENDED.put("ready(); send(open_(), [0])", "brought 1");
    ENDED.put("ready(); send(open_(), [0] * 253)", "brought 253");
    ENDED.put("ready(); send(json.dumps(open_()).encode().replace(b'file', b'f\\xff'))", "JSON");
    ENDED.put("ready(); send({'type': 'open', 'id': 1, 'path': FILE})", "how");
    ENDED.put("ready(); send(open_(access=[]))", "access");
    ENDED.put("ready(); send(open_(access=['sing']))", "JSON|sing");
    // Its descriptors wait for it: in the kernel's queue, then in ours, which has an end.
    ENDED.put("ready()\nwhile True: send(open_())", "(?i)does not read|queue|overflow");
  }

  /** What is answered, and goes on. */
  private static final String SENSELESS =
      """
      hello()
      receive()
      send(open_())  # it may ask as soon as it is welcome
      early, start = receive(), receive()
      if early[0]["type"] == "start":
          early, start = start, early
      send({"type": "ready"})
      asked = {
          "same id": [open_(id=7), open_(id=7), open_(id=7)],
          "largest id": [open_(id=2**63 - 1)],
          "smallest id": [open_(id=-2**63)],
          "somebody else": [open_(pid=1, uid=0, worker="other/0#1", fds=[])],
          "empty": [open_("")],
          "relative": [open_("file")],
          "NUL": [open_(FILE + "\\0")],
          "NUL within": [open_("/\\0" + FILE)],
          "half a character": [open_(FILE + "\\ud800")],
          "slash at the end": [open_(FILE + "/")],
          "two slashes": [open_(FILE.replace("/file", "//file"))],
          "up": [open_(FILE + "/../file")],
          "long": [open_("/" + "x" * 60000)],
          "truncate to read": [open_(access=["read", "truncate"])],
          "make and do nothing": [open_(access=["create"])],
          "address": [{"type": "connect", "id": 1, "address": "tcp://localhost:1"}],
          "no address": [{"type": "bind", "id": 1, "address": "\\0"}],
      }
      told = {"early": [[early[0]["type"], early[0]["id"], early[1], 0]]}
      for name, requests in asked.items():
          for request in requests:
              send(request)
          told[name] = []
          for request in requests:
              answer, fds = receive()
              told[name].append([answer["type"], answer["id"], fds, answer.get("code", 0)])
      tell({"pid": os.getpid(), "answers": told})
      while True:
          receive()
      """;

  private final Installation installation = Installation.find();
  @TempDir Path temporary;
  private ConfFile conf;
  private RawWorkers workers;
  private Path root;

  @BeforeEach
  void files() throws Exception {
    var folder = temporary.toRealPath();
    root = Files.createDirectory(folder.resolve("root"));
    Files.writeString(root.resolve("file"), "inside\n");
    conf = ConfFile.in(folder);
    var scripts = Files.createDirectory(folder.resolve("scripts"));
    workers = new RawWorkers(scripts, root.resolve("file"), conf);
  }

  private void add(String pool, String script, int count) throws Exception {
    workers.add(pool, script);
    var rules = List.of(Map.of("root", root.toString()));
    conf.pool(pool, settings -> settings.workers(count).set("open", rules));
  }

  @Test
  void whatBreaksTheProtocolEndsItsWorkerAndTheRestIsRefused() throws Exception {
    add("senseless", SENSELESS, 1);
    var bad = new LinkedHashMap<String, String>();
    for (var misdeed : ENDED.keySet()) {
      bad.put("bad" + bad.size(), misdeed);
      add("bad" + (bad.size() - 1), misdeed + "\nwhile True: receive()\n", 0);
    }
    try (var baton = BatonProcess.start(installation, conf)) {
      var told = workers.awaitTold("senseless", baton);
      assertAnswers(told.path("answers"));
      assertAudited(told.path("pid").asLong());
      var before = DescriptorCounts.settled(baton.pid());

      for (var pool : bad.keySet()) {
        baton.scale(pool, 1);
      }
      baton.awaitStatus(
          PATIENCE,
          "all of them were ended",
          now -> bad.keySet().stream().allMatch(pool -> last(now, pool, "state").equals("down")));
      var status = baton.status();
      bad.forEach(
          (pool, misdeed) -> {
            var why = last(status, pool, "text");
            var expected = Pattern.compile(ENDED.get(misdeed) + ".*killed by SIGKILL");
            assertTrue(expected.matcher(why).find(), () -> misdeed + ": " + why);
          });
      before.awaitSame(baton.pid());
      assertEquals(told.path("pid").asLong(), baton.workers("senseless").get(0).pid());
    }
  }

  private static void assertAnswers(JsonNode answers) {
    assertEquals(
        "[[\"opened\",7,1,0],[\"opened\",7,1,0],[\"opened\",7,1,0]]",
        answers.path("same id").toString());
    assertEquals("[[\"opened\",9223372036854775807,1,0]]", answers.path("largest id").toString());
    assertEquals("[[\"opened\",-9223372036854775808,1,0]]", answers.path("smallest id").toString());
    for (var name : List.of("early", "somebody else")) {
      assertEquals("[[\"opened\",1,1,0]]", answers.path(name).toString(), name);
    }
    for (var name :
        List.of(
            "empty",
            "relative",
            "NUL",
            "NUL within",
            "half a character",
            "slash at the end",
            "two slashes",
            "up",
            "long",
            "truncate to read",
            "make and do nothing",
            "address",
            "no address")) {
      assertEquals("[[\"error\",1,0,19]]", answers.path(name).toString(), name);
    }
  }

  /** Whoever it says that it is, the line names the process that has the channel. */
  private void assertAudited(long pid) throws Exception {
    var log = Openers.audit(conf, "17 lines", text -> text.lines().count() >= 17);
    var own = " senseless/0#1 pid=" + pid + " uid=";
    assertTrue(log.lines().allMatch(line -> line.contains(own)), log);
    assertTrue(log.chars().allMatch(c -> c == '\n' || c >= ' ' && c != 0x7f), log);
  }

  private static String last(JsonNode status, String pool, String key) {
    for (var node : status.path("pools")) {
      if (node.path("name").asText().equals(pool)) {
        var all = node.path("workers");
        return all.path(all.size() - 1).path(key).asText();
      }
    }
    throw new AssertionError("no pool " + pool + " in " + status);
  }
}
