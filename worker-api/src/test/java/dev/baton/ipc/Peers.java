package dev.baton.ipc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.sys.Posix;
import dev.baton.sys.WaitStatus;
import dev.baton.testkit.Children;
import dev.baton.testkit.Python;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** Other processes at the other end, written in Python; and small helpers. */
final class Peers {
  /** A user that is not ours, where we are root. */
  static final int NOBODY = 65534;

  static final boolean ROOT = uid() == 0;

  private static final String OPENING = "\n```python\n";
  private static final String IMPORTS = "import array, os, socket, struct, sys\n";

  private Peers() {}

  /** A process and what it writes. */
  record Peer(Posix posix, int pid, Path output) {
    /** Waits for its end, which must be a good one. */
    String end() throws IOException {
      WaitStatus status = Children.reap(posix, pid);
      String text = Files.readString(output);
      assertEquals(new WaitStatus(0, 0, false), status, text);
      return text.strip();
    }
  }

  /**
   * Starts a program.
   *
   * @param arguments {@code sys.argv[1]} and on
   * @param further from descriptor 3 on; they stay the caller's
   */
  static Peer start(
      Posix posix, Path folder, String program, List<String> arguments, OwnedFd... further)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(Python.required(), "-c", IMPORTS + program));
    command.addAll(arguments);
    Path output = Files.createTempFile(folder, "peer", ".out");
    return new Peer(posix, Children.spawn(posix, output, command, further), output);
  }

  /** The one Python block of a page in {@code docs}. */
  static String pythonOf(String page) {
    try {
      Path place = Path.of("").toAbsolutePath();
      while (!Files.exists(place.resolve("docs").resolve(page))) {
        place = place.getParent();
        assertTrue(place != null, page + " is not above " + Path.of("").toAbsolutePath());
      }
      String text = Files.readString(place.resolve("docs").resolve(page));
      int start = text.indexOf(OPENING);
      assertTrue(start > 0 && start == text.lastIndexOf(OPENING), "not one Python block");
      int from = start + OPENING.length();
      return text.substring(from, text.indexOf("\n```\n", from) + 1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until {@link #waits} has grown to that. */
  static void awaitWaits(long count) {
    Awaitility.await("threads that wait")
        .atMost(Duration.ofSeconds(20))
        .until(() -> waits() >= count);
  }

  /** How many directions of sockets are or were waited for, over all that are open. */
  static long waits() {
    try (Stream<Path> entries = Files.list(Path.of("/proc/self/fd"))) {
      return entries.filter(Peers::isEpoll).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isEpoll(Path entry) {
    try {
      return Files.readSymbolicLink(entry).toString().equals("anon_inode:[eventpoll]");
    } catch (IOException e) {
      return false; // closed while we looked
    }
  }

  /** A name that nobody else has. */
  static UnixAddress abstractName() {
    return UnixAddress.ofAbstract(
        "baton-ipc-" + ProcessHandle.current().pid() + "-" + System.nanoTime());
  }

  private static int uid() {
    try {
      return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
