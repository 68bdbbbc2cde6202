package dev.baton.supervisor.upgrade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.loop.Loop;
import dev.baton.supervisor.process.Children;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import dev.baton.testkit.FdLeakCheck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@ExtendWith(FdLeakCheck.class)
class ErrandTest {
  private static final Posix POSIX = Posix.system();
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path folder;

  private static Errand.Outcome run(Duration patience, OwnedFd given, String script)
      throws Exception {
    AtomicReference<Errand.Outcome> outcome = new AtomicReference<>();
    try (Loop loop = new Loop(POSIX)) {
      new Errand(
          POSIX,
          loop,
          new Children(),
          List.of("/bin/sh", "-c", script),
          Map.of("WORD", "said"),
          given,
          patience,
          ended -> {
            outcome.set(ended);
            loop.stop();
          });
      loop.run();
    }
    return outcome.get();
  }

  @Test
  void tellsWhatWasWrittenAndHowItEnded() throws Exception {
    Errand.Outcome good = run(LONG, null, "echo $WORD; (echo late >&2)");
    assertTrue(good.good());
    assertEquals("said\n", good.out());
    assertEquals("late\n", good.err());
    Errand.Outcome bad = run(LONG, null, "for i in 1 2 3; do echo $i; done; exit 7");
    assertFalse(bad.good());
    assertEquals("ended with 7", bad.end());
    assertEquals(List.of("2", "3"), bad.lines(2));
    assertEquals("was ended by signal 9", run(LONG, null, "kill -9 $$").end());
  }

  @Test
  void itGetsOneDescriptorMore() throws Exception {
    Path file = Files.writeString(folder.resolve("f"), "inside");
    try (OwnedFd given = OwnedFd.of(POSIX, POSIX.open(file.toString(), 0, 0), "f")) {
      assertEquals("inside", run(LONG, given, "cat <&3; cat <&0; [ -e /proc/self/fd/4 ]").out());
    }
  }

  /** With all that it has started. */
  @Test
  void whatTakesTooLongIsEnded() throws Exception {
    Errand.Outcome late =
        run(Duration.ofMillis(100), null, "sleep 1000 & echo $!; exec sleep 1000");
    assertTrue(late.late());
    assertEquals("took too long", late.end());
    int child = Integer.parseInt(late.out().strip());
    org.awaitility.Awaitility.await("its child is gone")
        .atMost(Duration.ofSeconds(10))
        .until(() -> gone(child));
  }

  private static boolean gone(int pid) throws Exception {
    Path stat = Path.of("/proc/" + pid + "/stat");
    try {
      return Files.readString(stat).contains(") Z ");
    } catch (java.nio.file.NoSuchFileException e) {
      return true;
    }
  }

  @Test
  void moreThanIsOfUseIsForgotten() throws Exception {
    Errand.Outcome much = run(LONG, null, "head -c 1000000 /dev/zero | tr '\\0' x; echo end");
    assertTrue(much.good());
    assertEquals(256 << 10, much.out().length());
    assertTrue(much.out().endsWith("xend\n"));
  }

  @Test
  void whatIsNotThereIsAnError() throws Exception {
    try (Loop loop = new Loop(POSIX)) {
      SysException missing =
          assertThrows(
              SysException.class,
              () ->
                  new Errand(
                      POSIX,
                      loop,
                      new Children(),
                      List.of(folder + "/none"),
                      Map.of(),
                      null,
                      LONG,
                      ended -> {}));
      assertEquals(Errno.ENOENT, missing.errno());
    }
  }
}
