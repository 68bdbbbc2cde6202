package dev.baton.e2e.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The kit's process handling, tried on a stand-in for the program. */
@BatonTest
@Timeout(60)
class BatonProcessTest {
  @TempDir Path folder;

  private Installation installation;

  @BeforeEach
  void install() throws Exception {
    installation = FakeBaton.install(folder.resolve("dist"));
  }

  @Test
  void startsAsksRunsCommandsAndStops() throws Exception {
    var conf = conf("good");
    try (var baton = BatonProcess.start(installation, conf)) {
      assertEquals(baton.pid(), baton.status().path("pid").asLong());
      assertEquals("tcp://127.0.0.1:1234", baton.address("web"));
      assertEquals("tcp://127.0.0.1:1234", baton.target("web").name());
      assertThrows(AssertionError.class, () -> baton.address("nobody"));
      var worker = baton.workers("hello").get(0);
      assertEquals("hello/0#1", worker.id());
      assertTrue(worker.serving());
      assertTrue(Proc.exists(worker.pid()));
      var result = baton.run("restart", "hello").expect(0);
      assertEquals("restart hello --conf " + conf.path(), result.stdout().strip());
      assertEquals("to stderr", result.stderr().strip());
      assertThrows(AssertionError.class, () -> baton.run("fail").expect(0));
      assertTrue(FailureReport.logs(conf).contains("a line of the worker"));
      assertEquals(143, baton.terminate());
      assertFalse(baton.alive());
    }
  }

  @Test
  void startThatFailsShowsTheOutput() throws Exception {
    var failure = assertThrows(AssertionError.class, () -> start("dies"));
    assertTrue(failure.getMessage().contains("ended (3)"), failure::getMessage);
    assertTrue(failure.getMessage().contains("fake supervisor: dies"), failure::getMessage);
  }

  @Test
  void leftoversAreNamedAndRemoved() throws Exception {
    var baton = start("leaves all behind");
    var worker = baton.workers("hello").get(0);
    var failure = assertThrows(AssertionError.class, baton::close);
    assertTrue(failure.getMessage().contains("still runs: " + worker.pid()), failure::getMessage);
    assertTrue(failure.getMessage().contains("admin.sock"), failure::getMessage);
    assertTrue(Files.notExists(baton.conf().runtimeDir().resolve("admin.sock")));
    Deadline.await(
        java.time.Duration.ofSeconds(5),
        "the worker is gone",
        () -> Proc.identity(worker.pid()).filter(Proc.Identity::alive).isEmpty(),
        () -> "");
  }

  @Test
  void errorLinesFailTheTestUnlessAllowed() throws Exception {
    var failure = assertThrows(AssertionError.class, start("logs an error")::close);
    assertTrue(failure.getMessage().contains("something broke"), failure::getMessage);
    start("logs an error").allowErrors().close();
  }

  @Test
  void killedSupervisorIsCleanedUpAfter() throws Exception {
    var baton = start("good");
    long worker = baton.workers("hello").get(0).pid();
    baton.kill9(baton.pid());
    assertEquals(137, baton.awaitExit(java.time.Duration.ofSeconds(5)));
    assertTrue(Proc.identity(worker).orElseThrow().alive());
    baton.close();
    assertEquals(List.of(), SocketFiles.below(folder));
  }

  @Test
  void installationSaysWhatIsMissing() throws Exception {
    Files.delete(folder.resolve("dist/bin/baton"));
    var home = installation.javaHome();
    var failure =
        assertThrows(
            IllegalStateException.class, () -> new Installation(folder.resolve("dist"), home));
    assertTrue(failure.getMessage().contains("bin/baton is missing"), failure::getMessage);
    assertTrue(installation.classPath(Sample.HTTP).get(1).endsWith("samples/lib/*.jar"));
  }

  private BatonProcess start(String how) throws Exception {
    return BatonProcess.start(installation, conf(how));
  }

  private ConfFile conf(String how) {
    return ConfFile.in(folder).pool("hello", pool -> pool.plugin(how));
  }
}
