package dev.baton.supervisor.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.supervisor.admin.ListenerView;
import dev.baton.supervisor.admin.OpenServiceView;
import dev.baton.supervisor.admin.OperationRefused;
import dev.baton.supervisor.admin.PoolView;
import dev.baton.supervisor.admin.StatusView;
import dev.baton.supervisor.admin.Verdict;
import dev.baton.supervisor.admin.WorkerView;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The commands that ask a running supervisor. */
class OperatorCommandsTest extends CliKit {

  @Test
  void statusAsTable() throws IOException {
    serve();
    assertEquals(ExitCode.DONE, here("status"), err());
    assertEquals(
        """
        demo: baton 0.1.0, pid 999999999, up 1h1m  /run/baton/demo

        LISTENER    MODE      ADDRESS
        hello-tcp   shared    tcp://127.0.0.1:8080
        hello-unix  shared    unix:/run/baton/demo/hello.sock
        chat        dispatch  tcp://[::]:9000
            205 accepted, 207 handed off, 200 claimed, 3 open, 2 waiting, 1
            re-dispatched, 2 refused by workers, 1 vanished, 4 accept errors

        pool hello: serving, generation 3, 2 of 2 serving
          WORKER     STATE         PID   GEN      UP  RESTARTS
          hello/0#5  serving      4711     3   1m30s         0
              42 requests
          hello/1#6  serving      4712     3   1m20s         1
              connections: 3 open, 1 unclaimed, 200 in total

        pool web: down, generation 1, 0 of 1 serving
          WORKER   STATE         PID   GEN      UP  RESTARTS
          web/0#9  down            -     1       -         7
              backoff: killed by SIGKILL

        open service: unix:/run/baton/demo/open.sock
            2 clients now, 40 accepted, 1 turned away, 90 requests granted, 5 refused
        """,
        out());
    assertEquals("", err());
  }

  @Test
  void aTableFitsTheTerminal() throws IOException {
    String name = "n".repeat(32);
    WorkerView worker =
        new WorkerView(
            name + "/999#123456",
            999,
            4194304,
            1234,
            "starting",
            86399,
            99999,
            "handshaking",
            "a\u001b[2Jb " + "long ".repeat(40) + "x".repeat(90));
    operations.status =
        new StatusView(
            "0.1.0-SNAPSHOT",
            4194304,
            86400L * 400,
            name,
            "/run/user/1000/baton/" + name,
            List.of(new ListenerView(name, "unix:/" + "p".repeat(60), "reuseport")),
            List.of(new PoolView(name, 1234, 1000, "restarting", List.of(worker))),
            Optional.of(
                new OpenServiceView(
                    "unix:/run/" + "s".repeat(50),
                    Integer.MAX_VALUE,
                    Long.MAX_VALUE,
                    Long.MAX_VALUE,
                    Long.MAX_VALUE,
                    Long.MAX_VALUE)));
    serve();
    assertEquals(ExitCode.DONE, here("status"), err());
    out().lines().forEach(line -> assertTrue(line.length() <= 80, line));
    assertTrue(out().contains(name + "/999#123456"), out());
    assertFalse(out().contains("\u001b"), "a plugin's text reached the terminal unchanged");
  }

  @Test
  void statusAsJson() throws IOException {
    serve();
    assertEquals(ExitCode.DONE, here("status", "--json"));
    assertTrue(out().startsWith("{\"version\":\"0.1.0\",\"pid\":"), out());
    assertEquals(1, out().lines().count());
  }

  @Test
  void restartShowsProgressAndVerdict() throws IOException {
    operations.onRestart =
        (pool, watcher) -> {
          watcher.progress("slot 0: " + pool + "/0#7 is ready");
          watcher.finished(
              new Verdict(true, "generation 4 serves", 4, List.of(), Optional.empty()));
        };
    serve();
    assertEquals(ExitCode.DONE, here("restart", "hello", "--surge", "2"), err());
    assertEquals("hello: slot 0: hello/0#7 is ready\nhello: generation 4 serves\n", out());
    assertEquals("restart hello 2", operations.calls.poll());
  }

