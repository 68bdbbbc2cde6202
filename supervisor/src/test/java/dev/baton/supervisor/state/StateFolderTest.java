package dev.baton.supervisor.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFolderTest {
  private static final WorkerRecord WORKER = new WorkerRecord("web/0#3", 2, 77, "123", 0, "ab");
  private static final PoolRecord POOL = new PoolRecord("web", 2, 3, 4, 5);
  private static final ListenerRecord LISTENER =
      new ListenerRecord("http", "tcp://x", true, List.of(new ListenerRecord.Socket(1, 99)));

  @TempDir Path folder;

  private List<Path> files() throws Exception {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }

  @Test
  void whatIsWrittenIsThereForTheNextOne() throws Exception {
    StateFolder state = StateFolder.open(folder.resolve("state"));
    state.put(WORKER);
    state.put(POOL);
    state.keepListeners(List.of(LISTENER));

    StateFolder next = StateFolder.open(folder.resolve("state"));
    assertEquals(List.of(WORKER), next.workers());
    assertEquals(List.of(POOL), next.pools());
    assertEquals(List.of(LISTENER), next.listeners());
  }

  @Test
  void whatIsRemovedIsNot() throws Exception {
    StateFolder state = StateFolder.open(folder);
    state.put(WORKER);
    state.put(POOL);
    state.keepListeners(List.of(LISTENER));
    state.removeWorker("web/0#3");
    state.removePool("web");
    state.keepListeners(List.of());
    assertEquals(List.of(), files());
    state.put(WORKER);
    assertEquals(List.of(WORKER), state.workers(), "the same again is written again");
    state.clear();
    assertEquals(List.of(), files());
  }

  @Test
  void theOwnerAloneMayLook() throws Exception {
    StateFolder.open(folder.resolve("state"));
    for (String part : List.of("state", "state/workers", "state/pools", "state/listeners")) {
      assertEquals(
          "rwx------",
          PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(part))));
    }
  }

  @Test
  void whatANewerOneAddsIsIgnoredAndWhatCannotBeReadIsPassedOver() throws Exception {
    StateFolder state = StateFolder.open(folder);
    state.put(WORKER);
    Path file = files().get(0);
    String text = Files.readString(file);
    Files.writeString(file, text.replace("{", "{\"new\":{\"x\":[1]},"));
    Files.writeString(file.resolveSibling("a.json"), "{\"format\":1,");
    Files.writeString(file.resolveSibling("b.json"), "[]");
    Files.writeString(file.resolveSibling("c.json"), text.replace("\"format\":1", "\"format\":2"));
    Files.write(file.resolveSibling("d.json"), new byte[0]);
    assertEquals(List.of(WORKER), state.workers());
  }

  @Test
  void aFolderThatIsMissingHasNoRecords() throws Exception {
    assertTrue(StateFolder.at(folder.resolve("none")).workers().isEmpty());
  }
}
