package dev.baton.supervisor.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.supervisor.store.ReleaseHistory.Entry;
import dev.baton.supervisor.store.ReleaseHistory.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReleaseHistoryTest {
  @TempDir private Path folder;
  private ReleaseHistory history;

  @BeforeEach
  void open() throws IOException {
    history = new ReleaseHistory(folder);
  }

  private Release release(String hash) {
    Path at = folder.resolve(hash);
    return new Release("p", hash, at, List.of(at.resolve("00-a.jar"), at.resolve("01-b c")));
  }

  private void serves(String hash, boolean back) throws IOException {
    history.tried(release(hash), "/from/" + hash, List.of("x.jar"));
    history.serves(hash, back);
  }

  private String states() {
    return String.join(
        " ", history.entries().stream().map(e -> e.hash() + ":" + e.state()).toList());
  }

  @Test
  void oneServesAndTheOthersWereReplaced() throws IOException {
    assertTrue(history.serving().isEmpty());
    assertTrue(history.before().isEmpty());
    serves("a", false);
    serves("b", false);
    serves("c", false);
    assertEquals("a:REPLACED b:REPLACED c:SERVING", states());
    assertEquals("b", history.before().orElseThrow().hash());
  }

  @Test
  void goingBackTwiceGoesFurtherBack() throws IOException {
    serves("a", false);
    serves("b", false);
    serves("c", false);
    serves("b", true);
    assertEquals("a:REPLACED c:WITHDRAWN b:SERVING", states());
    serves("a", true);
    assertEquals("c:WITHDRAWN b:WITHDRAWN a:SERVING", states());
    assertTrue(history.before().isEmpty());
  }

  @Test
  void aTrialThatFailsChangesNothingElse() throws IOException {
    serves("a", false);
    history.tried(release("b"), "", List.of());
    assertEquals("a:SERVING b:TRIED", states());
    history.rejected("b");
    assertEquals("a:SERVING b:REJECTED", states());
    history.tried(release("a"), "", List.of());
    history.rejected("a");
    assertEquals(State.SERVING, history.serving().orElseThrow().state());
  }

  @Test
  void itIsReadAgain() throws IOException {
    serves("a", false);
    history.tried(release("b"), "/päth with\nline = #", List.of("*.jar", "é:y"));
    ReleaseHistory again = new ReleaseHistory(folder);
    assertEquals(history.entries(), again.entries());
    Entry b = again.entries().get(1);
    assertEquals(List.of("00-a.jar", "01-b c"), b.roots());
    assertEquals("/päth with\nline = #", b.source());
    assertEquals(List.of("*.jar", "é:y"), b.configured());
    assertTrue(b.deployed());
  }

  @Test
  void theOldestAreForgottenButNotTheOneThatServes() throws IOException {
    serves("s", false);
    for (int i = 0; i < 9; i++) {
      history.tried(release("t" + i), "", List.of());
    }
    assertEquals(6, history.entries().size());
    assertEquals("s", history.serving().orElseThrow().hash());
  }

  @Test
  void rubbishIsNoHistory() throws IOException {
    serves("a", false);
    for (String text : List.of("0.hash=a\n0.state=X\n", "0.hash=\\uZZ", "0.hash=a\n0.since=y")) {
      Files.writeString(folder.resolve("history.properties"), text);
      assertEquals(List.of(), new ReleaseHistory(folder).entries());
    }
    Files.write(folder.resolve("history.properties"), new byte[] {(byte) 0xff, (byte) 0xfe});
    assertFalse(new ReleaseHistory(folder).serving().isPresent());
  }
}
