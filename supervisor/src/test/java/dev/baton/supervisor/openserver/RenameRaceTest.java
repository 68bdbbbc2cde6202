package dev.baton.supervisor.openserver;

import static dev.baton.protocol.OpenHow.Access.READ;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.protocol.ErrorCode;
import dev.baton.supervisor.config.OpenRule;
import dev.baton.sys.Posix;
import dev.baton.testkit.FdLeakCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A folder is exchanged for a link to outside, and back, while it is walked through. */
@ExtendWith(FdLeakCheck.class)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RenameRaceTest {
  private static final int OPENS = 10_000;

  private final Posix posix = Posix.system();

  @TempDir Path temp;
  private Path root;
  private Path outside;

  @BeforeEach
  void files() throws IOException {
    Path real = temp.toRealPath();
    root = Files.createDirectories(real.resolve("root"));
    outside = Files.createDirectories(real.resolve("outside"));
    Files.createDirectories(root.resolve("d/e"));
    Files.writeString(root.resolve("d/e/f"), "inside");
    Files.createDirectories(outside.resolve("e"));
    Files.writeString(outside.resolve("e/f"), "secret");
    Files.writeString(outside.resolve("f"), "secret");
  }

  @Test
  void aFolderThatBecomesALink() throws Exception {
    race(Policies.all(root), root.resolve("d/e/f"), this::exchange);
  }

  @Test
  void aFolderThatBecomesALinkWhereLinksAreFollowed() throws Exception {
    race(Policies.following(root), root.resolve("d/e/f"), this::exchange);
  }

  /** The way back up leads elsewhere while a folder on it moves. */
  @Test
  void aLinkUpwardsInAFolderThatMovesOut() throws Exception {
    Files.createSymbolicLink(root.resolve("d/e/up"), Path.of("../../d/e/f"));
    Files.createDirectories(outside.resolve("d/e"));
    Files.writeString(outside.resolve("d/e/f"), "secret");
    race(Policies.following(root), root.resolve("d/e/up"), this::moveOut);
  }

  private void exchange() throws IOException {
    Path folder = root.resolve("d");
    Path aside = root.resolve("aside");
    Files.move(folder, aside, StandardCopyOption.ATOMIC_MOVE);
    Files.createSymbolicLink(folder, outside);
    Files.delete(folder);
    Files.move(aside, folder, StandardCopyOption.ATOMIC_MOVE);
  }

  private void moveOut() throws IOException {
    Path folder = root.resolve("d/e");
    Path away = outside.resolve("x");
    Files.move(folder, away, StandardCopyOption.ATOMIC_MOVE);
    Files.move(away, folder, StandardCopyOption.ATOMIC_MOVE);
  }

  private interface Mischief {
    void once() throws IOException;
  }

  private void race(OpenRule rule, Path file, Mischief mischief) throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    AtomicInteger turns = new AtomicInteger();
    AtomicReference<IOException> wrong = new AtomicReference<>();
    Thread mover =
        new Thread(
            () -> {
              while (!done.get()) {
                try {
                  mischief.once();
                  turns.incrementAndGet();
                } catch (IOException e) {
                  wrong.set(e);
                  return;
                }
              }
            });
    mover.start();
    int opened = 0;
    Set<ErrorCode> codes = EnumSet.noneOf(ErrorCode.class);
    try (Asking ask = new Asking(posix, Policies.open(rule))) {
      for (int i = 0; i < OPENS || opened == 0 || turns.get() <= 100 && wrong.get() == null; i++) {
        Answer answer = Asking.get(ask.open(file.toString(), Asking.how(READ)));
        if (answer instanceof Answer.Given given) {
          opened++;
          assertEquals("inside", ask.read(given.fd()));
        } else {
          codes.add(((Answer.Refused) answer).code());
        }
      }
    } finally {
      done.set(true);
      mover.join();
    }
    assertNull(wrong.get());
    assertTrue(turns.get() > 100, "renamed " + turns + " times only");
    codes.removeAll(EnumSet.of(ErrorCode.NOT_ALLOWED, ErrorCode.NOT_FOUND, ErrorCode.BUSY));
    assertTrue(codes.isEmpty(), "other refusals: " + codes);
  }
}
