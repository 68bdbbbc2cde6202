package dev.baton.supervisor.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.core.WorkerId;
import dev.baton.sys.Constants;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import dev.baton.testkit.FaultyPosix;
import dev.baton.testkit.FdLeakCheck;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(FdLeakCheck.class)
class WorkerLogsTest {
  private static final Posix POSIX = Posix.system();
  private static final WorkerId FIRST = new WorkerId("hello", 0, 1);

  @TempDir Path folder;
  private WorkerLogs logs;

  @BeforeEach
  void make() {
    logs = new WorkerLogs(POSIX, folder, 2);
  }

  @Test
  void aWorkerWithAnotherIdWritesOnToTheSameFile() throws Exception {
    WorkerId spare = new WorkerId("hello", WorkerId.FIRST_SPARE, 1);
    WorkerId taken = new WorkerId("hello", 0, 7);
    try (OwnedFd fd = logs.open(spare)) {
      Files.writeString(logs.file(spare), "loaded\n", StandardOpenOption.APPEND);
      logs.rename(spare, taken);
      int number = fd.numberDoNotKeep();
      Files.writeString(Path.of("/proc/self/fd/" + number), "ready\n", StandardOpenOption.APPEND);
    }
    assertEquals(List.of("loaded", "ready"), logs.tail(taken, 9));
    assertEquals(logs.file(taken).toRealPath(), logs.link("hello", 0).toRealPath());
    try (Stream<Path> all = Files.list(folder)) {
      assertEquals(2, all.count(), "nothing is left of the old name");
    }
    assertEquals(7, logs.highestRun("hello", 0));
  }

  private void write(WorkerId id, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try (OwnedFd fd = logs.open(id)) {
      int written = fd.borrow(n -> POSIX.write(n, bytes, bytes.length));
      assertEquals(bytes.length, written);
    }
  }

  private List<String> names() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aFileOfItsOwnAndALinkToTheNewest() throws Exception {
    write(FIRST, "one\n");
    write(new WorkerId("hello", 0, 2), "two\n");
    assertEquals(List.of("hello-0.1.log", "hello-0.2.log", "hello-0.log"), names());
    assertEquals("two\n", Files.readString(logs.link("hello", 0)));
    assertEquals("one\n", Files.readString(logs.file(FIRST)));
    assertEquals(
        Path.of("hello-0.2.log"),
        Files.readSymbolicLink(logs.link("hello", 0)),
        "an absolute link would break when the folder is moved");
  }

  @Test
  void openedForAppendingCloseOnExecAndNotForAll() throws Exception {
    try (OwnedFd fd = logs.open(FIRST)) {
      int flags = fd.borrow(POSIX::statusFlags);
      assertTrue((flags & Constants.O_APPEND) != 0);
      assertTrue(fd.<Boolean, SysException>borrow(POSIX::closeOnExec));
      assertFalse(
          Files.getPosixFilePermissions(logs.file(FIRST))
              .contains(PosixFilePermission.OTHERS_READ));
    }
  }

  @Test
  void theOldestGo() throws Exception {
    for (int run = 1; run <= 5; run++) {
      write(new WorkerId("hello", 0, run), "x");
      write(new WorkerId("hello", 1, run), "x");
    }
    write(new WorkerId("hello-0", 3, 1), "x");
    assertEquals(
        List.of(
            "hello-0-3.1.log",
            "hello-0-3.log",
            "hello-0.3.log",
            "hello-0.4.log",
            "hello-0.5.log",
            "hello-0.log",
            "hello-1.3.log",
            "hello-1.4.log",
            "hello-1.5.log",
            "hello-1.log"),
        names());
  }

  @Test
  void theRunBeforeStaysEvenIfNothingIsToBeKept() throws Exception {
    logs = new WorkerLogs(POSIX, folder, 0);
    for (int run = 9; run <= 11; run++) {
      write(new WorkerId("hello", 0, run), "x");
    }
    assertEquals(List.of("hello-0.10.log", "hello-0.11.log", "hello-0.log"), names());
  }

  @Test
  void poolsWithLikeNamesDoNotMix() throws Exception {
    write(new WorkerId("a", 1, 2), "run");
    write(new WorkerId("a-1", 2, 1), "slot");
    assertEquals("run", Files.readString(logs.file(new WorkerId("a", 1, 2))));
    assertEquals("slot", Files.readString(logs.link("a-1", 2)));
    assertEquals(2, logs.highestRun("a", 1));
    assertEquals(1, logs.highestRun("a-1", 2));
  }

