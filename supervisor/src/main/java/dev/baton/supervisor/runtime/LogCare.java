package dev.baton.supervisor.runtime;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.config.PoolConfig;
import dev.baton.supervisor.config.PoolLogConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * The log files of a pool's workers while they are written to: opened anew when an operator asks,
 * put aside when they are full or old. The spawner thread opens, the worker puts in place. Only for
 * the loop's thread.
 */
final class LogCare {
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);

  private PoolConfig config;
  private final Surroundings around;
  private final LiveWorkers live;
  private final Set<LiveWorker> busy = new HashSet<>();
  private final Set<LiveWorker> given = Collections.newSetFromMap(new WeakHashMap<>());

  LogCare(PoolConfig config, Surroundings around, LiveWorkers live) {
    this.config = config;
    this.around = around;
    this.live = live;
  }

  /** By other rules from now on. */
  void change(PoolConfig next) {
    config = next;
  }

  /** How the reopening of one worker's log went: its id, and what is wrong. */
  record Outcome(String worker, Optional<String> problem) {}

  /** Gives every worker the file that has its name now; complete once all have said so. */
  List<CompletionStage<Outcome>> reopen() {
    List<CompletionStage<Outcome>> outcomes = new ArrayList<>();
    if (config.log().to() != PoolLogConfig.To.INHERIT) {
      for (LiveWorker worker : live.all()) {
        String id = worker.id().toString();
        outcomes.add(
            give(worker, around.starter().reopenLog(worker.id()).thenApply(Optional::of))
                .thenApply(problem -> new Outcome(id, problem)));
      }
    }
    return outcomes;
  }

  /** Puts aside what is due. To be called now and then. */
  void look() {
    PoolLogConfig rules = config.log();
    if (rules.to() == PoolLogConfig.To.INHERIT || rules.maxSize() == 0 && rules.maxAge().isZero()) {
      return;
    }
    for (LiveWorker worker : live.all()) {
      // One that could not change its file once goes on with it: moving that again helps nobody.
      if (!given.contains(worker) && busy.add(worker)) {
        give(worker, around.starter().rotateLog(worker.id(), rules))
            .whenComplete(
                (problem, failure) -> {
                  busy.remove(worker);
                  problem.ifPresent(text -> complain(worker, text));
                });
      }
    }
  }

  private void complain(LiveWorker worker, String text) {
    given.add(worker);
    around.journal().warn(worker.id().toString(), "its log is not put aside any more: " + text);
  }

  /** Completes on the loop, with what is wrong; nothing is when there is no file to give. */
  private CompletableFuture<Optional<String>> give(
      LiveWorker worker, CompletionStage<Optional<OwnedFd>> file) {
    CompletableFuture<Optional<String>> placed = new CompletableFuture<>();
    file.whenCompleteAsync(
        (fd, failure) -> {
          if (failure != null) {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            placed.complete(Optional.of(String.valueOf(cause.getMessage())));
          } else if (fd.isEmpty()) {
            placed.complete(Optional.empty());
          } else {
            worker.log(fd.get(), placed::complete);
            expire(placed);
          }
        },
        around.loop());
    return placed;
  }

  private void expire(CompletableFuture<Optional<String>> placed) {
    around
        .loop()
        .timers()
        .at(
            around.loop().now() + PATIENCE,
            () -> placed.complete(Optional.of("it has not answered within 10 s")));
  }
}