  @Test
  void rolloutsForPrograms() throws IOException {
    operations.onRestart =
        (pool, watcher) -> {
          watcher.progress("slot 0");
          watcher.finished(new Verdict(false, "why", 3, List.of("last"), Optional.empty()));
        };
    serve();
    assertEquals(ExitCode.REFUSED, here("deploy", "hello", "--configured", "--json"), err());
    assertEquals(
        "{\"pool\":\"hello\",\"progress\":\"slot 0\"}\n"
            + "{\"pool\":\"hello\",\"verdict\":{\"done\":false,\"text\":\"why\",\"generation\":3,"
            + "\"logTail\":[\"last\"]}}\n",
        out());
    assertEquals("", err());
  }

  @Test
  void diffAndReload() throws IOException {
    serve();
    assertEquals(ExitCode.DONE, here("diff"), err());
    assertEquals("diff", operations.calls.poll());
    assertEquals("pool web: rolled: config\n", out());
    assertEquals(ExitCode.DONE, here("reload"), err());
    assertEquals("reload", operations.calls.poll());
    assertEquals("file key was opened anew and offered again\nreloaded\n", out());
  }

  @Test
  void aReloadThatDoesNothingOrNotAll() throws IOException {
    serve();
    operations.onReload = w -> w.unusable(true, List.of("a.yaml:1: x", "a.yaml:2: y"));
    assertEquals(ExitCode.USE, here("reload"));
    assertEquals("baton: a.yaml:1: x\na.yaml:2: y\n", err());
    operations.onReload = w -> w.unusable(false, List.of("listener web: EADDRINUSE"));
    assertEquals(ExitCode.SYSTEM, here("reload"));
    assertEquals("baton: listener web: EADDRINUSE\n", err());
    operations.onReload = w -> w.refused("a reload is under way");
    assertEquals(ExitCode.REFUSED, here("reload"));
    assertEquals("baton: a reload is under way\n", err());
    operations.onReload =
        w -> w.finished(new Verdict(false, "not all", 0, List.of(), Optional.empty()));
    assertEquals(ExitCode.REFUSED, here("reload"));
    assertEquals("baton: not all\n", err());
  }

  @Test
  void resetOfAPoolOrOfOneSlot() throws IOException {
    serve();
    assertEquals(ExitCode.DONE, here("reset", "web"), err());
    assertEquals("reset web", operations.calls.poll());
    assertEquals("web/0, web/2: reset\n", out());
    assertEquals(ExitCode.DONE, here("reset", "web/3"), err());
    assertEquals("reset web 3", operations.calls.poll());
    assertEquals("web/3: reset\n", out());
    assertEquals(ExitCode.DONE, here("reset", "hello"), err());
    assertEquals("hello: nothing to reset\n", out());
  }

  @Test
  void aResetThatCannotBe() throws IOException {
    serve();
    assertEquals(ExitCode.REFUSED, here("reset", "web/9"));
    assertEquals("baton: pool web has no slot 9\n", err());
    assertEquals(ExitCode.USE, here("reset", "nobody"));
    assertEquals(ExitCode.USE, here("reset", "web/x"));
    assertTrue(err().contains("'web/x' is no slot, allowed: POOL or POOL/SLOT"), err());
  }

  @Test
  void aRollbackIsToldWithTheLog() throws IOException {
    operations.onRestart =
        (pool, watcher) ->
            watcher.finished(
                new Verdict(
                    false, "hello/0#7 exit code 3", 3, List.of("one", "two"), Optional.empty()));
    serve();
    assertEquals(ExitCode.REFUSED, here("restart", "hello"));
    assertEquals(
        "baton: hello: rolled back: hello/0#7 exit code 3\n"
            + "the last lines of the failed worker's log:\n    one\n    two\n",
        err());
  }

  @Test
  void allPoolsUntilTheFirstRollback() throws IOException {
    serve();
    assertEquals(ExitCode.DONE, here("restart", "--all"));
    assertEquals("hello: done\nweb: done\n", out());
    operations.calls.clear();
    operations.onRestart =
        (pool, watcher) ->
            watcher.finished(new Verdict(false, "no", 1, List.of(), Optional.empty()));
    assertEquals(ExitCode.REFUSED, here("restart", "--all"));
    assertEquals(List.of("restart hello"), List.copyOf(operations.calls));
  }

