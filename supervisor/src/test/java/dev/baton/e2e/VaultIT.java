package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Deadline;
import dev.baton.e2e.kit.Http;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.Proc;
import dev.baton.e2e.kit.Sample;
import dev.baton.e2e.kit.WorkerInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Workers that run as another user and serve what they cannot open themselves. */
@BatonTest
@Timeout(120)
class VaultIT {
  private static final String NOBODY = "65534";
  private static final List<String> AS_NOBODY =
      List.of("setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups");
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int EXECUTE = 1;

  private final Installation installation = Installation.find();
  @TempDir Path folder;
  private Path root;

  /** A folder of secrets in one that everybody can pass through. */
  @BeforeEach
  void fill() throws IOException {
    assumeTrue(isRoot(), "only root can start workers as another user");
    assumeTrue(
        passable(installation.dist()) && passable(installation.javaHome()),
        "other users do not get at the installation or the JDK: they are in a private folder");
    mode(folder, "rwx--x--x");
    root = Files.createDirectory(folder.resolve("vault"));
    mode(root, "rwx------");
    Files.writeString(root.resolve("note.txt"), "for root alone\n");
    mode(root.resolve("note.txt"), "rw-------");
  }

  private static boolean isRoot() throws IOException {
    return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
  }

  private static boolean passable(Path path) throws IOException {
    for (Path at = path.toRealPath(); at != null; at = at.getParent()) {
      if (((Integer) Files.getAttribute(at, "unix:mode") & EXECUTE) == 0) {
        return false;
      }
    }
    return true;
  }

  private static void mode(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  private ConfFile conf() {
    return ConfFile.in(folder)
        .tcp("web")
        .pool(
            "vault",
            pool ->
                pool.sample(installation, Sample.VAULT)
                    .workers(1)
                    .listeners("web")
                    .heap("48m")
                    .backoff(Duration.ofMillis(100), Duration.ofSeconds(1))
                    .config("root", root.toString())
                    .set("user", "nobody")
                    .set("open", List.of(Map.of("root", root.toString()))));
  }

  private static WorkerInfo worker(BatonProcess baton) throws IOException {
    return baton.workers("vault").get(0);
  }

  private static Http.Response get(BatonProcess baton, String path) throws IOException {
    return Http.get(baton.target("web"), path);
  }

  private static void assertServes(BatonProcess baton) throws IOException {
    assertEquals("for root alone\n", get(baton, "/note.txt").body());
  }

  /** What the kernel says of it. */
  private static void assertHasNoRights(long pid) {
    String four = String.join(" ", NOBODY, NOBODY, NOBODY, NOBODY);
    assertEquals(four, Proc.status(pid, "Uid").orElseThrow());
    assertEquals(four, Proc.status(pid, "Gid").orElseThrow());
    assertEquals("1", Proc.status(pid, "NoNewPrivs").orElseThrow());
    for (String kind : List.of("CapPrm", "CapEff", "CapAmb", "CapInh")) {
      assertEquals("0000000000000000", Proc.status(pid, kind).orElseThrow(), kind);
    }
  }

  private static int asNobody(String... command) throws Exception {
    var all = new ArrayList<>(AS_NOBODY);
    all.addAll(List.of(command));
    var process = new ProcessBuilder(all).redirectErrorStream(true).start();
    process.getOutputStream().close();
    process.getInputStream().readAllBytes();
    assertTrue(process.waitFor(10, TimeUnit.SECONDS), () -> all + " still runs");
    return process.exitValue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"shared", "dispatch"})
  void servesWhatItsUserCannotOpen(String mode) throws Exception {
    Files.write(root.resolve("large"), new byte[3_000_000]);
    Files.writeString(folder.resolve("outside"), "outside");
    Files.createSymbolicLink(root.resolve("link"), folder.resolve("outside"));
    try (var baton = BatonProcess.start(installation, conf().mode("web", mode))) {
      assertServes(baton);
      assertHasNoRights(worker(baton).pid());
      assertNotEquals(0, asNobody("cat", root.resolve("note.txt").toString()));
      assertEquals(3_000_000, get(baton, "/large").body().length());
      assertEquals(404, get(baton, "/none").status());
      assertEquals(403, get(baton, "/link").status());
      assertEquals(403, get(baton, "/").status());
      assertEquals(400, get(baton, "/../outside").status());
      assertEquals(400, get(baton, "/%2e%2e/outside").status());
    }
  }

