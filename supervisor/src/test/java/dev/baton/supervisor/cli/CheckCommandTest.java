package dev.baton.supervisor.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CheckCommandTest {

  @TempDir private Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int check(String yaml) throws IOException {
    Path file = Files.writeString(folder.resolve("c.yaml"), "runtimeDir: run\n" + yaml);
    out.reset();
    err.reset();
    CliContext context =
        new CliContext(
            config -> {
              throw new AssertionError("check started something");
            },
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Map.of(),
            folder,
            Optional.empty());
    return new BatonCli(context).run(new String[] {"check", file.toString()});
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private void assertProblem(String yaml, String text) throws IOException {
    assertEquals(ExitCode.USE, check(yaml), out.toString(StandardCharsets.UTF_8));
    assertTrue(err().contains(folder.resolve("c.yaml") + ": " + text), err());
  }

  @Test
  void whatIsFine() throws IOException {
    Files.createFile(folder.resolve("a.jar"));
    Files.createDirectory(folder.resolve("classes"));
    int exit =
        check(
            """
            listeners:
              web: {address: "tcp://127.0.0.1:0"}
              local: {address: "unix:run/x.sock"}
            files:
              log: {path: run/x.log, access: append, create: true}
            pools:
              one:
                plugin: x.Y
                classPath: [a.jar, classes, "*.jar", "a*", "*"]
                listeners: [web, local]
                files: [log]
                jvm: {heap: 8m, java: "%s/bin/java"}
              two: {plugin: x.Z, workers: 2, jvm: {heap: 8m}}
            """
                .formatted(System.getProperty("java.home")));
    assertEquals(ExitCode.DONE, exit, err());
    assertEquals(
        folder.resolve("c.yaml")
            + " is fine\n"
            + "  listens on tcp://127.0.0.1:0 (web, shared)\n"
            + "  listens on unix:"
            + folder.resolve("run/x.sock")
            + " (local, shared)\n"
            + "  pool one: 1 worker runs x.Y\n"
            + "  pool two: 2 workers run x.Z\n",
        out.toString(StandardCharsets.UTF_8));
    assertEquals("", err());
    try (Stream<Path> made = Files.list(folder)) {
      assertEquals(
          List.of("a.jar", "c.yaml", "classes"),
          made.map(path -> path.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void missingClassPathEntries() throws IOException {
    String pool = "pools: {p: {plugin: x.Y, jvm: {heap: 8m}, classPath: ['%s']}}";
    String key = "pools.p.classPath: ";
    assertProblem(
        pool.formatted("b.jar"),
        key + "class path entry " + folder.resolve("b.jar") + " does not exist");
    assertProblem(
        pool.formatted("*.jar"),
        key + "class path entry " + folder.resolve("*.jar") + " matches no file");
    assertProblem(
        pool.formatted("lib/*.jar"),
        key + "class path entry " + folder.resolve("lib/*.jar") + ": there is no folder ");
    Files.createDirectory(folder.resolve("d.jar"));
    assertProblem(
        pool.formatted("*.jar"),
        key + "class path entry " + folder.resolve("*.jar") + " matches no file");
  }

  @Test
  void filesAndSockets() throws IOException {
    String file = "files: {f: {path: '%s', access: append, create: %s}}";
    assertProblem(
        file.formatted("no/f", true),
        "files.f.path: the folder " + folder.resolve("no") + " does not exist");
    assertProblem(
        file.formatted("f", false),
        "files.f.path: " + folder.resolve("f") + " does not exist; \"create: true\" would make it");
    assertProblem(file.formatted("..", true), "files.f.path: ");
    assertProblem(
        "listeners: {l: {address: 'unix:no/l.sock'}}",
        "listeners.l.address: the folder " + folder.resolve("no") + " does not exist");
    assertProblem(
        "listeners: {l: {address: 'unixgram:no/l.sock'}}",
        "listeners.l.address: the folder " + folder.resolve("no") + " does not exist");
  }

  private Path script(String name, String body) throws IOException {
    Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + body + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void javaCommands() throws IOException {
    String pool = "pools: {p: {plugin: x.Y, jvm: {heap: 8m, java: '%s'}}}";
    String key = "pools.p.jvm.java: ";
    assertProblem(pool.formatted("none"), key + folder.resolve("none") + " does not exist");
    assertProblem(pool.formatted("c.yaml"), key + folder.resolve("c.yaml") + " cannot be executed");
    Path eight = script("eight", "echo 'openjdk version \"1.8.0_392\"' >&2");
    assertProblem(pool.formatted("eight"), key + eight + " is Java 1.8.0_392, older than 17");
    Path mute = script("mute", "exit 1");
    assertProblem(pool.formatted("mute"), key + mute + " does not tell its version");
    script("young", "echo 'openjdk version \"25-ea\" 2026-09-16' >&2");
    assertEquals(ExitCode.DONE, check(pool.formatted("young")), err());
    Files.createDirectories(folder.resolve("jdk/bin"));
    Files.writeString(folder.resolve("jdk/release"), "X=\"1\"\nJAVA_VERSION=\"11.0.2\"\n");
    Path old = script("jdk/bin/java", "exit 1");
    assertProblem(pool.formatted("jdk/bin/java"), key + old + " is Java 11.0.2, older than 17");
  }

  @Test
  void theWaysToWorkersAreShown() throws IOException {
    int exit =
        check(
            """
            listeners:
              given: {address: 'unix:@given', mode: dispatch}
              split: {address: 'udp://*:0', mode: reuseport}
              lines: {address: 'unixgram:run/lines'}
            pools: {p: {plugin: x.Y, jvm: {heap: 8m}, listeners: [given, split, lines]}}
            """);
    assertEquals(ExitCode.DONE, exit, err());
    assertEquals(
        "baton: warning: listener given has an abstract name, which has no permissions: whoever is"
            + " in this network namespace may connect\n",
        err());
    assertEquals(
        List.of(
            "  listens on unix:@given (given, dispatch)",
            "  listens on udp://*:0 (split, reuseport)",
            "  listens on unixgram:" + folder.resolve("run/lines") + " (lines, shared)"),
        out.toString(StandardCharsets.UTF_8).lines().skip(1).limit(3).toList());
  }

  @Test
  void whatTheKernelCapsIsAWarning() throws IOException {
    int exit =
        check(
            """
            listeners: {l: {address: 'udp://*:0', udp: {receiveBuffer: 1g}}}
            pools: {p: {plugin: x.Y, jvm: {heap: 8m}, listeners: [l]}}
            """);
    assertEquals(ExitCode.DONE, exit, err());
    boolean told = err().contains("udp.receiveBuffer of 1073741824, above net.core.rmem_max");
    assertEquals(Files.exists(Path.of("/proc/sys/net/core/rmem_max")), told, err());
  }

  @Test
  void moreHeapThanMemoryIsAWarning() throws IOException {
    int exit = check("pools: {p: {plugin: x.Y, workers: 1000, jvm: {heap: 900g}}}");
    assertEquals(ExitCode.DONE, exit);
    assertTrue(
        err()
            .startsWith(
                "baton: warning: the heaps of all workers, surge and spares included, add up to"),
        err());
    assertTrue(err().contains("(p 1001 x 900.0 GiB)"), err());
  }
}
