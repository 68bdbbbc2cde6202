package dev.baton.supervisor.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.baton.supervisor.loop.Loop;
import dev.baton.sys.Posix;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StartGateTest {
  private final List<String> begun = new ArrayList<>();

  @Test
  void whoIsNotNeededYetComesLast() throws Exception {
    try (Loop loop = new Loop(Posix.system())) {
      StartGate gate = new StartGate(loop, 1);
      gate.enter("a", () -> begun.add("a"));
      gate.enterLast("spare", () -> begun.add("spare"));
      gate.enter("b", () -> begun.add("b"));
      gate.enterNext("first", () -> begun.add("first"));
      assertEquals(List.of("a"), begun);
      gate.leave("a");
      gate.leave("first");
      gate.leave("b");
      assertEquals(List.of("a", "first", "b", "spare"), begun);
    }
  }

  @Test
  void whoIsRenamedKeepsThePlace() throws Exception {
    try (Loop loop = new Loop(Posix.system())) {
      StartGate gate = new StartGate(loop, 1);
      gate.enterLast("spare", () -> begun.add("spare"));
      gate.enter("a", () -> begun.add("a"));
      gate.renamed("spare", "slot");
      gate.renamed("stranger", "other");
      gate.leave("spare");
      assertEquals(List.of("spare"), begun, "left by a name that nobody has any more");
      gate.leave("slot");
      assertEquals(List.of("spare", "a"), begun);
    }
  }
}
