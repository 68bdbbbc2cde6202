package dev.baton.supervisor.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.supervisor.core.WorkerId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
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
    Path own = evidence.create(id);
    Files.write(own.resolve("heap.hprof"), new byte[bytes]);
    Files.setLastModifiedTime(own, FileTime.fromMillis(1000L * id.run()));
    return evidence.ended(id);
  }

  @Test
  void anEmptyFolderGoesAFullOneStays() throws Exception {
    Evidence evidence = new Evidence(folder, 3);
    Path own = evidence.create(worker(0, 1));
    assertEquals(evidence.folder(worker(0, 1)), own);
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(own)));
    assertFalse(evidence.ended(worker(0, 1)));
    assertEquals(List.of(), names());
    assertTrue(crash(evidence, worker(0, 2), 1));
    assertEquals(List.of("hello-0.2"), names());
    assertFalse(evidence.ended(worker(0, 9)), "one that never had a folder");
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
    evidence.create(worker(0, 1));
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
}
