package dev.baton.e2e;

import static dev.baton.e2e.LauncherIT.assertFailure;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.e2e.LauncherKit.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code bin/baton} does in a source checkout: when it builds, from what, and what it keeps.
 */
class LauncherBuildIT {

  private static final String SOURCE = "supervisor/src/main/java/Main.java";

  @TempDir Path base;
  private LauncherKit kit;
  private Path root;
  private Path baton;
  private Path jdk;

  @BeforeEach
  void setUp() throws IOException {
    kit = new LauncherKit(base);
    root = kit.checkout("my checkout");
    baton = root.resolve("bin/baton");
    jdk = kit.jdk("my jdk", "17.0.15");
    kit.with("JAVA_HOME", jdk).mavenOnPath();
  }

  @AfterEach
  void tearDown() {
    kit.close();
  }

  @Test
  void onlyRunBuilds() throws Exception {
    for (String[] arguments :
        List.of(
            new String[] {"status"},
            new String[] {"restart", "run"},
            new String[] {"--conf", "run", "check"},
            new String[] {"version"},
            new String[] {"--help"},
            new String[] {"run", "--help"},
            new String[] {})) {
      Outcome outcome = kit.run(baton, arguments);
      assertFailure(outcome, "nothing is built yet: start with \"" + baton + " run\"");
    }
    assertEquals(List.of(), kit.mavenCalls());
    assertFalse(Files.exists(root.resolve(".baton")));
  }

  @Test
  void buildsOnceAndRunsFromTheBuild() throws Exception {
    Outcome first = kit.run(baton, "run");
    assertEquals(0, first.exit(), first.err());
    assertEquals("Building Baton (first use, about a minute)...\n", first.err());
    Path home = home(first);
    assertEquals(root.resolve(".baton/builds"), home.getParent());
    assertTrue(home.getFileName().toString().matches("[0-9a-f]{16}"), home.toString());
    assertTrue(first.out().contains("pid=" + first.pid() + "\n"), "exec keeps the pid: " + first);
    assertTrue(
        first.arguments().contains("-Dbaton.conf=" + root + "/conf/baton.yaml"), first.out());
    assertTrue(first.out().contains("fd=" + base), first.out());
    assertFalse(first.out().contains(".lock\n"), "no lock is left open: " + first.out());
    assertEquals(1, kit.mavenCalls().size());
    String call = kit.mavenCalls().get(0);
    assertTrue(call.contains("JAVA_HOME=" + jdk + " "), call);
    assertTrue(
        call.endsWith(
            "args=-q -B -DskipTests -Dspotless.check.skip=true -pl supervisor -am package"),
        call);
    assertFalse(
        Files.exists(root.resolve("supervisor/target")),
        "the checkout's own target folder is left alone");
    assertEquals(
        Set.of("builds", "current", "build.lock", "builds.lock", "build.log"),
        entries(root.resolve(".baton")));

    Outcome second = kit.run(baton, "run");
    assertEquals("", second.err());
    assertEquals(home, home(second));
    assertEquals(home, home(kit.run(baton, "status")));
    assertEquals(1, kit.mavenCalls().size());
  }

  @Test
  void buildsAnewWhenWhatItIsBuiltFromChanged() throws Exception {
    Path first = home(kit.run(baton, "run"));
    for (String same :
        List.of(
            "conf/baton.yaml",
            "supervisor/src/test/java/MainTest.java",
            "benchmarks/src/main/java/Bench.java")) {
      Files.writeString(root.resolve(same), "2");
      assertEquals(first, home(kit.run(baton, "run")), same);
    }
    int builds = 1;
    for (String different :
        List.of("pom.xml", "worker-api/pom.xml", ".mvn/jvm.config", "conf/other", SOURCE)) {
      Files.writeString(root.resolve(different), "2");
      Outcome outcome = kit.run(baton, "run");
      assertEquals("Building Baton (the sources changed, about a minute)...\n", outcome.err());
      assertNotEquals(first, home(outcome), different);
      assertEquals(++builds, kit.mavenCalls().size());
    }
    assertEquals(
        "2",
        Files.readString(home(kit.run(baton, "status")).resolve("lib/supervisor/supervisor.jar")));
  }

  @Test
  void aFailedBuildShowsTheEndOfItsOutput() throws Exception {
    Outcome outcome = kit.with("MVN_FAILS", "1").run(baton, "run");
    assertEquals(111, outcome.exit());
    assertEquals("", outcome.out());
    assertTrue(outcome.err().contains("output line 21;\n"), outcome.err());
    assertFalse(outcome.err().contains("output line 20;\n"), outcome.err());
    Path log = root.resolve(".baton/build.log");
    assertTrue(
        outcome
            .err()
            .endsWith(
                "baton: the build failed (mvn ended with 1); all of its output is in "
                    + log
                    + "\n"));
    assertTrue(Files.readString(log).contains("output line 1;\n"));
    assertEquals(
        Set.of("builds", "build.lock", "builds.lock", "build.log"),
        entries(root.resolve(".baton")));

    assertFailure(kit.run(baton, "status"), "nothing is built yet");
    assertEquals(
        0, kit.with("MVN_FAILS", null).run(baton, "run").exit(), "the next one may succeed");
  }

