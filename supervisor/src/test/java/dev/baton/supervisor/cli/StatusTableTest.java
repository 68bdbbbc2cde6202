package dev.baton.supervisor.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.supervisor.admin.EndView;
import dev.baton.supervisor.admin.PoolView;
import dev.baton.supervisor.admin.StatusView;
import dev.baton.supervisor.admin.WorkerView;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class StatusTableTest {
  private static final EndView END =
      new EndView(
          "web/0#9",
          "killed by SIGKILL",
          "was ready, up 12 min; left threads.txt in /run/baton/demo/evidence/web-0.9",
          0,
          "SIGKILL",
          false,
          "",
          "ready",
          false,
          730,
          OptionalLong.empty(),
          "/run/baton/demo/evidence/web-0.9",
          List.of("threads.txt"),
          List.of("1", "2", "3", "4", "5", "\u001b[2Jlast " + "x".repeat(100)));

  private static String table(WorkerView worker) {
    return StatusTable.of(
        new StatusView(
            "0.1.0",
            1,
            2,
            "demo",
            "/run/baton/demo",
            List.of(),
            List.of(new PoolView("web", 1, 1, "down", List.of(worker))),
            Optional.empty()));
  }

  @Test
  void whoIsDownShowsHowTheLastOneEnded() {
    String table =
        table(
            new WorkerView("web/0#9", 0, 0, 1, "down", 0, 7, "backoff", "killed by SIGKILL")
                .after(Optional.of(END)));
    assertTrue(
        table.endsWith(
            "      backoff: killed by SIGKILL\n"
                + "      was ready, up 12 min; left threads.txt in"
                + " /run/baton/demo/evidence/web-0.9\n"
                + "      | 2\n      | 3\n      | 4\n      | 5\n"
                + "      | [2Jlast "
                + "x".repeat(64)
                + "\n"),
        table);
  }

  @Test
  void whoRunsDoesNot() {
    WorkerView runs = new WorkerView("web/0#10", 0, 4711, 1, "serving", 1, 8, "ready", "");
    assertFalse(table(runs.after(Optional.of(END))).contains("threads.txt"));
  }
}
