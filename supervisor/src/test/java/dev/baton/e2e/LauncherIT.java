package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.e2e.LauncherKit.Outcome;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code bin/baton} does in a distribution folder: how it finds a JDK, and how it calls it.
 */
class LauncherIT {

  private static final String HINT = "apt-get install openjdk-17-jdk-headless";

  @TempDir Path base;
  private LauncherKit kit;

  @BeforeEach
  void setUp() throws IOException {
    kit = new LauncherKit(base);
  }

  @AfterEach
  void tearDown() {
    kit.close();
  }

  @Test
  void runBecomesTheSupervisorWithItsFlags() throws Exception {
    Path home = kit.distribution("dist");
    Path jdk = kit.jdk("jdk", "17.0.15");
    kit.with("JAVA_HOME", jdk)
        .with("BATON_SUPERVISOR_OPTS", "-Xmx128m  -Dstar=*")
        .with("BATON_CLI_OPTS", "-Dno");

    Outcome outcome = kit.run(home.resolve("bin/baton"), "run", "my conf.yaml", "");

    assertEquals(0, outcome.exit(), outcome.err());
    assertEquals("", outcome.err());
    assertTrue(
        outcome.out().contains("pid=" + outcome.pid() + "\n"), "exec keeps the pid: " + outcome);
    assertTrue(outcome.out().contains("MALLOC_ARENA_MAX=2\n"), outcome.out());
    assertEquals(
        List.of(
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED",
            "-Xrs",
            "-XX:+UseSerialGC",
            "-Xmx96m",
            "-Xss512k",
            "-XX:-UsePerfData",
            "-XX:+ExitOnOutOfMemoryError",
            "-Xshare:auto",
            "-Xmx128m",
            "-Dstar=*",
            "-Dbaton.home=" + home,
            "-Dbaton.conf=" + home + "/conf/baton.yaml",
            "-Dbaton.launcher=" + home + "/bin/baton",
            "-cp",
            home + "/lib/supervisor/*",
            "dev.baton.supervisor.Main",
            "run",
            "my conf.yaml",
            ""),
        outcome.arguments());
  }

  /** What an upgrade goes to, by the name that the launcher was called by. */
  @Test
  void commandTellsWhatRunWouldBecome() throws Exception {
    Path home = kit.distribution("dist");
    Path link = Files.createSymbolicLink(base.resolve("current"), home);
    Path jdk = kit.jdk("jdk", "17");
    kit.with("JAVA_HOME", jdk).with("BATON_SUPERVISOR_OPTS", "-Dmine=*");

    Outcome outcome = kit.run(link.resolve("bin/baton"), "command");

    assertEquals(0, outcome.exit(), outcome.err());
    List<String> lines = outcome.out().lines().toList();
    assertEquals(jdk + "/bin/java", lines.get(0), outcome.out());
    assertTrue(lines.containsAll(List.of("-Xrs", "-Dmine=*", "-Xmx96m")), outcome.out());
    assertTrue(lines.contains("-Dbaton.home=" + home), outcome.out());
    assertTrue(lines.contains("-Dbaton.launcher=" + link + "/bin/baton"), outcome.out());
    assertEquals("dev.baton.supervisor.Main", lines.get(lines.size() - 1), outcome.out());
  }

  @Test
  void otherCommandsGetTheFlagsOfTheCli() throws Exception {
    Path home = kit.distribution("dist");
    kit.with("JAVA_HOME", kit.jdk("jdk", "25"))
        .with("BATON_CLI_OPTS", "-Dmine=1")
        .with("JAVA_EXIT", "100");

    Outcome outcome =
        kit.run(home.resolve("bin/baton"), "--runtime-dir", "run", "status", "--json");

    assertEquals(100, outcome.exit(), "the exit code of the JVM is the launcher's");
    assertTrue(outcome.out().contains("MALLOC_ARENA_MAX=unset\n"), outcome.out());
    List<String> arguments = outcome.arguments();
    assertTrue(
        arguments.containsAll(List.of("-Xmx64m", "-XX:TieredStopAtLevel=1", "-Dmine=1")),
        arguments.toString());
    assertFalse(arguments.contains("-Xmx96m"), arguments.toString());
    assertEquals(
        List.of("--runtime-dir", "run", "status", "--json"),
        arguments.subList(arguments.size() - 4, arguments.size()));
  }