  @Test
  void ofTheInstanceItsUserSeesOnlyWhatItNeeds() throws Exception {
    try (var baton = BatonProcess.start(installation, conf())) {
      Path run = baton.conf().runtimeDir();
      for (var closed :
          List.of("", "logs", "evidence", "releases", "releases/vault", "logs/vault-0.1.log")) {
        assertNotEquals(0, asNobody("ls", run.resolve(closed).toString()), closed);
        assertNotEquals(0, asNobody("cp", "/dev/null", run.resolve(closed).toString()), closed);
      }
      assertNotEquals(0, asNobody("cat", run.resolve("logs/vault-0.1.log").toString()));
      assertNotEquals(0, asNobody("ls", run.resolve("logs").toString()));
      assertNotEquals(0, asNobody("touch", run.resolve("x").toString()));
      assertEquals(0, asNobody("touch", run.resolve("evidence/vault-0.1/x").toString()));
      Files.delete(run.resolve("evidence/vault-0.1/x"));
    }
  }

  @Test
  void aKilledWorkerIsReplaced() throws Exception {
    try (var baton = BatonProcess.start(installation, conf())) {
      var first = worker(baton);
      baton.kill9(first.pid());
      baton.awaitStatus(
          SOON,
          "the next worker serves",
          s -> {
            var next = s.at("/pools/0/workers/0");
            return next.path("pid").asLong() != first.pid()
                && next.path("state").asText().equals("serving");
          });
      assertServes(baton);
      assertHasNoRights(worker(baton).pid());
      assertFalse(Files.exists(baton.conf().runtimeDir().resolve("evidence/vault-0.1")));
    }
  }

  /** TERM and KILL reach a process of another user, and so does the group that it leads. */
  @Test
  @Tag("long")
  void aWorkerThatDoesNotAnswerIsKilled() throws Exception {
    var conf = conf();
    conf.pool(
        "vault",
        pool -> pool.drainTimeout(Duration.ofMillis(500)).stopTimeout(Duration.ofMillis(500)));
    try (var baton = BatonProcess.start(installation, conf)) {
      var hung = worker(baton);
      baton.signal("STOP", hung);
      assertEquals(0, baton.run("restart", "vault").exit());
      Deadline.await(SOON, "the old worker is gone", () -> !Proc.exists(hung.pid()), () -> "");
      assertServes(baton);
      baton.signal("TERM", worker(baton));
      baton.awaitStatus(
          SOON,
          "the next worker serves",
          s ->
              s.at("/pools/0/workers/0/id").asText().equals("vault/0#3")
                  && s.at("/pools/0/workers/0/state").asText().equals("serving"));
      assertServes(baton);
    }
  }

  /** Its crash file is written by its user, and is the supervisor's afterwards. */
  @Test
  void aCrashLeavesEvidence() throws Exception {
    try (var baton = BatonProcess.start(installation, conf())) {
      var first = worker(baton);
      Path left = baton.conf().runtimeDir().resolve("evidence/vault-0.1");
      assertEquals(65534, Files.getAttribute(left, "unix:uid"));
      baton.signal("SEGV", first);
      Path file = left.resolve("hs_err.log");
      Deadline.await(
          SOON,
          "the folder is taken back",
          () -> Files.getAttribute(left, "unix:uid").equals(0),
          () -> baton.output());
      assertTrue(Files.size(file) > 0, file::toString);
      baton.awaitReady();
      assertServes(baton);
    }
  }

  @Test
  void aRuntimeDirectoryThatItsUserCannotReachIsSaid() throws Exception {
    mode(folder, "rwx------");
    try (var baton = BatonProcess.launch(installation, conf())) {
      Deadline.await(
          SOON,
          "the obstacle is named",
          () -> baton.output().contains(": " + folder + " has mode 700"),
          baton::output);
      assertTrue(
          baton.output().contains("WARN") && baton.output().contains("user nobody cannot reach"),
          baton::output);
    }
  }
}
