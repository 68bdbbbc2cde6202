package dev.baton.supervisor.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.supervisor.core.Exit;
import dev.baton.supervisor.core.PostMortem;
import dev.baton.supervisor.core.WorkerId;
import dev.baton.sys.Posix;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InquestTest {
  private static final WorkerId ID = new WorkerId("pool", 0, 1);
  private static final String DUMP =
      "2026-11-22 10:00:00\nFull thread dump OpenJDK\n\n\"main\" #1\n\nlast words\n";

  @TempDir Path folder;
  private WorkerLogs logs;
  private Evidence evidence;
  private Inquest inquest;
  private Path own;

  @BeforeEach
  void make() throws Exception {
    logs = new WorkerLogs(Posix.system(), Files.createDirectory(folder.resolve("logs")), 2);
    evidence = new Evidence(Files.createDirectory(folder.resolve("evidence")), 3);
    inquest = new Inquest(logs, evidence);
    own = evidence.create(ID, Optional.empty());
  }

  private PostMortem.Findings findings(boolean told, Exit exit, long dumpAsked) {
    PostMortem end =
        new PostMortem(
            ID,
            exit,
            "",
            PostMortem.Doing.READY,
            told,
            0,
            OptionalLong.empty(),
            PostMortem.Findings.NONE);
    return inquest.of(end, new Remains(exit, true, Optional.empty(), dumpAsked)).findings();
  }

  @Test
  void theDumpThatWasAskedForIsKeptAndNoEarlierOne() throws Exception {
    String before = "Full thread dump that an operator asked for\n";
    Files.writeString(logs.file(ID), before + DUMP);
    PostMortem.Findings found = findings(false, Exit.code(143), before.length());
    assertEquals(List.of("threads.txt"), found.left());
    assertEquals(own.toString(), found.folder());
    assertEquals(DUMP, Files.readString(own.resolve("threads.txt")));
  }

  @Test
  void whoWroteNoneHasNone() throws Exception {
    Files.writeString(logs.file(ID), DUMP);
    assertEquals(List.of(), findings(false, Exit.signal(9), DUMP.length()).left());
    assertFalse(Files.exists(own), "an empty folder stays");
  }

  /** What a worker left in the way is not written through. */
  @Test
  void aLinkInThePlaceOfTheDumpStaysALink() throws Exception {
    Path target = Files.writeString(folder.resolve("target"), "precious");
    Files.createSymbolicLink(own.resolve(Inquest.THREADS), target);
    Files.writeString(logs.file(ID), DUMP);
    assertEquals(List.of("threads.txt"), findings(false, Exit.code(143), 0).left());
    assertEquals("precious", Files.readString(target));
  }

  @Test
  void whatItLeftAndSaidLast() throws Exception {
    Files.writeString(own.resolve("hs_err.log"), "x");
    Files.writeString(own.resolve("a\nb"), "x");
    Files.writeString(logs.file(ID), "1\n".repeat(30) + "last\n");
    PostMortem.Findings found = findings(false, Exit.signal(6), -1);
    assertEquals(List.of("a\\u000ab", "hs_err.log"), found.left());
    assertEquals(20, found.logTail().size());
    assertEquals("last", found.logTail().get(19));
  }

  @Test
  void ofLongLinesTheNewestStay() throws Exception {
    Files.writeString(logs.file(ID), "a".repeat(5000) + "\n" + "b".repeat(3000) + "\nlast\n");
    List<String> tail = findings(false, Exit.code(1), -1).logTail();
    assertEquals(3, tail.size());
    assertEquals("last", tail.get(2));
    assertEquals(3000, tail.get(1).length());
    int all = tail.stream().mapToInt(String::length).sum();
    assertTrue(all <= 4096, all + " characters");
  }

  @Test
  void nobodyReadsTheLogOfAnEndInOrder() throws Exception {
    Files.writeString(logs.file(ID), "all is well\n");
    assertEquals(List.of(), findings(true, Exit.code(0), -1).logTail());
    assertEquals(List.of("all is well"), findings(true, Exit.code(1), -1).logTail());
  }

  @Test
  void aDumpBeginsWithItsTimeAlsoAtTheVeryBeginning() {
    byte[] bare = "Full thread dump X\n".getBytes(StandardCharsets.US_ASCII);
    assertEquals(bare.length, ThreadDump.in(bare).orElseThrow().length);
    assertTrue(ThreadDump.in(new byte[0]).isEmpty());
  }
}
