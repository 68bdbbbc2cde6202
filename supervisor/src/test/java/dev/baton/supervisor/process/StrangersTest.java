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

class StrangersTest {
  private static final Posix POSIX = Posix.system();

  @TempDir Path folder;

  private Spawned child() throws Exception {
    Spawned spawned = SmallChild.shell(POSIX, folder.resolve("log"), "exit 3");
    SmallChild.awaitEnd(spawned.child());
    return spawned;
  }

  /** Other children of this process, should there be any, are not this test's to reap. */
  @Test
  void aChildOfNobodyIsReaped() throws Exception {
    Spawned stranger = child();
    int pid = stranger.child().pid();
    Strangers strangers = new Strangers(POSIX, other -> other != pid);
    Awaitility.await("it is the first to be told of")
        .atMost(Duration.ofSeconds(10))
        .until(() -> strangers.reap() == 1);
    assertTrue(Files.notExists(Path.of("/proc/" + pid)), "no zombie is left");
    stranger.channel().close();
    stranger.child().close();
  }

  @Test
  void oursAreLeftToWhoWatchesThem() throws Exception {
    Spawned own = child();
    assertEquals(0, new Strangers(POSIX, pid -> true).reap());
    assertEquals(3, own.child().reap().orElseThrow().code());
    own.channel().close();
    own.child().close();
  }
}