  @Test
  void standardInputIsLeftToTheJvm() throws Exception {
    Path home = kit.distribution("dist");
    kit.with("JAVA_HOME", kit.jdk("jdk", "17")).with("JAVA_READS", "1");
    Process process = kit.start(home.resolve("bin/baton"), "run");
    try (OutputStream in = process.getOutputStream()) {
      in.write("typed\n".getBytes(StandardCharsets.UTF_8));
    }
    assertTrue(kit.finish(process).out().contains("stdin=typed\n"));
  }

  @Test
  void findsItsHomeThroughChainsOfLinksAndSpaces() throws Exception {
    Path home = kit.distribution("a dist/of 'mine'");
    kit.with("JAVA_HOME", kit.jdk("a jdk", "17.0.1"));
    Path relative = Files.createDirectories(base.resolve("x/y z")).resolve("link");
    Files.createSymbolicLink(relative, Path.of("../../a dist/of 'mine'/bin/baton"));
    Path folder = Files.createSymbolicLink(base.resolve("folder"), Path.of("x"));
    Path absolute = Files.createSymbolicLink(base.resolve("baton"), folder.resolve("y z/link"));

    for (Path command :
        List.of(absolute, relative, folder.resolve("y z/link"), Path.of("./baton"))) {
      Outcome outcome = kit.run(command, "status");
      assertEquals(0, outcome.exit(), outcome.err());
      assertTrue(
          outcome.arguments().contains("-Dbaton.home=" + home), command + ": " + outcome.out());
    }
  }

  @Test
  void aDistributionNeverBuilds() throws Exception {
    Path home = kit.distribution("dist");
    Files.writeString(home.resolve("pom.xml"), "");
    kit.mavenOnPath();
    kit.with("JAVA_HOME", kit.jdk("jdk", "17"));

    assertEquals(0, kit.run(home.resolve("bin/baton"), "run").exit());
    assertEquals(List.of(), kit.mavenCalls());
    assertFalse(Files.exists(home.resolve(".baton")));
  }

  @Test
  void aCopyOfTheLauncherAloneSaysWhatIsWrong() throws Exception {
    Path home = kit.distribution("dist");
    Files.delete(home.resolve("lib/supervisor"));
    Outcome outcome = kit.run(home.resolve("bin/baton"), "run");
    assertFailure(outcome, "neither in a distribution", "Link to bin/baton instead of copying it.");
  }

  @Test
  void aFolderThatAClassPathCannotNameIsRefused() throws Exception {
    Path home = kit.distribution("dist:2");
    kit.with("JAVA_HOME", kit.jdk("jdk", "17"));
    assertFailure(kit.run(home.resolve("bin/baton"), "run"), "cannot run from " + home);
  }

  @Test
  void aJavaHomeThatIsWrongIsAnErrorAndNotSkipped() throws Exception {
    Path baton = kit.distribution("dist").resolve("bin/baton");
    kit.onPath("java", kit.jdk("good", "21.0.1").resolve("bin/java"));

    kit.with("JAVA_HOME", base.resolve("no/where"));
    assertFailure(
        kit.run(baton, "status"), "JAVA_HOME is " + base.resolve("no/where"), "missing", HINT);

    kit.with("JAVA_HOME", kit.jdk("old", "11.0.2"));
    assertFailure(
        kit.run(baton, "status"),
        "JAVA_HOME is " + base.resolve("old"),
        "Java 11.0.2, older than 17",
        HINT);

    kit.with("JAVA_HOME", kit.jdk("older", "1.8.0_392"));
    assertFailure(kit.run(baton, "status"), "Java 1.8.0_392, older than 17");

    Path broken = kit.jdk("broken", null);
    LauncherKit.script(broken.resolve("bin/java"), "#!/bin/sh\necho 'no libjvm.so' >&2\nexit 1\n");
    kit.with("JAVA_HOME", broken);
    assertFailure(
        kit.run(baton, "status"),
        "JAVA_HOME is " + broken,
        "does not tell its version: no libjvm.so");

    kit.with("JAVA_HOME", "");
    assertEquals(0, kit.run(baton, "status").exit(), "an empty JAVA_HOME is none");
  }

