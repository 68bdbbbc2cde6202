package dev.baton.supervisor.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.baton.sys.Posix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
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
    QuietStarts starts = new QuietStarts(posix, true, false, 0);
    QuietProcess process = starts.quieten(pid, OptionalInt.empty());
    assertEquals("19", session(pid));
    assertEquals(Set.of("0"), threads(pid));
    process.raise();
    assertEquals("0", session(pid));
    starts.quieten(pid, OptionalInt.of(4)).raise();
    assertEquals("4", session(pid));
  }

  @Test
  void theThreadsAreLoweredAndGetWhatTheyAreToHave() throws Exception {
    assumeTrue(found.takesThreads(), "a nice value cannot be taken back here");
    QuietStarts starts = new QuietStarts(posix, false, true, 2);
    QuietProcess process = starts.quieten(pid, OptionalInt.empty());
    assertEquals(Set.of("19"), threads(pid));
    process.raise();
    assertEquals(Set.of("2"), threads(pid), "as the supervisor, which is said to have 2");
    starts.quieten(pid, OptionalInt.of(1)).raise();
    assertEquals(Set.of("1"), threads(pid));
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
    QuietProcess process = found.quieten(past, OptionalInt.empty());
    SmallChild.discard(gone);
    assertFalse(Files.exists(Path.of("/proc/" + past)));
    process.raise();
  }
}
