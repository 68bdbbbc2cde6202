package dev.baton.supervisor.runtime;

import dev.baton.supervisor.admin.RolloutWatcher;
import dev.baton.supervisor.admin.Verdict;
import dev.baton.supervisor.config.PoolConfig;
import dev.baton.supervisor.core.Effect;
import dev.baton.supervisor.core.Pool;
import dev.baton.supervisor.core.PoolEvent;
import dev.baton.supervisor.core.PostMortem;
import dev.baton.supervisor.core.Rollout;
import dev.baton.supervisor.core.RolloutPlan;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The commands that a pool is given, and above all its rollouts: what their workers run from, who
 * follows them, and what is found out about their canaries. Only for the loop's thread.
 */
final class Rollouts {
  private final Surroundings around;
  private final PoolVersions versions;
  private final LiveWorkers live;
  private final PostMortems ends;
  private final Supplier<PoolConfig> config;
  private final Supplier<Pool> state;
  private final Consumer<PoolEvent> handle;
  private final Asked asked = new Asked();
  private CanaryWatch watch;

  /**
   * @param handle has the pool take a step
   */
  Rollouts(
      Surroundings around,
      PoolVersions versions,
      LiveWorkers live,
      PostMortems ends,
      Supplier<PoolConfig> config,
      Supplier<Pool> state,
      Consumer<PoolEvent> handle) {
    this.around = around;
    this.versions = versions;
    this.live = live;
    this.ends = ends;
    this.config = config;
    this.state = state;
    this.handle = handle;
  }

  /**
   * Any command that begins no rollout.
   *
   * @param refused told when it cannot be followed now
   */
  void command(PoolEvent event, Consumer<String> refused) {
    command(event, refused, null);
  }

  private void command(PoolEvent event, Consumer<String> refused, RolloutWatcher asking) {
    asked.begin(refused, asking);
    handle.accept(event);
    asked.end();
  }

  /** Replaces every worker by one of the same version. */
  void restart(RolloutPlan plan, RolloutWatcher asking) {
    begin(plan, asking::refused, asking);
  }

  private void begin(RolloutPlan plan, Consumer<String> refused, RolloutWatcher asking) {
    if (state.get().rollout().isEmpty()) {
      watch = new CanaryWatch(live);
    }
    command(new PoolEvent.Restart(plan), refused, asking);
  }

  /** The same by another configuration. */
  void roll(PoolVersion next, RolloutWatcher asking) {
    versions.trial(next, state.get().lastGeneration() + 1);
    begin(
        RolloutPlan.plain(config.get().surge()),
        why -> {
          versions.decided(false);
          asking.refused(why);
        },
        asking);
  }

  /**
   * Replaces every worker by one that runs from other files, once these are copied.
   *
   * @param choice what is to be copied, or was
   */
  void deploy(
      WorkerStarter.ReleaseWork<Releases.Choice> choice, RolloutPlan plan, RolloutWatcher asking) {
    around
        .starter()
        .releases(choice)
        .whenCompleteAsync(
            (chosen, failure) -> {
              if (failure != null) {
                asking.refused(words(failure));
              } else {
                deploy(chosen, plan, asking);
              }
            },
            around.loop());
  }

  private void deploy(Releases.Choice choice, RolloutPlan plan, RolloutWatcher asking) {
    PoolConfig pool = config.get();
    int generation = state.get().lastGeneration() + 1;
    around.starter().chore(releases -> releases.pin(pool, generation, choice));
    around
        .journal()
        .info(
            pool.name(),
            (choice.back() ? "back to release " : "release ")
                + choice.release().hash()
                + (choice.source().isEmpty()
                    ? " of the configured class path"
                    : ", copied from " + choice.source()));
    begin(
        plan,
        why -> {
          around.starter().chore(releases -> releases.unpin(pool.name(), generation));
          asking.refused(why);
        },
        asking);
  }

  private static String words(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return String.valueOf(cause.getMessage());
  }

  /** Tells somebody else how the rollout goes; how the last one ended when none is under way. */
  void follow(RolloutWatcher other) {
    if (state.get().rollout().isPresent()) {
      asked.follow(other);
      return;
    }
    other.finished(
        asked
            .last()
            .orElseGet(
                () ->
                    new Verdict(
                        true,
                        "there was no rollout",
                        state.get().generation(),
                        List.of(),
                        Optional.empty())));
  }

  /** A line for whoever waits for the rollout. */
  void progress(String text) {
    asked.progress(text);
  }

  /** The command whose step is under way cannot be followed. */
  void refuse(String reason) {
    asked.refuse(reason);
  }

  /** To be called now and then: a canary that is seen to be bad is not held to the end. */
  void look() {
    Pool pool = state.get();
    Optional<Rollout> rollout = pool.rollout().filter(Rollouts::holds);
    if (rollout.isPresent()) {
      String against = watch.against(pool, rollout.get());
      if (!against.isEmpty()) {
        handle.accept(new PoolEvent.Judged(against));
      }
    }
  }

  private static boolean holds(Rollout rollout) {
    return !rollout.goesBack() && rollout.stage() == Rollout.Stage.HOLD;
  }

  /** The hold is over. */
  void judge() {
    Pool pool = state.get();
    pool.rollout().ifPresent(r -> handle.accept(new PoolEvent.Judged(watch.against(pool, r))));
  }

  /** The rollout is over. */
  void over(Effect.RolloutOver over) {
    versions.decided(over.done());
    Pool now = state.get();
    String name = now.name();
    around.starter().chore(releases -> releases.decided(name, over.tried(), over.done()));
    around.starter().chore(releases -> releases.forget(name, now::uses));
    boolean told = over.failed().isPresent() && now.phase() == Pool.Phase.RUNNING;
    // Else there is no time to look for it.
    CompletionStage<Optional<PostMortem>> end =
        told ? ends.of(over.failed().get()) : CompletableFuture.completedFuture(Optional.empty());
    asked.over(over.done(), over.text(), over.generation(), end);
  }
}
