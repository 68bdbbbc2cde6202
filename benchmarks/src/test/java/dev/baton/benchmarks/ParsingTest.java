package dev.baton.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.benchmarks.standalone.StandaloneMain;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParsingTest {
  @Test
  void whatWrkHasCounted() throws IOException {
    LoadClient.Answers answers =
        WrkClient.parse("Running 3s test\n  1 threads\ncounted 300000 3000000 412 1890 0\n");
    assertEquals(new LoadClient.Answers(300_000, 3, 412, 1890), answers);
    assertEquals(100_000, answers.perSecond());
  }

  @Test
  void aRunWithErrorsIsNone() {
    assertThrows(IOException.class, () -> WrkClient.parse("counted 300000 3000000 412 1890 1\n"));
    assertThrows(IOException.class, () -> WrkClient.parse("counted 0 3000000 0 0 0\n"));
    IOException e = assertThrows(IOException.class, () -> WrkClient.parse("unable to connect\n"));
    assertTrue(e.getMessage().contains("unable to connect"), e.getMessage());
  }

  @Test
  void theCommandLineOfAWorkerWithAnotherProgram() {
    List<String> worker =
        List.of("/jdk/bin/java", "-Xmx64m", "-cp", "/a.jar:/b.jar", "dev.baton.worker.WorkerMain");
    assertEquals(
        List.of(
            "setsid",
            "/jdk/bin/java",
            "-Xmx64m",
            "-cp",
            "/a.jar:/b.jar:/own.jar",
            StandaloneMain.class.getName(),
            "Plugin",
            "web"),
        StandaloneServer.command(
            worker, Path.of("/own.jar"), StandaloneMain.class, List.of("Plugin", "web")));
  }

  @Test
  void anotherProgramIsNoWorker() {
    List<String> other = List.of("/bin/sh", "-c", "true");
    List<String> none = List.of();
    assertThrows(
        IllegalStateException.class,
        () -> StandaloneServer.command(other, Path.of("/own"), StandaloneMain.class, none));
  }

  @Test
  void whenTheMachineWasBooted() {
    Instant now = Instant.parse("2026-11-22T10:00:00Z");
    assertEquals(
        Instant.parse("2026-11-22T09:59:27.500Z"), WorkerStarts.boot("32.50 61.00\n", now));
  }

  @Test
  void whatTheMachineIs() {
    assertEquals(
        "Some CPU", Machine.value("processor : 0\nmodel name\t: Some CPU\n", "model name"));
    assertEquals("unknown", Machine.value("processor : 0\n", "model name"));
    assertEquals(2, Machine.memory("MemTotal:        2048 kB\nMemFree: 1 kB\n"));
  }

  @Test
  void figuresDoNotDependOnTheLocale() {
    assertEquals("12,345.68", Figures.text(12345.678, 2));
  }
}