  @Test
  void aJdkWithoutAReleaseFileIsAsked() throws Exception {
    Path baton = kit.distribution("dist").resolve("bin/baton");
    kit.with("JAVA_HOME", kit.jdkThatAnswers("quiet", base.resolve("quiet"), "16.0.2"));
    assertFailure(kit.run(baton, "status"), "Java 16.0.2, older than 17");

    Path real = kit.jdk("real", "17.0.9");
    Path shim = kit.jdkThatAnswers("shim", real, "17.0.9");
    kit.with("JAVA_HOME", null).onPath("java", shim.resolve("bin/java"));
    Outcome outcome = kit.run(baton, "status");
    assertTrue(
        outcome.out().contains("java=" + real.resolve("bin/java") + "\n"), outcome.toString());
  }

  @Test
  void javaOnPathComesBeforeTheFolderOfJvms() throws Exception {
    Path baton = kit.distribution("dist").resolve("bin/baton");
    Path onPath = kit.jdk("somewhere", "17.0.2");
    kit.onPath("java", onPath.resolve("bin/java"));
    kit.jdk("jvm/java-25", "25.0.3");
    assertTrue(
        kit.run(baton, "status").out().contains("java=" + onPath.resolve("bin/java") + "\n"));
  }

  @Test
  void theNewestInTheFolderOfJvmsIsTheLastResort() throws Exception {
    Path baton = kit.distribution("dist").resolve("bin/baton");
    assertFailure(
        kit.run(baton, "run"),
        "found no Java",
        "no java on PATH",
        "none in " + base.resolve("jvm"),
        HINT);

    kit.onPath("java", kit.jdk("ancient", "1.8.0_1").resolve("bin/java"));
    String old = base.resolve("path/java") + " is Java 1.8.0_1, older than 17";
    assertFailure(kit.run(baton, "run"), old, "no newer one in " + base.resolve("jvm"), HINT);

    kit.jdk("jvm/a 17.0.9", "17.0.9");
    Path newer = kit.jdk("jvm/b 17.0.15", "17.0.15");
    kit.jdk("jvm/c 9", "9.0.4");
    Files.createDirectories(base.resolve("jvm/openjdk-99"));
    assertTrue(kit.run(baton, "run").out().contains("java=" + newer.resolve("bin/java") + "\n"));
  }

  @Test
  void aRealJvmTakesTheFlagsWithoutAWarning() throws Exception {
    Path home = kit.distribution("a dist");
    compileMain(home.resolve("lib/supervisor/supervisor.jar"));
    kit.with(
        "JAVA_HOME", System.getProperty("baton.test.javaHome", System.getProperty("java.home")));

    Outcome run = kit.run(home.resolve("bin/baton"), "run", "a b");
    assertEquals(new Outcome(run.pid(), 3, run.pid() + " " + home + " [run, a b]\n", ""), run);
    Outcome status = kit.run(home.resolve("bin/baton"), "status");
    assertEquals(
        new Outcome(status.pid(), 3, status.pid() + " " + home + " [status]\n", ""), status);
  }

  private void compileMain(Path jar) throws IOException {
    Path source = base.resolve("Main.java");
    Files.writeString(
        source,
        """
        package dev.baton.supervisor;
        public class Main {
          public static void main(String[] a) {
            System.out.println(ProcessHandle.current().pid() + " " + System.getProperty("baton.home") + " "
                + java.util.List.of(a));
            System.exit(3);
          }
        }
        """);
    String[] options = {
      "--release", "17", "-d", base.resolve("classes").toString(), source.toString()
    };
    assertEquals(0, ToolProvider.getSystemJavaCompiler().run(null, null, null, options));
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry("dev/baton/supervisor/Main.class"));
      Files.copy(base.resolve("classes/dev/baton/supervisor/Main.class"), out);
    }
  }

  static void assertFailure(Outcome outcome, String... expected) {
    assertEquals(111, outcome.exit(), outcome.toString());
    assertEquals("", outcome.out());
    assertTrue(outcome.err().startsWith("baton: "), outcome.err());
    for (String part : expected) {
      assertTrue(
          outcome.err().contains(part), () -> "expected: " + part + "\nsaid: " + outcome.err());
    }
  }
}
