package dev.baton.supervisor.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.baton.supervisor.config.ConfinementConfig;
import dev.baton.supervisor.config.CpuSet;
import dev.baton.supervisor.config.InheritedEnvironment;
import dev.baton.sys.Posix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuietStartsTest {
  private static final Path AUTOGROUP = Path.of("/proc/self/autogroup");

  private final Posix posix = Posix.system();
  private final QuietStarts found = QuietStarts.find(posix);
  @TempDir Path folder;
  private Spawned child;
  private int pid;

  @BeforeEach
  void start() throws Exception {
    child = SmallChild.start(posix, folder.resolve("log"), List.of("/bin/sleep", "100"));
    pid = child.child().pid();
  }

  @AfterEach
  void end() throws Exception {
    SmallChild.discard(child);
  }

  private static String session(int pid) throws IOException {
    return Files.readString(Path.of("/proc/" + pid, "autogroup")).strip().replaceFirst(".* ", "");
  }

  private QuietStarts quiet(int nice, boolean sessions, boolean threads, Optional<CpuSet> cpus) {
    return new QuietStarts(posix, new QuietStarts.Means(nice, sessions, threads, false, cpus));
  }

  private static ConfinementConfig nice(int value) {
    return config(OptionalInt.of(value), Optional.empty());
  }

  private static ConfinementConfig onCpus(CpuSet cpus) {
    return config(OptionalInt.empty(), Optional.of(cpus));
  }

  private static ConfinementConfig config(OptionalInt nice, Optional<CpuSet> cpus) {
    return new ConfinementConfig(
        Optional.empty(),
        false,
        OptionalInt.empty(),
        Map.of(),
        nice,
        cpus,
        OptionalInt.empty(),
        InheritedEnvironment.NONE,
        Optional.empty());
  }

  private static Set<String> threads(long pid) throws IOException {
    Set<String> nice = new TreeSet<>();
    try (var tasks = Files.newDirectoryStream(Path.of("/proc/" + pid, "task"))) {
      for (Path task : tasks) {
        try {
          String stat = Files.readString(task.resolve("stat"));
          nice.add(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[16]);
        } catch (NoSuchFileException e) {
          // a thread that has ended meanwhile; of a test's own JVM there always are some
        }
      }
    }
    return nice;
  }

  @Test
  void theSessionIsLoweredAndGetsWhatItsPoolHas() throws Exception {
    assumeTrue(Files.isWritable(AUTOGROUP), "a kernel without groups of sessions");
    QuietStarts starts = quiet(0, true, false, Optional.empty());
    QuietProcess process = starts.quieten(pid, ConfinementConfig.NONE);
    assertEquals("19", session(pid));
    assertEquals(Set.of("0"), threads(pid));
    process.raise();
    assertEquals("0", session(pid));
    starts.quieten(pid, nice(4)).raise();
    assertEquals("4", session(pid));
  }

  @Test
  void theThreadsAreLoweredAndGetWhatTheyAreToHave() throws Exception {
    assumeTrue(found.takesThreads(), "a nice value cannot be taken back here");
    QuietStarts starts = quiet(2, false, true, Optional.empty());
    QuietProcess process = starts.quieten(pid, ConfinementConfig.NONE);
    assertEquals(Set.of("19"), threads(pid));
    process.raise();
    assertEquals(Set.of("2"), threads(pid), "as the supervisor, which is said to have 2");
    starts.quieten(pid, nice(1)).raise();
    assertEquals(Set.of("1"), threads(pid));
  }

  private static Set<String> cpus(int pid) throws IOException {
    Set<String> lists = new TreeSet<>();
    try (var tasks = Files.newDirectoryStream(Path.of("/proc/" + pid, "task"))) {
      for (Path task : tasks) {
        lists.addAll(
            Files.readAllLines(task.resolve("status")).stream()
                .filter(line -> line.startsWith("Cpus_allowed_list:"))
                .map(line -> line.replaceFirst(".*\\s", ""))
                .toList());
      }
    }
    return lists;
  }

  @Test
  void itRunsOnTheLastOfItsCpusAndGetsThemAll() throws Exception {
    Set<String> ours = cpus(pid);
    CpuSet own = CpuSet.parse(ours.iterator().next()).orElseThrow();
    assumeTrue(own.count() > 1, "one CPU");
    QuietStarts starts = quiet(0, false, false, Optional.of(own));
    QuietProcess process = starts.quieten(pid, ConfinementConfig.NONE);
    assertEquals(Set.of(own.last().list()), cpus(pid));
    process.raise();
    assertEquals(ours, cpus(pid));
    starts.quieten(pid, onCpus(own.last())).raise();
    assertEquals(Set.of(own.last().list()), cpus(pid), "what its pool has");
  }

  private static String slice(int pid) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid, "sched")).stream()
        .filter(line -> line.startsWith("se.slice"))
        .map(line -> line.replaceFirst(".*:\\s*", ""))
        .findFirst()
        .orElse("");
  }

  @Test
  void itGivesWayAtOnceAndThenAsOthersDo() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/sched")), "a kernel that does not tell");
    String usual = slice(pid);
    assumeTrue(!usual.isEmpty(), "a kernel whose threads have no slices of their own");
    QuietStarts starts =
        new QuietStarts(posix, new QuietStarts.Means(0, false, false, true, Optional.empty()));
    QuietProcess process = starts.quieten(pid, ConfinementConfig.NONE);
    assertEquals("100000000", slice(pid));
    process.raise();
    assertEquals(usual, slice(pid));
  }

  @Test
  void aJvmThatStartsOnOneCpuIsToldHowManyItWillHave() {
    QuietStarts starts = quiet(0, false, false, CpuSet.parse("0-511"));
    int available = Runtime.getRuntime().availableProcessors();
    assertEquals(OptionalInt.of(available), starts.processors(ConfinementConfig.NONE));
    assertEquals(OptionalInt.of(1), starts.processors(onCpus(new CpuSet("3"))));
    assertEquals(OptionalInt.empty(), QuietStarts.NONE.processors(ConfinementConfig.NONE));
  }

  @Test
  void theTrialLeavesThisProcessAsItWas() throws Exception {
    Set<String> before = threads(ProcessHandle.current().pid());
    QuietStarts.find(posix);
    assertEquals(before, threads(ProcessHandle.current().pid()));
  }

  @Test
  void aProcessThatIsGoneIsNotLookedFor() throws Exception {
    Spawned gone = SmallChild.start(posix, folder.resolve("gone"), List.of("/bin/sleep", "100"));
    int past = gone.child().pid();
    QuietProcess process = found.quieten(past, ConfinementConfig.NONE);
    SmallChild.discard(gone);
    assertFalse(Files.exists(Path.of("/proc/" + past)));
    process.raise();
  }
}
