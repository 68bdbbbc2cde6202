package dev.baton.supervisor.openserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AuditFileTest {
  private static final Requester WHO = new Requester("vault/0#3", 12, 65534, 65534);

  @TempDir Path temp;

  @Test
  void oneLineADecision() throws Exception {
    Path file = temp.resolve("audit.log");
    try (AuditLog log = AuditLog.to(file)) {
      log.decided(WHO, "open \"/var/lib/app/x.db\" [read]", "allowed", "rule /var/lib/app");
      log.decided(WHO, "open \"a\nb\u202e\u001b[1m\"", "refused", "NOT_ALLOWED x".repeat(1000));
    }
    List<String> lines = Files.readAllLines(file);
    assertEquals(2, lines.size());
    assertTrue(
        lines
            .get(0)
            .matches(
                "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z allowed vault/0#3 pid=12"
                    + " uid=65534 open \"/var/lib/app/x.db\" \\[read] \u2014 rule /var/lib/app"),
        lines.get(0));
    assertTrue(lines.get(1).contains("\"a\\u000ab\\u202e\\u001b[1m\""), lines.get(1));
    assertTrue(lines.get(1).length() < 2500 && lines.get(1).endsWith("..."), lines.get(1));
    assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  @Test
  void goesOnInTheSameFileAndIsRotated() throws Exception {
    Path file = temp.resolve("audit.log");
    for (int i = 0; i < 20; i++) {
      try (AuditFile log = new AuditFile(file, 1000)) {
        for (int j = 0; j < 4; j++) {
          log.decided(WHO, "open " + i, "allowed", "rule");
        }
      }
    }
    for (int i = 1; i <= 5; i++) {
      Path old = temp.resolve("audit.log." + i);
      assertTrue(Files.size(old) <= 1000 && Files.size(old) > 500, old + " " + Files.size(old));
    }
    assertFalse(Files.exists(temp.resolve("audit.log.6")));
    assertTrue(Files.readString(file).contains("open 19 "));
    assertTrue(Files.size(file) <= 1000);
  }

  @Test
  void aFullDiskLosesLinesAndStopsNobody() {
    AuditFile log = new AuditFile(Path.of("/dev/full"), AuditFile.MOST_BYTES);
    try (log) {
      for (int i = 0; i < 1000; i++) {
        log.decided(WHO, "open", "allowed", "rule");
      }
    }
    assertEquals(1000, log.lost());
  }

  @Test
  void whatWasLostIsToldOnceThereIsRoom() throws Exception {
    Path folder = temp.resolve("logs");
    Path file = folder.resolve("audit.log");
    try (AuditFile log = new AuditFile(file, AuditFile.MOST_BYTES)) {
      log.decided(WHO, "open", "allowed", "rule");
      await(() -> log.lost() == 1);
      Files.createDirectory(folder);
      log.decided(WHO, "open", "allowed", "rule");
      await(() -> Files.exists(file) && Files.readAllLines(file).size() == 2);
    }
    List<String> lines = Files.readAllLines(file);
    assertTrue(lines.get(0).endsWith("Z 1 decisions before this line are lost"), lines.get(0));
    assertTrue(lines.get(1).endsWith("rule"), lines.get(1));
  }

  /** As by logrotate(8), or by an operator who needs room. */
  @Test
  void aFileThatWasMovedAwayIsMadeAgain() throws Exception {
    Path file = temp.resolve("audit.log");
    try (AuditFile log = new AuditFile(file, AuditFile.MOST_BYTES)) {
      log.decided(WHO, "open 1", "allowed", "rule");
      await(() -> Files.exists(file) && Files.size(file) > 0);
      Files.move(file, temp.resolve("moved"));
      log.decided(WHO, "open 2", "allowed", "rule");
      await(() -> Files.exists(file) && Files.size(file) > 0);
      Files.delete(file);
      log.decided(WHO, "open 3", "allowed", "rule");
      await(() -> Files.exists(file) && Files.size(file) > 0);
      assertTrue(Files.readString(file).contains("open 3 "));
    }
    assertTrue(Files.readString(temp.resolve("moved")).contains("open 1 "));
    assertFalse(Files.readString(temp.resolve("moved")).contains("open 2 "));
  }

  private interface Condition {
    boolean holds() throws IOException;
  }

  private static void await(Condition condition) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.holds()) {
      assertTrue(System.nanoTime() < deadline, "it did not come to that");
      Thread.onSpinWait();
    }
  }
}
