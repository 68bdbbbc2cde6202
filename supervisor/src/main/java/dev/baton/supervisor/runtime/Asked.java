package dev.baton.supervisor.runtime;

import dev.baton.supervisor.admin.EndView;
import dev.baton.supervisor.admin.RolloutWatcher;
import dev.baton.supervisor.admin.Verdict;
import dev.baton.supervisor.core.PostMortem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Who asked a pool for something and is to be told of it: the command whose step is under way, and
 * whoever waits for the rollout under way. Only for the loop's thread.
 */
final class Asked {
  private Consumer<String> refused;
  private RolloutWatcher asking;
  private List<RolloutWatcher> watchers = new ArrayList<>();
  private Optional<Verdict> last = Optional.empty();

  /** A command begins; {@code rollout} is null for one that starts none. */
  void begin(Consumer<String> whenRefused, RolloutWatcher rollout) {
    refused = whenRefused;
    asking = rollout;
  }

  /**
   * Its step is over. Whoever was not refused waits from now on, also when the step told nothing
   * yet: a rollout may have to wait for slots that are busy.
   */
  void end() {
    admit();
    refused = null;
    asking = null;
  }

  /** It cannot be followed. */
  void refuse(String reason) {
    refused.accept(reason);
    asking = null;
  }

  /** Somebody else waits for the rollout under way, too. */
  void follow(RolloutWatcher other) {
    watchers.add(other);
  }

  /** How the last rollout ended. */
  Optional<Verdict> last() {
    return last;
  }

  /** A line for whoever waits. */
  void progress(String text) {
    admit();
    watchers.forEach(w -> w.progress(text));
  }

  /** Whoever has just asked for a rollout waits for it. */
  private void admit() {
    if (asking != null) {
      watchers.add(asking);
      asking = null;
    }
  }

  /**
   * The rollout is over.
   *
   * @param end of the worker that decided it
   */
  void over(boolean done, String text, int generation, CompletionStage<Optional<PostMortem>> end) {
    admit();
    List<RolloutWatcher> told = watchers;
    watchers = new ArrayList<>();
    last = Optional.of(new Verdict(done, text, generation, List.of(), Optional.empty()));
    end.thenAccept(
        e -> {
          Verdict verdict =
              new Verdict(
                  done,
                  text,
                  generation,
                  e.map(p -> p.findings().logTail()).orElse(List.of()),
                  e.map(EndView::of));
          told.forEach(w -> w.finished(verdict));
        });
  }
}
