package dev.baton.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.supervisor.core.WorkerEvent.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Every state with every event. The architecture document has the same table. */
class WorkerTableTest {
  private static final String TABLE =
      """
      state        event          next              deadline  effect     besides

      starting     spawned        starting          start
      starting     spawn failed   exited            none                 TEXT
      starting     hello          handshaking       same      Greet, Start
      starting     loaded         killing           5 s       Kill       said loaded before hello
      starting     ready          killing           5 s       Kill       said ready before hello
      starting     failed         stopping          stop                 TEXT
      starting     violation      killing           5 s       Kill       TEXT
      starting     drained        killing           5 s       Kill       said drained before hello
      starting     channel ended  stopping          stop                 closed its channel before it was ready
      starting     reaped         exited            none                 exit code 3
      starting     deadline       killing           term      Terminate  not ready within 60000 ms (never said hello)
      starting     retire         killing           term      Terminate  retired
      starting     kill           killing           5 s       Kill
      starting     hung           -
      starting     taken          -

      handshaking  spawned        -
      handshaking  spawn failed   a defect of ours
      handshaking  hello          killing           5 s       Kill       said hello twice
      handshaking  loaded         -
      handshaking  ready          ready             none                 ready since now
      handshaking  failed         stopping          stop                 TEXT
      handshaking  violation      killing           5 s       Kill       TEXT
      handshaking  drained        killing           5 s       Kill       said drained without having been asked
      handshaking  channel ended  stopping          stop                 closed its channel before it was ready
      handshaking  reaped         exited            none                 exit code 3
      handshaking  deadline       killing           term      Terminate  not ready within 60000 ms
      handshaking  retire         killing           term      Terminate  retired
      handshaking  kill           killing           5 s       Kill
      handshaking  hung           -
      handshaking  taken          handshaking       same      Start

      spare        spawned        -
      spare        spawn failed   a defect of ours
      spare        hello          killing           5 s       Kill       said hello twice
      spare        loaded         killing           5 s       Kill       said loaded twice
      spare        ready          killing           5 s       Kill       said ready before start
      spare        failed         stopping          stop                 TEXT
      spare        violation      killing           5 s       Kill       TEXT
      spare        drained        killing           5 s       Kill       said drained without having been asked
      spare        channel ended  stopping          stop                 closed its channel while it waited
      spare        reaped         exited            same                 exit code 3
      spare        deadline       -
      spare        retire         stopping          stop      SendStop   retired
      spare        kill           killing           5 s       Kill
      spare        hung           hung              dump      DumpThreads  TEXT
      spare        taken          handshaking       start     Start

      ready        spawned        -
      ready        spawn failed   a defect of ours
      ready        hello          killing           5 s       Kill       said hello twice
      ready        loaded         -
      ready        ready          killing           5 s       Kill       said ready twice
      ready        failed         stopping          stop                 TEXT
      ready        violation      killing           5 s       Kill       TEXT
      ready        drained        killing           5 s       Kill       said drained without having been asked
      ready        channel ended  stopping          stop                 closed its channel
      ready        reaped         exited            same                 exit code 3
      ready        deadline       -
      ready        retire         draining          drain     SendDrain  retired
      ready        kill           killing           5 s       Kill
      ready        hung           hung              dump      DumpThreads  TEXT
      ready        taken          a defect of ours

      draining     spawned        -
      draining     spawn failed   a defect of ours
      draining     hello          killing           5 s       Kill       said hello twice
      draining     loaded         -
      draining     ready          killing           5 s       Kill       said ready twice
      draining     failed         stopping          stop                 TEXT
      draining     violation      killing           5 s       Kill       TEXT
      draining     drained        stopping          stop      SendStop
      draining     channel ended  stopping          stop                 closed its channel while it drained
      draining     reaped         exited            none                 exit code 3
      draining     deadline       stopping          stop      SendStop   did not drain within its deadline
      draining     retire         -
      draining     kill           killing           5 s       Kill
      draining     hung           -
      draining     taken          a defect of ours

      stopping     spawned        -
      stopping     spawn failed   a defect of ours
      stopping     hello          -
      stopping     loaded         -
      stopping     ready          -
      stopping     failed         stopping          same                 TEXT
      stopping     violation      killing           5 s       Kill       TEXT
      stopping     drained        -
      stopping     channel ended  -
      stopping     reaped         exited            none                 exit code 3
      stopping     deadline       killing           term      Terminate  did not exit when asked to
      stopping     retire         stopping          same                 retired
      stopping     kill           killing           5 s       Kill
      stopping     hung           -
      stopping     taken          a defect of ours

      hung         spawned        -
      hung         spawn failed   a defect of ours
      hung         hello          killing           5 s       Kill       said hello twice
      hung         loaded         -
      hung         ready          killing           5 s       Kill       said ready twice
      hung         failed         stopping          stop                 TEXT
      hung         violation      killing           5 s       Kill       TEXT
      hung         drained        killing           5 s       Kill       said drained without having been asked
      hung         channel ended  stopping          stop                 closed its channel
      hung         reaped         exited            none                 exit code 3
      hung         deadline       killing           term      Terminate
      hung         retire         hung              same                 retired
      hung         kill           killing           5 s       Kill
      hung         hung           -
      hung         taken          a defect of ours

      killing      spawned        killing           5 s       Kill
      killing      spawn failed   exited            none                 TEXT
      killing      hello          -
      killing      loaded         -
      killing      ready          -
      killing      failed         killing           same                 TEXT
      killing      violation      -
      killing      drained        -
      killing      channel ended  -
      killing      reaped         exited            none                 exit code 3
      killing      deadline       killing           5 s       Kill
      killing      retire         killing           same                 retired
      killing      kill           killing           5 s       Kill
      killing      hung           -
      killing      taken          a defect of ours

      exited       spawned        -
      exited       spawn failed   -
      exited       hello          -
      exited       loaded         -
      exited       ready          -
      exited       failed         -
      exited       violation      -
      exited       drained        -
      exited       channel ended  -
      exited       reaped         -
      exited       deadline       -
      exited       retire         -
      exited       kill           -
      exited       hung           -
      exited       taken          -

      of a spare, where that is something else
      starting     hello          handshaking       same      Greet
      handshaking  loaded         spare             none
      handshaking  ready          killing           5 s       Kill       said ready before start
      """;

