package dev.baton.supervisor.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.sys.Posix;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildrenTest {
  private static final Posix POSIX = Posix.system();

  @TempDir Path folder;

  /** A worker of the program before this one is ours, a spare of it is not. */
  @Test
  void whoIsNotWatchedIsReaped() throws Exception {
    Spawned own = SmallChild.shell(POSIX, folder.resolve("own"), "exit 3");
    Spawned stranger = SmallChild.shell(POSIX, folder.resolve("stranger"), "exit 4");
    SmallChild.awaitEnd(own.child());
    SmallChild.awaitEnd(stranger.child());
    Children children = new Children();
    children.add(own.child().pid());
    Path left = Path.of("/proc/" + stranger.child().pid());
    for (Spawned each : new Spawned[] {own, stranger}) {
      each.channel().close();
    }
    // Ours may be the first that the kernel tells of, and holds the look up until it is reaped.
    children.reapStrangers(POSIX);
    assertEquals(3, own.child().reap().orElseThrow().code());
    children.reaped(own.child().pid());
    Awaitility.await("no zombie is left")
        .atMost(Duration.ofSeconds(10))
        .until(
            () -> {
              children.reapStrangers(POSIX);
              return Files.notExists(left);
            });
    own.child().close();
    stranger.child().close();
    assertTrue(children.make(() -> 4711) == 4711);
  }
}
