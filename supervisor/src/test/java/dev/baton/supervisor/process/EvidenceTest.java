package dev.baton.supervisor.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.baton.supervisor.core.WorkerId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvidenceTest {
  @TempDir Path folder;

  private static WorkerId worker(int slot, int run) {
    return new WorkerId("hello", slot, run);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  /** A worker that leaves a dump; later ones are newer. */
  private static boolean crash(Evidence evidence, WorkerId id, int bytes) throws IOException {
    Path own = evidence.create(id, Optional.empty());
    Files.write(own.resolve("heap.hprof"), new byte[bytes]);
    Files.setLastModifiedTime(own, FileTime.fromMillis(1000L * id.run()));
    return evidence.ended(id);
  }

  @Test
  void anEmptyFolderGoesAFullOneStays() throws Exception {
    Evidence evidence = new Evidence(folder, 3);
    Path own = evidence.create(worker(0, 1), Optional.empty());
    assertEquals(evidence.folder(worker(0, 1)), own);
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(own)));
    assertFalse(evidence.ended(worker(0, 1)));
    assertEquals(List.of(), names());
    assertTrue(crash(evidence, worker(0, 2), 1));
    assertEquals(List.of("hello-0.2"), names());
    assertFalse(evidence.ended(worker(0, 9)), "one that never had a folder");
  }

  @Test
  void aJvmWritesOnByItsOldName() throws Exception {
    Evidence evidence = new Evidence(folder, 3);
    Path old = evidence.create(worker(1000, 1), Optional.empty());
    evidence.rename(worker(1000, 1), worker(0, 4));
    crash(evidence, worker(1, 1), 1);
    Files.write(old.resolve("hs_err.log"), new byte[1]);
    assertTrue(Files.exists(evidence.folder(worker(0, 4)).resolve("hs_err.log")));
    assertTrue(evidence.ended(worker(0, 4)));
    assertEquals(List.of("hello-0.4", "hello-1.1"), names());
  }

  @Test
  void anOldNameGoesWithAnEmptyFolderAndWithAnEarlierSupervisor() throws Exception {
    Evidence evidence = new Evidence(folder, 3);
    evidence.create(worker(1000, 1), Optional.empty());
    evidence.rename(worker(1000, 1), worker(0, 4));
    assertFalse(evidence.ended(worker(0, 4)));
    assertEquals(List.of(), names());
    evidence.create(worker(1000, 2), Optional.empty());
    evidence.rename(worker(1000, 2), worker(0, 5));
    crash(new Evidence(folder, 3), worker(1, 1), 1);
    assertEquals(List.of("hello-0.5", "hello-1.1"), names());
  }

  @Test
  void theNewestOfASlotStay() throws Exception {
    Evidence evidence = new Evidence(folder, 2);
    for (int run = 8; run <= 11; run++) {
      crash(evidence, worker(0, run), 1);
    }
    crash(evidence, worker(1, 1), 1);
    crash(evidence, new WorkerId("hello-0", 1, 1), 1);
    assertEquals(List.of("hello-0-1.1", "hello-0.10", "hello-0.11", "hello-1.1"), names());
  }

  @Test
  void foldersOfLiveWorkersStay() throws Exception {
    Evidence evidence = new Evidence(folder, 1);
    evidence.create(worker(0, 1), Optional.empty());
    Files.createFile(evidence.folder(worker(0, 1)).resolve("threads.txt"));
    for (int run = 2; run <= 4; run++) {
      crash(evidence, worker(0, run), 1);
    }
    assertEquals(List.of("hello-0.1", "hello-0.4"), names());
    evidence.ended(worker(0, 1));
    assertEquals(List.of("hello-0.4"), names());
  }

  @Test
  void aPoolIsBoundedInBytesButTheNewestStays() throws Exception {
    Evidence evidence = new Evidence(folder, 10, 1000);
    for (int run = 1; run <= 3; run++) {
      crash(evidence, worker(run, run), 400);
    }
    assertEquals(List.of("hello-2.2", "hello-3.3"), names());
    assertTrue(crash(evidence, worker(4, 4), 5000));
    assertEquals(List.of("hello-4.4"), names());
  }

  @Test
  void withNothingToKeepNothingStays() throws Exception {
    assertFalse(crash(new Evidence(folder, 0), worker(0, 1), 1));
    assertEquals(List.of(), names());
  }

  private static int uid(Path path) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
  }

  @Test
  void aFolderIsItsWorkersUntilTheEndAndOursAfterwards() throws Exception {
    assumeTrue(uid(folder) == 0, "only root can give folders away");
    WorkerUser nobody = new WorkerUser(65534, 65533, Optional.empty(), Optional.empty());
    Evidence evidence = new Evidence(folder, 3);
    Path own = evidence.create(worker(0, 1), Optional.of(nobody));
    assertEquals(65534, uid(own));
    assertEquals(65533, Files.getAttribute(own, "unix:gid"));
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(own)));
    Files.createFile(own.resolve("heap.hprof"));
    Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertTrue(evidence.ended(worker(0, 1)));
    assertEquals(0, uid(own));
    assertEquals(0, Files.getAttribute(own, "unix:gid"));
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(own)));
    assertTrue(Files.exists(own.resolve("heap.hprof")));
  }

  /** Its supervisor was killed, and nobody took it back. */
  @Test
  void aFolderThatAnEarlierSupervisorGaveIsTakenBack() throws Exception {
    assumeTrue(uid(folder) == 0, "only root can give folders away");
    Path earlier = Files.createDirectory(folder.resolve("hello-1.1"));
    Files.createFile(earlier.resolve("heap.hprof"));
    Files.setAttribute(earlier, "unix:uid", 65534);
    Path link = Files.createSymbolicLink(earlier.resolve("link"), folder);
    Files.setAttribute(link, "unix:uid", 65534, LinkOption.NOFOLLOW_LINKS);
    Evidence evidence = new Evidence(folder, 3);
    evidence.create(worker(0, 2), Optional.empty());
    evidence.ended(worker(0, 2));
    assertEquals(0, uid(earlier));
    assertEquals(List.of("hello-1.1"), names());
  }

  @Test
  void whoIsNotRootCannotGiveAFolderAway() throws Exception {
    assumeTrue(uid(folder) != 0, "root can");
    WorkerUser root = new WorkerUser(0, 0, Optional.empty(), Optional.empty());
    String message =
        assertThrows(
                IOException.class,
                () -> new Evidence(folder, 3).create(worker(0, 1), Optional.of(root)))
            .getMessage();
    assertTrue(message.contains("cannot be given to uid 0, which takes root: "), message);
  }
}
