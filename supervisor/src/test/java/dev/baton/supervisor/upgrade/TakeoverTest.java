package dev.baton.supervisor.upgrade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.state.Handover;
import dev.baton.supervisor.state.Handover.Descriptors;
import dev.baton.supervisor.state.StateFolder;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import dev.baton.testkit.FdLeakCheck;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(FdLeakCheck.class)
class TakeoverTest {
  private static final Posix POSIX = Posix.system();

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  @TempDir Path folder;

  /** As if it had been left to this process. */
  private static Takeover trial(Handover handover) throws IOException {
    int number;
    try (OwnedFd memory = Memory.write(POSIX, handover)) {
      number = memory.<Integer, SysException>borrow(POSIX::duplicate); // which is found and closed
    }
    return Takeover.find(Map.of("BATON_UPGRADE", "try:" + number, "PATH", "/bin"));
  }

  private Handover handover(String protocol, Path runtimeDir) {
    return new Handover(
        1,
        "0.1.0",
        protocol,
        runtimeDir.toString(),
        List.of("java"),
        0,
        Descriptors.NONE,
        Map.of(),
        List.of(),
        "");
  }

  private boolean check(Takeover takeover) throws IOException {
    StateFolder state = StateFolder.at(folder.resolve("state"));
    return takeover.check(folder, state, "0.2.0", new PrintStream(out), new PrintStream(err));
  }

  @Test
  void whatCanTakeOverSaysSo() throws Exception {
    Takeover takeover = trial(handover("1.0", folder));
    assertTrue(takeover.trial());
    assertFalse(takeover.begun());
    assertEquals(Map.of("PATH", "/bin"), takeover.environment(), "nobody else is told");
    assertEquals(Optional.empty(), takeover.lock());
    assertTrue(check(takeover), err::toString);
    String said = out.toString(StandardCharsets.UTF_8);
    assertTrue(said.startsWith("able to take over: 0.2.0 on Java "), said);
  }

  @Test
  void everythingThatIsInTheWayIsNamed() throws Exception {
    Path pools = Files.createDirectories(folder.resolve("state/pools"));
    Files.writeString(pools.resolve("a.json"), "{\"format\": 7}");
    Files.writeString(pools.resolve("b.json"), "no JSON");
    assertFalse(check(trial(handover("2.3", Path.of("/elsewhere")))));
    List<String> said = err.toString(StandardCharsets.UTF_8).lines().sorted().toList();
    assertEquals(4, said.size(), said::toString);
    assertTrue(said.get(0).contains("a.json: found format 7, this supervisor reads 1"));
    assertTrue(said.get(1).contains("b.json cannot be read"), said::toString);
    assertTrue(said.get(2).contains("the supervisor runs on /elsewhere"), said::toString);
    assertTrue(said.get(3).contains("the workers speak protocol 2.3"), said::toString);
    assertEquals("", out.toString(StandardCharsets.UTF_8));
  }

  @Test
  void anOrdinaryStartHasNothing() throws Exception {
    Takeover none = Takeover.find(Map.of("PATH", "/bin"));
    assertFalse(none.trial() || none.begun());
    assertEquals(0, none.number());
    assertEquals(List.of(), none.carried());
    none.giveUp("nobody to go back to");
    none.succeeded();
  }

  @Test
  void aVariableOfSomebodyElseIsAnError() {
    IOException odd =
        assertThrows(
            IOException.class, () -> Takeover.find(Map.of("BATON_UPGRADE", "take:everything")));
    assertTrue(odd.getMessage().contains("take:everything"), odd.getMessage());
  }
}