  private static final long NOW = 1000 * Times.SECOND;
  private static final long DEADLINE = NOW + 1;
  private static final WorkerId ID = new WorkerId("p", 0, 1);
  private static final WorkerId SPARE = new WorkerId("p", WorkerId.FIRST_SPARE, 1);

  @Test
  void everyPairIsDecided() {
    assertEquals(TABLE, table());
  }

  @Test
  void theDocumentHasTheSameTable() throws IOException {
    Path folder = Path.of("").toAbsolutePath();
    while (folder.getParent() != null && !Files.exists(folder.resolve("docs/architecture.md"))) {
      folder = folder.getParent();
    }
    String document = Files.readString(folder.resolve("docs/architecture.md"));
    assertTrue(document.contains(TABLE), "docs/architecture.md does not have the worker table");
  }

  private static String table() {
    StringBuilder text = new StringBuilder();
    text.append(row("state", "event", "next", "deadline", "effect", "besides"));
    for (WorkerState state : WorkerState.values()) {
      text.append('\n');
      for (Kind kind : Kind.values()) {
        text.append(row(state, kind));
      }
    }
    text.append("\nof a spare, where that is something else\n");
    for (WorkerState state : WorkerState.values()) {
      for (Kind kind : Kind.values()) {
        String row = row(SPARE, state, kind);
        text.append(row.equals(row(state, kind)) ? "" : row);
      }
    }
    return text.toString();
  }

  private static boolean lasts(WorkerState state) {
    return state == WorkerState.READY || state == WorkerState.SPARE;
  }

  private static String row(WorkerState state, Kind kind) {
    return row(state == WorkerState.SPARE ? SPARE : ID, state, kind);
  }

  private static String row(WorkerId id, WorkerState state, Kind kind) {
    Worker before =
        new Worker(id, 7, state, DEADLINE, NOW - 2, Worker.NONE, false, false, "")
            .in(state, lasts(state) ? Worker.NONE : DEADLINE);
    WorkerEvent event =
        kind == Kind.REAPED ? WorkerEvent.reaped(Exit.code(3)) : WorkerEvent.of(kind, "TEXT");
    try {
      Step<Worker> step = new WorkerMachine(Times.settings(1), NOW).step(before, event);
      Worker after = step.state();
      String effects =
          step.effects().stream().map(WorkerTableTest::name).collect(Collectors.joining(", "));
      if (after.equals(before) && effects.isEmpty()) {
        return row(low(state), low(kind), "-", "", "", "");
      }
      return row(
          low(state),
          low(kind),
          low(after.state()),
          deadline(before, after),
          effects,
          besides(before, after));
    } catch (IllegalStateException e) {
      return row(low(state), low(kind), "a defect of ours", "", "", "");
    }
  }

  private static String name(Effect effect) {
    return effect.getClass().getSimpleName();
  }

  private static String deadline(Worker before, Worker after) {
    if (after.deadline() == before.deadline()) {
      return "same";
    }
    if (after.deadline() == Worker.NONE) {
      return "none";
    }
    long time = after.deadline() - NOW;
    if (time == Times.START) {
      return "start";
    } else if (time == Times.DRAIN) {
      return "drain";
    } else if (time == Times.STOP) {
      return "stop";
    } else if (time == Times.TERM) {
      return "term";
    } else if (time == Times.DUMP) {
      return "dump";
    } else if (time == Times.KILL_AGAIN) {
      return "5 s";
    }
    throw new AssertionError("a deadline of " + time);
  }

  private static String besides(Worker before, Worker after) {
    String retired = after.retired() != before.retired() ? "retired" : "";
    String ready = after.readyAt() == NOW ? "ready since now" : "";
    return retired + ready + after.reason();
  }

  private static String low(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static String row(
      String state, String event, String next, String deadline, String effect, String besides) {
    return String.format(
                "%-11s  %-13s  %-16s  %-8s  %-9s  %s",
                state, event, next, deadline, effect, besides)
            .stripTrailing()
        + "\n";
  }
}
