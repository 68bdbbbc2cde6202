package dev.baton.supervisor.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.baton.supervisor.admin.RolloutWatcher;
import dev.baton.supervisor.admin.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class AskedTest {
  private final List<String> told = new ArrayList<>();
  private final Asked asked = new Asked();

  @Test
  void whoAskedIsToldTheEnd() {
    asked.begin(refused("first"), watcher("first"));
    asked.progress("begins");
    asked.end();
    over();
    assertEquals(List.of("first: begins", "first: over"), told);
  }

  @Test
  void alsoWhenTheStepThatBeganItToldNothing() {
    asked.begin(refused("first"), watcher("first"));
    asked.end();
    asked.progress("moves");
    over();
    assertEquals(List.of("first: moves", "first: over"), told);
  }

  @Test
  void whoIsRefusedDoesNotTakeThePlaceOfWhoWaits() {
    asked.begin(refused("first"), watcher("first"));
    asked.end();
    asked.begin(refused("second"), watcher("second"));
    asked.refuse("under way");
    asked.end();
    over();
    assertEquals(List.of("second: refused: under way", "first: over"), told);
  }

  @Test
  void aCommandWithoutARolloutDoesNotEither() {
    asked.begin(refused("first"), watcher("first"));
    asked.end();
    asked.begin(refused("reset"), null);
    asked.end();
    over();
    assertEquals(List.of("first: over"), told);
  }

  @Test
  void theEndIsToldOnce() {
    asked.begin(refused("first"), watcher("first"));
    over();
    asked.end();
    over();
    asked.progress("later");
    assertEquals(List.of("first: over"), told);
  }

  private void over() {
    asked.over(true, "over", 2, CompletableFuture.completedFuture(Optional.empty()));
  }

  private Consumer<String> refused(String who) {
    return reason -> told.add(who + ": refused: " + reason);
  }

  private RolloutWatcher watcher(String who) {
    return new RolloutWatcher() {
      @Override
      public void refused(String reason) {
        told.add(who + ": refused: " + reason);
      }

      @Override
      public void progress(String line) {
        told.add(who + ": " + line);
      }

      @Override
      public void finished(Verdict verdict) {
        told.add(who + ": " + verdict.text());
      }
    };
  }
}
