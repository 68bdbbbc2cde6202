package dev.baton.supervisor.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import dev.baton.testkit.Children;
import dev.baton.testkit.FaultMatrix;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The k-th system call fails, for every k on the way to a running process. */
@Timeout(60)
class SpawnFaultsTest {
  @TempDir Path folder;

  @Test
  void noDescriptorAndNoChildIsLeftAndTheCallIsNamed() throws Exception {
    List<String> before = Children.ofThisProcess();
    List<String> told = new ArrayList<>();
    FaultMatrix.Outcome outcome =
        FaultMatrix.forEachCall(
            Posix.system(),
            Errno.EMFILE,
            List.of("kill", "poll", "waitpid", "awaitExit"),
            posix -> {
              try {
                List<String> sleep = List.of("/bin/sleep", "1000");
                SmallChild.discard(SmallChild.start(posix, folder.resolve("log"), sleep));
              } catch (SysException e) {
                told.add(e.getMessage());
                throw e;
              } finally {
                assertEquals(before, Children.ofThisProcess(), "a child was left");
              }
            });
    assertEquals(outcome.calls(), outcome.noticed(), "a failed call was not told of");
    String text = " failed: EMFILE (Too many open files)";
    assertEquals(
        List.of("open", "socketpair", "open", "posix_spawn", "pidfd_open").stream()
            .map(call -> call + text)
            .toList(),
        told);
    assertTrue(outcome.calls() >= 5);
  }
}
