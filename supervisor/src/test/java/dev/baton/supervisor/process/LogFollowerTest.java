package dev.baton.supervisor.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class LogFollowerTest {
  @TempDir Path folder;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  private Path append(String name, String text) throws IOException {
    return Files.writeString(
        folder.resolve(name), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private List<String> printed() {
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }

  /** Takes steps while the folder is followed, and then ends it. */
  private void following(ThrowingRunnable steps) throws Throwable {
    LogFollower follower = LogFollower.start(folder, out);
    try {
      steps.run();
    } finally {
      follower.close();
    }
  }

  private void awaitPrinted(String... lines) {
    await("the lines").untilAsserted(() -> assertEquals(List.of(lines), printed()));
  }

  @Test
  void newLinesOfNewFilesWithTheirWorker() throws Throwable {
    following(
        () -> {
          append("hello-0.3.log", "serving\n");
          awaitPrinted("hello/0#3 | serving");
          append("a-b-1.12.log", "other\n");
          awaitPrinted("hello/0#3 | serving", "a-b/1#12 | other");
          append("hello-0.3.log", "\u001b[2Jagain\n");
          awaitPrinted("hello/0#3 | serving", "a-b/1#12 | other", "hello/0#3 | \\u001b[2Jagain");
        });
  }

  /** A program that becomes another one leaves it to that one, in the middle of a line. */
  @Test
  void whoGoesOnMissesNothingAndRepeatsNothing() throws Throwable {
    LogFollower first = LogFollower.start(folder, out);
    append("hello-0.3.log", "one\nha");
    awaitPrinted("hello/0#3 | one");
    Map<String, Long> reached = first.leave();
    assertEquals(Map.of("hello-0.3.log", 4L), reached);
    append("hello-0.3.log", "lf\nthree\n");
    LogFollower second =
        LogFollower.start(
            folder,
            out::println,
            id -> Optional.of(line -> id + " | " + line),
            file -> reached.get(file.getFileName().toString()));
    try {
      append("hello-0.3.log", "four\n");
      awaitPrinted("hello/0#3 | one", "hello/0#3 | half", "hello/0#3 | three", "hello/0#3 | four");
    } finally {
      second.close();
    }
  }

  @Test
  void whatIsThereAlreadyIsNotPrinted() throws Throwable {
    append("hello-0.1.log", "old\nhalf");
    following(
        () -> {
          append("hello-0.1.log", " line\n");
          awaitPrinted("hello/0#1 |  line");
        });
  }

  @Test
  void linksAndStrangersAreNotFollowed() throws Throwable {
    following(
        () -> {
          append("notes.txt", "no\n");
          append("hello-0.log", "no\n");
          Files.createSymbolicLink(folder.resolve("hello-1.log"), Path.of("hello-1.1.log"));
          append("hello-1.1.log", "yes\n");
          awaitPrinted("hello/1#1 | yes");
        });
    assertEquals(List.of("hello/1#1 | yes"), printed());
  }

  @Test
  void aHalfLineWaitsForItsEndOrOurs() throws Throwable {
    following(
        () -> {
          append("hello-0.1.log", "half ");
          append("hello-0.2.log", "x\n");
          awaitPrinted("hello/0#2 | x");
          append("hello-0.1.log", "and half\nprompt> ");
          awaitPrinted("hello/0#2 | x", "hello/0#1 | half and half");
        });
    assertEquals("hello/0#1 | prompt> ", printed().get(2));
  }

  @Test
  void closingPrintsAllThatWasWritten() throws Throwable {
    for (int round = 0; round < 20; round++) {
      bytes.reset();
      String name = "hello-0." + (round + 1) + ".log";
      following(
          () -> {
            append(
                name, IntStream.range(0, 1000).mapToObj(i -> i + "\n").reduce("", String::concat));
          });
      assertEquals(1000, printed().size(), "round " + round);
    }
  }

  @Test
  void aFloodIsSkippedAndSaidSo() throws Throwable {
    String flood = "0123456789\n".repeat(600_000);
    Path elsewhere = Files.createTempFile(folder, "flood", ".txt");
    Files.writeString(elsewhere, flood + "last\n");
    following(
        () -> {
          Files.move(elsewhere, folder.resolve("unruly-0.1.log"));
          append("hello-0.1.log", "quiet\n");
          await("the last line").until(() -> printed().contains("unruly/0#1 | last"));
          await("the quiet one").until(() -> printed().contains("hello/0#1 | quiet"));
        });
    List<String> lines = printed();
    String note = "unruly/0#1 | … " + (flood.length() + 5 - FollowedLog.CHUNK) + " bytes skipped";
    assertEquals(1, lines.stream().filter(note::equals).count(), lines.get(0));
    assertTrue(lines.size() < 10_000, lines.size() + " lines");
    assertTrue(
        lines.stream().allMatch(l -> l.matches(".*( 0123456789|skipped|last|quiet)")),
        "a line was cut");
  }

  @Test
  void anEndlessLineIsPrintedInPieces() throws Throwable {
    following(
        () -> {
          append("hello-0.1.log", "x".repeat(2 * FollowedLog.LINE_MAX) + "y\n");
          awaitPrinted(
              "hello/0#1 | " + "x".repeat(FollowedLog.LINE_MAX),
              "hello/0#1 | " + "x".repeat(FollowedLog.LINE_MAX),
              "hello/0#1 | y");
        });
  }

  /** The worker still writes to the old file until it has the new one. */
  @Test
  void followedThroughRotation() throws Throwable {
    following(
        () -> {
          append("hello-0.1.log", "one\n");
          awaitPrinted("hello/0#1 | one");
          Files.move(folder.resolve("hello-0.1.log"), folder.resolve("hello-0.1.log.1"));
          append("hello-0.1.log", "");
          append("hello-0.1.log.1", "two\n");
          awaitPrinted("hello/0#1 | one", "hello/0#1 | two");
          append("hello-0.1.log.1", "three\n");
          append("hello-0.1.log", "four\n");
          awaitPrinted(
              "hello/0#1 | one", "hello/0#1 | two", "hello/0#1 | three", "hello/0#1 | four");
        });
  }

  @Test
  void deletedFilesAreForgotten() throws Throwable {
    following(
        () -> {
          Path file = append("hello-0.1.log", "one\n");
          awaitPrinted("hello/0#1 | one");
          Files.delete(file);
          append("hello-0.1.log", "two\n");
          awaitPrinted("hello/0#1 | one", "hello/0#1 | two");
        });
  }

  @Test
  void anOutputThatBlocksHoldsNobodyForEver() throws Throwable {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch stuck = new CountDownLatch(1);
    OutputStream paused =
        new OutputStream() {
          @Override
          public void write(int b) {
            stuck.countDown();
            try {
              release.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
        };
    LogFollower follower = LogFollower.start(folder, new PrintStream(paused, true));
    try {
      append("hello-0.1.log", "one\n");
      stuck.await();
      long start = System.nanoTime();
      follower.close();
      assertTrue(System.nanoTime() - start < 10_000_000_000L);
      assertFalse(printed().contains("one"));
    } finally {
      release.countDown();
    }
  }
}
