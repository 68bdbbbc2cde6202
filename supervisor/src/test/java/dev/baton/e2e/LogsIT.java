package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Deadline;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.PluginFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Logs are rotated while workers write to them: no line is lost, and none is torn. */
@BatonTest
@Timeout(90)
class LogsIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Path LOGROTATE = Path.of("/usr/sbin/logrotate");
  private static final Pattern LINE = Pattern.compile("line ([0-9]+) x* ends");
  private static final String TALKING = "dev.baton.e2e.plugin.TalkingWorker";

  private final Installation installation = Installation.find();
  @TempDir Path folder;

  private ConfFile conf(String log) throws IOException {
    var plugin = PluginFolder.in(folder.resolve("plugin"));
    var conf = ConfFile.in(folder);
    conf.pool(
        "talk",
        pool ->
            pool.plugin(TALKING)
                .classPath(plugin)
                .heap("48m")
                .set("log.maxSize", log)
                .set("log.keep", 1000));
    return conf;
  }

  /** As an operator has it: the example file, with two paths changed. */
  @Test
  void logrotateThreeTimesUnderLoad() throws Exception {
    assumeTrue(Files.isExecutable(LOGROTATE), "there is no " + LOGROTATE);
    var conf = conf("0");
    var example = installation.dist().resolve("conf").resolve("logrotate.d").resolve("baton");
    var text =
        Files.readString(example)
            .replace("/var/run/baton/main", conf.runtimeDir().toString())
            .replace("/opt/baton/bin/baton", installation.launcher().toString());
    var rules = Files.writeString(folder.resolve("rules"), text);
    Files.setPosixFilePermissions(
        rules, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
    try (var baton = BatonProcess.start(installation, conf)) {
      logrotate("-d", rules);
      var log = conf.runtimeDir().resolve("logs").resolve("talk-0.1.log");
      for (int i = 0; i < 3; i++) {
        Deadline.await(SOON, "it is written to", () -> Files.size(log) > 20_000, () -> "" + log);
        logrotate("-f", rules);
      }
      Deadline.await(SOON, "it is written to", () -> Files.size(log) > 20_000, () -> "" + log);
      var shown = baton.run("logs", "-n", "3", "talk/0").expect(0).stdout().lines().toList();
      assertEquals(3, shown.size(), shown::toString);
      assertTrue(shown.stream().allMatch(l -> l.startsWith("talk/0#1 | line ")), shown::toString);
      baton.scaleAndWait("talk", 0);
      assertEquals(4, files(log).size(), () -> files(log).toString());
      assertWhole(log);
    }
  }

  @Test
  void bySizeAndBySignal() throws Exception {
    var conf = conf("16k");
    try (var baton = BatonProcess.start(installation, conf)) {
      var log = conf.runtimeDir().resolve("logs").resolve("talk-0.1.log");
      Deadline.await(SOON, "two are put aside", () -> files(log).size() > 2, () -> "" + files(log));
      Files.move(log, log.resolveSibling(log.getFileName() + ".0"));
      baton.signal("USR1");
      Deadline.await(SOON, "there is another", () -> Files.exists(log), () -> "" + files(log));
      baton.scaleAndWait("talk", 0);
      assertWhole(log);
    }
  }

  /** What cannot be written is lost; the worker, and what it can write afterwards, is not. */
  @Test
  void aFullDisk() throws Exception {
    var conf = conf("0");
    try (var baton = BatonProcess.start(installation, conf)) {
      var log = conf.runtimeDir().resolve("logs").resolve("talk-0.1.log");
      Files.move(log, log.resolveSibling(log.getFileName() + ".1"));
      Files.createSymbolicLink(log, Path.of("/dev/full"));
      assertEquals("reopened: 1\n", baton.run("reopen-logs").expect(0).stdout());
      Files.delete(log);
      baton.run("reopen-logs").expect(0);
      Deadline.await(SOON, "it is written to", () -> Files.size(log) > 1000, () -> "" + log);
      assertEquals("talk/0#1", baton.workers("talk").get(0).id());
    }
  }

  private void logrotate(String option, Path rules) throws IOException, InterruptedException {
    var builder =
        new ProcessBuilder(
                LOGROTATE.toString(), option, "-s", folder.resolve("state").toString(), "" + rules)
            .redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", installation.javaHome().toString());
    var process = builder.start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    assertTrue(!output.contains("error"), output);
  }

  /** All files of a run, oldest first. */
  private static List<Path> files(Path log) {
    try (var all = Files.list(log.getParent())) {
      return all.filter(f -> f.getFileName().toString().startsWith("" + log.getFileName()))
          .sorted(Comparator.comparingInt(LogsIT::age).reversed())
          .toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** {@code x.log.1.gz}: 1; the newest has none, and that which a test has moved is next. */
  private static int age(Path file) {
    var rest = file.getFileName().toString().replaceAll(".*\\.log", "").replaceAll("\\D", "");
    return rest.isEmpty() ? -1 : Integer.parseInt(rest);
  }

  /** Every number once, in its order, in whole lines, up to the last that the worker knows of. */
  private static void assertWhole(Path log) throws IOException {
    List<String> lines = new ArrayList<>();
    for (Path file : files(log)) {
      try (InputStream raw = Files.newInputStream(file);
          InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw) {
        var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(text.isEmpty() || text.endsWith("\n"), () -> file + " ends within a line");
        text.lines().forEach(lines::add);
      }
    }
    long number = 0;
    for (String line : lines) {
      var matcher = LINE.matcher(line);
      if (matcher.matches()) {
        assertEquals(++number, Long.parseLong(matcher.group(1)), line);
      } else if (line.startsWith("last ")) {
        assertEquals("last " + number, line);
        return;
      } else {
        assertTrue(!line.contains("line ") && !line.contains("ends"), line);
      }
    }
    throw new AssertionError("no last line, only " + number + " lines");
  }
}
