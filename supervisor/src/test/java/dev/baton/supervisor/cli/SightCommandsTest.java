package dev.baton.supervisor.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.supervisor.admin.FakeOperations;
import dev.baton.supervisor.admin.PoolView;
import dev.baton.supervisor.admin.StatusView;
import dev.baton.supervisor.admin.WorkView;
import dev.baton.supervisor.admin.WorkerView;
import dev.baton.supervisor.metrics.ProcessFigures;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The commands that look into an instance: descriptors, one slot, the load. */
class SightCommandsTest extends CliKit {

  @Test
  void descriptorsAsTable() throws IOException {
    serve();
    assertEquals(ExitCode.DONE, here("fds"), err());
    assertEquals(
        """
        supervisor: serving, pid 999999999
           FD  KIND      NAME                            HELD       SINCE
           12  listener  hello-tcp                       own        1h1m
           and its own: 3 eventpoll

        hello/0#5: serving, generation 3, pid 4711
           FD  KIND      NAME                            HELD       SINCE
            7  listener  hello-tcp                       claimed    1m30s
            9  listener  hello-tcp                       STRAY      -
                          one more than was lent to it
           connections: 3 open, 1 unclaimed
           and its own: 2 socket

        web/0#9: serving, generation 1, pid 4713
          its descriptors cannot be seen, these are the books alone: /proc/4713/fd may
          not be read: it runs as user nobody
           FD  KIND      NAME                            HELD       SINCE
            -  file      key                             claimed    1m20s
                          by the books alone

        1 stray: copies that nobody should hold
        """,
        out());
    out().lines().forEach(line -> assertTrue(line.length() <= 80, line));
  }

  @Test
  void descriptorsOfOneWorker() throws IOException {
    serve();
    assertEquals(ExitCode.DONE, here("fds", "web/0"), err());
    assertTrue(out().startsWith("web/0#9: ") && out().endsWith("\nno strays\n"), out());
    assertEquals(ExitCode.DONE, here("fds", "hello", "--json"), err());
    assertTrue(out().startsWith("{\"holders\":[{\"owner\":\"hello/0#5\",\"pid\":4711,"), out());
    assertTrue(out().contains("\"connections\":{\"open\":3,\"unclaimed\":1,"), out());
    assertEquals(ExitCode.USE, here("fds", "nobody"));
    assertTrue(err().contains("the pools are: hello, web"), err());
    assertEquals(ExitCode.REFUSED, here("fds", "web/7"));
    assertTrue(err().contains("no worker of web/7 has a process"), err());
    assertEquals(ExitCode.USE, here("fds", "web/x"));
    assertTrue(err().contains("'web/x' is no slot, allowed: POOL or POOL/SLOT"), err());
    assertNoTrace();
  }

  @Test
  void aSlotExplained() throws IOException {
    serve();
    assertEquals(ExitCode.DONE, here("explain", "web/0"), err());
    assertEquals(
        """
        web/0: backoff, for 3s
          why   7 ends so far
          next  it starts in 2.5 s
                reset starts it now
        """,
        out());
    assertEquals(ExitCode.DONE, here("explain", "web/0", "--json"));
    assertTrue(out().startsWith("{\"pool\":\"web\",\"slot\":0,\"parts\":["), out());
    assertEquals(ExitCode.REFUSED, here("explain", "web/9"));
    assertEquals("baton: pool web has no slot 9\n", err());
    assertEquals(ExitCode.USE, here("explain", "web"));
    assertTrue(err().contains("'web' is no slot, allowed: POOL/SLOT"), err());
    assertEquals(ExitCode.USE, here("explain", "nobody/0"));
    assertTrue(err().contains("the pools are: hello, web"), err());
    assertNoTrace();
  }

  @Test
  void coloursWhereTheyAreWanted() throws IOException {
    serve();
    assertEquals(ExitCode.DONE, here("status", "--colour", "never"));
    String plain = out();
    assertEquals(ExitCode.DONE, here("status"));
    assertEquals(plain, out(), "here is no terminal");
    assertEquals(ExitCode.DONE, here("status", "--colour", "always"));
    assertTrue(out().contains("\u001b[32mserving\u001b[0m,"), out());
    assertTrue(out().contains("\u001b[31mdown    \u001b[0m"), out());
    assertEquals(plain, out().replaceAll("\u001b\\[[0-9]+m", ""), "nothing else differs");
    assertEquals(ExitCode.USE, here("status", "--colour", "perhaps"));
    assertTrue(err().contains("allowed: auto, always or never"), err());
  }

  @Test
  void topWithoutATerminalIsOneFrame() throws IOException {
    serve();
    for (String[] command : new String[][] {{"top"}, {"top", "--once"}}) {
      assertEquals(ExitCode.DONE, here(command), err());
      assertTrue(out().startsWith("demo: baton 0.1.0, pid 999999999, up 1h1m"), out());
      assertTrue(out().contains("averages since the start of each process"), out());
      assertTrue(out().contains("web: down, generation 1, 0 of 1 serving"), out());
      assertTrue(out().indexOf('\u001b') < 0, out());
      out().lines().forEach(line -> assertTrue(line.length() <= 80, line));
    }
  }

  private static TopFrame frame(long seconds, double cpu, long requests) {
    WorkerView worker =
        new WorkerView("hello/0#5", 0, 4711, 3, "serving", 100, 0, "ready", "")
            .with(
                Optional.empty(),
                Optional.of(new WorkView(50, requests, 0, requests * 2_000_000)),
                Optional.empty());
    StatusView status = FakeOperations.sample();
    StatusView one =
        new StatusView(
            status.version(),
            status.pid(),
            status.uptimeSeconds(),
            status.name(),
            status.runtimeDir(),
            List.of(),
            List.of(new PoolView("hello", 3, 1, "serving", List.of(worker))),
            Optional.empty());
    return TopFrame.of(
        seconds * 1_000_000_000L,
        one,
        pid -> Optional.of(new ProcessFigures(cpu, 64L << 20, 20, OptionalLong.empty())));
  }

  @Test
  void ratesAreThoseBetweenTwoFrames() {
    List<String> alone = TopTable.of(null, frame(0, 50, 1000), Paint.NONE);
    assertEquals(
        "  hello/0#5                 serving   50.0    64M      -     0.5    10.0     2.0",
        alone.get(5));
    List<String> later = TopTable.of(frame(0, 50, 1000), frame(4, 51, 3000), Paint.NONE);
    assertEquals("over the last 4 s", later.get(1));
    assertEquals(
        "  hello/0#5                 serving   25.0    64M      -     0.0     500     2.0",
        later.get(5));
  }
}