  @Test
  void runsGoOnAboveThoseOfAnEarlierSupervisor() throws Exception {
    assertEquals(0, logs.highestRun("hello", 0));
    for (String name :
        List.of("hello-0.7.log", "hello-0.12.log", "hello-1.99.log", "hello-0.log")) {
      Files.createFile(folder.resolve(name));
    }
    Files.createFile(folder.resolve("hello-0.99999999999.log"));
    assertEquals(12, logs.highestRun("hello", 0));
    assertEquals(0, logs.highestRun("hell", 0));
  }

  @Test
  void theTailIsTheLastLines() throws Exception {
    assertEquals(List.of(), logs.tail(FIRST, 5));
    write(FIRST, "one\ntwo\r\n\u001b[31mthree\u001b[0m\u0007\nfour");
    assertEquals(List.of("two", "three\\u0007", "four"), logs.tail(FIRST, 3));
    assertEquals(4, logs.tail(FIRST, 100).size());
    assertEquals(List.of(), logs.tail(FIRST, 0));
    assertEquals(List.of(), logs.tail(FIRST, -1));
  }

  @Test
  void theTailIsBoundedAndBeginsWithAWholeLine() throws Exception {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 20_000; i++) {
      text.append("line ").append(i).append('\n');
    }
    Files.writeString(logs.file(FIRST), text);
    List<String> tail = logs.tail(FIRST, Integer.MAX_VALUE);
    assertTrue(tail.size() > 4000 && tail.size() < 8000, "" + tail.size());
    assertTrue(tail.stream().allMatch(l -> l.matches("line \\d+")));
    assertEquals("line 19999", tail.get(tail.size() - 1));
    Files.writeString(logs.file(FIRST), "x".repeat(200_000), StandardOpenOption.TRUNCATE_EXISTING);
    assertEquals(List.of("x".repeat(WorkerLogs.TAIL_MAX)), logs.tail(FIRST, 3));
  }

  @Test
  void aFolderThatIsGoneIsNamed() {
    WorkerLogs none = new WorkerLogs(POSIX, folder.resolve("none"), 2);
    SysException e = assertThrows(SysException.class, () -> none.open(FIRST).close());
    assertEquals("open failed: ENOENT (No such file or directory)", e.getMessage());
  }

  /** A clock that only we move. */
  private Instant now = Instant.parse("2026-11-22T10:00:00Z");

  @Test
  void dueBySizeOrByAge() throws Exception {
    WorkerLogs timed = new WorkerLogs(POSIX, folder, 2, () -> now);
    Duration hour = Duration.ofHours(1);
    timed.open(FIRST).close();
    now = now.plus(hour);
    assertFalse(timed.due(FIRST, 0, hour), "an empty file is left alone");
    Files.writeString(timed.file(FIRST), "0123456789");
    assertTrue(timed.due(FIRST, 0, hour));
    assertFalse(timed.due(FIRST, 0, hour.plusNanos(1)));
    assertTrue(timed.due(FIRST, 10, Duration.ZERO));
    assertFalse(timed.due(FIRST, 11, Duration.ZERO));
    timed.rotate(FIRST, 2).close();
    Files.writeString(timed.file(FIRST), "x");
    assertFalse(timed.due(FIRST, 10, hour), "its age begins anew");
  }

  @Test
  void putAsideInTheirOrderAndNoMoreThanAreKept() throws Exception {
    logs.open(FIRST).close();
    for (int i = 1; i <= 4; i++) {
      Files.writeString(logs.file(FIRST), "file " + i);
      logs.rotate(FIRST, 2).close();
    }
    assertEquals("", Files.readString(logs.file(FIRST)));
    assertEquals("file 4", Files.readString(folder.resolve("hello-0.1.log.1")));
    assertEquals("file 3", Files.readString(folder.resolve("hello-0.1.log.2")));
    assertEquals(3, logs.files(FIRST).size());
  }

  /** The files that were put aside, by us or by logrotate, go with their run. */
  @Test
  void ofAnOldRunNothingStays() throws Exception {
    logs.open(FIRST).close();
    Files.createFile(folder.resolve("hello-0.1.log.1"));
    Files.createFile(folder.resolve("hello-0.1.log-20261122.gz"));
    for (int run = 2; run <= 4; run++) {
      logs.open(new WorkerId("hello", 0, run)).close();
    }
    assertEquals(List.of(), logs.files(FIRST));
    assertEquals(4, logs.highestRun("hello"));
  }

  @Test
  void onAFullDiskNothingHasHappened() throws Exception {
    logs.open(FIRST).close();
    Files.writeString(logs.file(FIRST), "text");
    FaultyPosix full = new FaultyPosix(POSIX, 1, Errno.ENOSPC).only("open");
    WorkerLogs failing = new WorkerLogs(full.posix(), folder, 2);
    assertThrows(IOException.class, () -> failing.rotate(FIRST, 2));
    assertEquals("text", Files.readString(logs.file(FIRST)));
    assertEquals(1, logs.files(FIRST).size());
  }
}
