package dev.baton.supervisor.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.baton.supervisor.loop.Loop;
import dev.baton.sys.Posix;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One place: who is next in it. */
class StartGateTest {
  private final List<String> started = new ArrayList<>();
  private final Set<String> serving = new HashSet<>(Set.of("many", "some"));
  private Loop loop;
  private StartGate gate;

  @BeforeEach
  void open() throws Exception {
    loop = new Loop(Posix.system());
    gate = new StartGate(loop, 1);
    gate.enterNext("holder", () -> {});
  }

  @AfterEach
  void close() {
    loop.close();
  }

  private void enter(String line, int count) {
    for (int i = 0; i < count; i++) {
      var who = line + i;
      gate.enter(line, () -> !serving.contains(line), who, () -> started.add(who));
    }
  }

  private List<String> order() {
    gate.leave("holder");
    for (int i = 0; i < started.size(); i++) {
      gate.leave(started.get(i));
    }
    return started;
  }

  @Test
  void poolsTakeTurns() {
    enter("many", 4);
    enter("some", 2);
    assertEquals(List.of("many0", "some0", "many1", "some1", "many2", "many3"), order());
  }

  @Test
  void whoHasNobodyLeftComesFirst() {
    enter("many", 4);
    enter("some", 1);
    enter("none", 2);
    assertEquals(List.of("none0", "none1", "many0", "some0", "many1", "many2", "many3"), order());
  }

  @Test
  void howUrgentItIsCountsWhenThereIsAPlace() {
    enter("many", 2);
    enter("some", 2);
    serving.remove("some");
    assertEquals(List.of("some0", "some1", "many0", "many1"), order());
  }

  @Test
  void nothingComesBeforeWhatIsToBeNext() {
    enter("none", 1);
    gate.enterNext("admin", () -> started.add("admin"));
    assertEquals(List.of("admin", "none0"), order());
  }

  @Test
  void whoIsNotNeededYetComesLast() {
    gate.enterLast("spare", () -> started.add("spare"));
    enter("some", 2);
    assertEquals(List.of("some0", "some1", "spare"), order());
  }

  @Test
  void whoIsRenamedKeepsThePlace() {
    gate.renamed("holder", "slot");
    gate.renamed("stranger", "other");
    enter("some", 1);
    gate.leave("holder");
    assertEquals(List.of(), started, "left by a name that nobody has any more");
    gate.leave("slot");
    assertEquals(List.of("some0"), started);
  }
}