  @Test
  void severalPoolsAreCheckedBeforeTheFirst() throws IOException {
    serve();
    assertEquals(ExitCode.DONE, here("restart", "web", "hello", "web"));
    assertEquals(List.of("restart web", "restart hello"), List.copyOf(operations.calls));
    operations.calls.clear();
    assertEquals(ExitCode.USE, here("restart", "hello", "nope"));
    assertEquals("baton: there is no pool nope; the pools are: hello, web\n", err());
    assertTrue(operations.calls.isEmpty());
  }

  @Test
  void aRefusedRestart() throws IOException {
    operations.onRestart = (pool, watcher) -> watcher.refused("a rollout of hello is under way");
    serve();
    assertEquals(ExitCode.REFUSED, here("restart", "hello"));
    assertEquals("baton: a rollout of hello is under way\n", err());
  }

  @Test
  void aSupervisorThatGoesAwayDuringARestart() throws IOException {
    operations.onRestart =
        (pool, watcher) -> {
          watcher.progress("begun");
          server.close();
        };
    serve();
    assertEquals(ExitCode.SYSTEM, here("restart", "hello"));
    assertTrue(err().startsWith("baton: lost the supervisor before the verdict ("), err());
    assertNoTrace();
  }

  @Test
  void scales() throws IOException {
    serve();
    assertEquals(ExitCode.DONE, here("scale", "hello", "3"));
    assertEquals("hello: 2 -> 3 workers\n", out());
    assertEquals(ExitCode.DONE, here("scale", "hello", "+2"));
    assertEquals("hello: 2 -> 4 workers\n", out());
    assertEquals(ExitCode.DONE, here("scale", "hello", "-1"));
    assertEquals("hello: 2 -> 1 workers\n", out());
    assertEquals(ExitCode.USE, here("scale", "hello", "1001"));
    assertTrue(err().contains("from 0 to 1000"), err());
    assertEquals(ExitCode.USE, here("scale", "hello", "-3"));
    assertTrue(err().contains("2-3 is -1"), err());
    assertEquals(ExitCode.USE, here("scale", "nope", "1"));
    assertTrue(err().contains("the pools are: hello, web"), err());
    assertEquals(ExitCode.USE, here("scale", "../x y\r\n", "1"));
    assertTrue(err().contains("the pools are: hello, web"), err());
    operations.scaleFailure = new OperationRefused("the supervisor is stopping");
    assertEquals(ExitCode.REFUSED, here("scale", "hello", "1"));
    assertEquals("baton: the supervisor is stopping\n", err());
    operations.scaleFailure = new IllegalStateException("oops");
    assertEquals(ExitCode.BUG, here("scale", "hello", "1"));
    assertNoTrace();
  }

  @Test
  void stopWaitsForTheEnd() throws Exception {
    Process supervisor = new ProcessBuilder("sleep", "100").start();
    try {
      StatusView view = operations.status();
      operations.status =
          new StatusView(
              "0.1.0",
              supervisor.pid(),
              1,
              view.name(),
              view.runtimeDir(),
              view.listeners(),
              view.pools(),
              view.openService());
      operations.onStop =
          () ->
              new Thread(
                      () -> {
                        server.close();
                        supervisor.destroy();
                      })
                  .start();
      serve();
      assertEquals(ExitCode.DONE, here("stop"), err());
      assertEquals("stopping: the workers finish what they have\ndemo has stopped\n", out());
      assertEquals("stop false", operations.calls.poll());
      assertFalse(supervisor.isAlive(), "stop did not wait for the process");
    } finally {
      supervisor.destroyForcibly();
    }
  }

  @Test
  void stopNow() throws IOException {
    operations.onStop = () -> new Thread(server::close).start();
    serve();
    assertEquals(ExitCode.DONE, here("stop", "--now"), err());
    assertEquals("stop true", operations.calls.poll());
  }
}
