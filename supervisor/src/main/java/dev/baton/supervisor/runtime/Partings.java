package dev.baton.supervisor.runtime;

import dev.baton.supervisor.core.WorkerId;
import dev.baton.supervisor.dispatch.Dispatcher;
import dev.baton.supervisor.loop.Loop;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The last workers of one version of a pool on their way out. Nothing more is accepted for them,
 * and they are told to drain when they have taken over what was: nobody after them may be able to
 * serve it, since its listener may have another mode by then. Only for the loop's thread.
 */
final class Partings {
  private static final long LONGEST = TimeUnit.SECONDS.toNanos(2);

  private final Loop loop;
  private final Consumer<WorkerId> leaves;
  private final Set<WorkerId> parting = new HashSet<>();
  private final List<Runnable> tasks = new ArrayList<>();

  /**
   * @param leaves told who gets no more connections
   */
  Partings(Loop loop, Consumer<WorkerId> leaves) {
    this.loop = loop;
    this.leaves = leaves;
  }

  void add(WorkerId worker) {
    parting.add(worker);
  }

  void remove(WorkerId worker) {
    parting.remove(worker);
  }

  boolean contains(WorkerId worker) {
    return parting.contains(worker);
  }

  /** Runs the task when the worker may drain; soon in any case. */
  void whenEmpty(WorkerId worker, Dispatcher dispatcher, Runnable task) {
    boolean[] done = {false};
    Runnable once =
        () -> {
          if (!done[0]) {
            done[0] = true;
            leaves.accept(worker);
            task.run();
          }
        };
    tasks.add(once);
    dispatcher.whenEmpty(() -> loop.execute(this::empty));
    loop.timers().at(loop.now() + LONGEST, once);
  }

  private void empty() {
    List<Runnable> now = List.copyOf(tasks);
    tasks.clear();
    now.forEach(Runnable::run);
  }
}
