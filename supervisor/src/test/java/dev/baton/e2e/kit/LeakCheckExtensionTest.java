package dev.baton.e2e.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs under the extension itself, too: what these tests leak on purpose they close again. */
@BatonTest
class LeakCheckExtensionTest {
  @TempDir Path given;

  private Path folder;
  private Set<Path> folders;
  private Footprint before;

  @BeforeEach
  void look() throws Exception {
    folder = given.toRealPath();
    folders = Set.of(folder);
    before = Footprint.ofThisJvm(folders);
  }

  @Test
  void nothingLeakedIsNothingFound() throws Exception {
    Files.createFile(folder.resolve("closed"));
    LeakCheckExtension.check(before, folders, Duration.ZERO);
  }

  @Test
  void findsAnOpenSocketAndItsFile() throws Exception {
    var path = folder.resolve("s");
    try (var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(path));
      var found = grown();
      assertEquals(2, found.size(), found::toString);
      assertTrue(found.get(0).startsWith("descriptor of socket:["), found::toString);
      assertEquals("socket file " + path + " exists", found.get(1));
    }
    assertEquals(List.of("socket file " + path + " exists"), grown());
    var failure =
        assertThrows(
            AssertionError.class,
            () -> LeakCheckExtension.check(before, folders, Duration.ofMillis(50)));
    assertTrue(failure.getMessage().contains(path.toString()), failure::getMessage);
    Files.delete(path);
  }

  @Test
  void findsAPipeAndAFileOfTheTestEvenADeletedOne() throws Exception {
    var pipe = Pipe.open();
    assertEquals(1, grown().size(), "both ends have one inode");
    pipe.sink().close();
    assertEquals(1, grown().size());
    pipe.source().close();
    var file = folder.resolve("open");
    var elsewhere = Files.createTempFile("elsewhere", "");
    try (var mine = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var other = FileChannel.open(elsewhere, StandardOpenOption.WRITE)) {
      assertTrue(mine.isOpen() && other.isOpen());
      assertEquals(List.of("descriptor of " + file + " is open"), grown());
      Files.delete(file);
      assertEquals(List.of("descriptor of " + file + " (deleted) is open"), grown());
    } finally {
      Files.delete(elsewhere);
    }
  }

  @Test
  void findsALivingChild() throws Exception {
    var process =
        new ProcessBuilder("sleep", "60")
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      assertTrue(
          grown().stream().anyMatch(line -> line.startsWith("child " + process.pid())),
          () -> grown().toString());
    } finally {
      process.destroyForcibly();
    }
    LeakCheckExtension.check(before, folders, Duration.ofSeconds(5));
  }

  @Test
  void waitsForClosesThatTakeAMoment() throws Exception {
    var pipe = Pipe.open();
    var closer =
        new Thread(
            () -> {
              try {
                // Not before the check has seen the pipe at least once.
                Deadline.met(Duration.ofMillis(100), () -> false);
                pipe.sink().close();
                pipe.source().close();
              } catch (java.io.IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    closer.start();
    LeakCheckExtension.check(before, folders, Duration.ofSeconds(10));
    closer.join();
  }

  private List<String> grown() {
    return Footprint.ofThisJvm(folders).grownSince(before, folders);
  }
}