  @Test
  void saysWhatABuildNeeds() throws Exception {
    kit.takeFromPath("mvn");
    assertFailure(kit.run(baton, "run"), "building Baton needs Maven: \"apt-get install maven\"");
    Files.delete(jdk.resolve("bin/javac"));
    assertFailure(
        kit.run(baton, "run"), "building Baton needs a JDK, but " + jdk + " has no bin/javac");
  }

  @Test
  void twoAtOnceBuildOnce() throws Exception {
    Path gate = kit.gate("gate");
    kit.with("MVN_GATE", gate);
    Process first = kit.start(baton, "run");
    await("the first one builds").until(() -> kit.mavenCalls().size() == 1);
    Process second = kit.start(baton, "run");
    await("the second one waits")
        .until(() -> kit.err(second).contains("waiting for another build"));
    LauncherKit.open(gate);

    Outcome one = kit.finish(first);
    Outcome two = kit.finish(second);
    assertEquals(0, one.exit(), one.err());
    assertEquals(0, two.exit(), two.err());
    assertEquals(home(one), home(two));
    assertEquals(1, kit.mavenCalls().size());
  }

  @Test
  void classDataIsArchivedOncePerBuildAndJdk() throws Exception {
    Outcome first = kit.run(baton, "run");
    Path archives = home(first).resolve("archives");
    assertEquals(Set.of("17.0.15"), entries(archives));
    Path archive = archives.resolve("17.0.15/supervisor.jsa");
    assertTrue(first.arguments().contains("-XX:SharedArchiveFile=" + archive), first.out());
    assertTrue(first.arguments().contains("-Dbaton.archives=" + archive.getParent()), first.out());

    Files.delete(archive); // would be there again after another training
    Outcome second = kit.run(baton, "run");
    assertFalse(second.out().contains("SharedArchiveFile"), second.out());
  }

  @Test
  void aStartWorksWithoutArchives() throws Exception {
    Outcome outcome = kit.with("TRAINING_FAILS", "yes").run(baton, "run");
    assertEquals(0, outcome.exit(), outcome.err());
    assertFalse(outcome.out().contains("SharedArchiveFile"), outcome.out());
    assertEquals(Set.of("17.0.15"), entries(home(outcome).resolve("archives")), "tried once");
  }

  @Test
  void aBuildThatIsStoppedLeavesNothingBehind() throws Exception {
    kit.with("MVN_GATE", kit.gate("gate"));
    Process building = kit.start(baton, "run");
    await("it builds").until(() -> kit.mavenCalls().size() == 1);
    long maven = Long.parseLong(kit.mavenCalls().get(0).replaceAll("pid=(\\d+) .*", "$1"));
    Process waiting = kit.start(baton, "run");
    await("the second one waits")
        .until(() -> kit.err(waiting).contains("waiting for another build"));

    waiting.destroy();
    assertEquals(143, kit.finish(waiting).exit());
    building.destroy();
    assertEquals(143, kit.finish(building).exit());
    assertTrue(ProcessHandle.of(maven).isEmpty(), "Maven has ended");
    assertEquals(
        Set.of("builds", "build.lock", "builds.lock", "build.log"),
        entries(root.resolve(".baton")));
    assertEquals(Set.of(), entries(root.resolve(".baton/builds")));
  }

  @Test
  void keepsTheNewestBuildsAndThoseInUse() throws Exception {
    Path gate = kit.gate("gate");
    Process supervisor = kit.with("JAVA_GATE", gate).start(baton, "run");
    await("it runs").until(() -> kit.out(supervisor).contains("arg=run"));
    kit.with("JAVA_GATE", null);
    Path used = root.resolve(".baton/current").toRealPath();

    Path second = buildWith("2");
    Path third = buildWith("3");
    assertEquals(Set.of(used, second, third), builds());
    Path fourth = buildWith("4");
    assertEquals(Set.of(used, second, third, fourth), builds(), "three and the one in use");
    Path fifth = buildWith("5");
    assertEquals(Set.of(used, third, fourth, fifth), builds());
    assertEquals(third, buildWith("3"), "used again: the newest now, without a build");

    LauncherKit.open(gate);
    kit.finish(supervisor);
    assertEquals(Set.of(third, fifth, buildWith("6")), builds());
    assertEquals(6, kit.mavenCalls().size());
  }

  private Path buildWith(String source) throws Exception {
    Files.writeString(root.resolve(SOURCE), source);
    return home(kit.run(baton, "run"));
  }

  private Set<Path> builds() throws IOException {
    Path folder = root.resolve(".baton/builds");
    return entries(folder).stream().map(folder::resolve).collect(Collectors.toSet());
  }

  private static Set<String> entries(Path folder) throws IOException {
    try (Stream<Path> found = Files.list(folder)) {
      return found.map(entry -> entry.getFileName().toString()).collect(Collectors.toSet());
    }
  }

  private static Path home(Outcome outcome) {
    assertEquals(0, outcome.exit(), outcome.err());
    String property = "-Dbaton.home=";
    return outcome.arguments().stream()
        .filter(argument -> argument.startsWith(property))
        .map(argument -> Path.of(argument.substring(property.length())))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + property + " in " + outcome.out()));
  }
}
