package dev.baton.supervisor.admin;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** A supervisor for tests of the API and of the commands: answers as it is told, records calls. */
public final class FakeOperations implements Operations {

  /** What was asked, in words. */
  public final BlockingQueue<String> calls = new LinkedBlockingQueue<>();

  /** What a restart does: the pool and the watcher. */
  public volatile BiConsumer<String, RolloutWatcher> onRestart =
      (pool, watcher) ->
          watcher.finished(new Verdict(true, "done", 4, List.of(), Optional.empty()));

  /** What a reload does. */
  public volatile Consumer<ReloadWatcher> onReload =
      watcher -> {
        watcher.progress("file key was opened anew and offered again");
        watcher.finished(new Verdict(true, "reloaded", 0, List.of(), Optional.empty()));
      };

  /** What a scale fails with, or null. */
  public volatile RuntimeException scaleFailure;

  /** What a stop does. */
  public volatile Runnable onStop = () -> {};

  /** What a status is answered with. */
  public volatile StatusView status = sample();

  /** Two pools, one of them ailing. */
  public static StatusView sample() {
    WorkerView first =
        new WorkerView("hello/0#5", 0, 4711, 3, "serving", 90, 0, "ready", "42 requests");
    WorkerView second =
        new WorkerView("hello/1#6", 1, 4712, 3, "serving", 80, 1, "ready", "")
            .with(
                Optional.of(new WorkerTraffic(3, 1, 200)),
                Optional.of(new WorkView(230, 4000, 2, 9_000_000_000L)),
                Optional.of(new JvmView(30 << 20, 64 << 20, 256 << 20, 12, 345)));
    WorkerView down =
        new WorkerView("web/0#9", 0, 0, 1, "down", 0, 7, "backoff", "killed by SIGKILL");
    ListenerTraffic traffic =
        new ListenerTraffic(205, 207, 200, 1, 2, 2, 3, 195, 2, 2, 1, 4, 60_000_000);
    return new StatusView(
        "0.1.0",
        999_999_999,
        3700,
        "demo",
        "/run/baton/demo",
        List.of(
            new ListenerView("hello-tcp", "tcp://127.0.0.1:8080", "shared"),
            new ListenerView("hello-unix", "unix:/run/baton/demo/hello.sock", "shared"),
            new ListenerView("chat", "tcp://[::]:9000", "dispatch", Optional.of(traffic))),
        List.of(
            new PoolView("hello", 3, 2, "serving", List.of(first, second)),
            new PoolView("web", 1, 1, "down", List.of(down))),
        Optional.of(new OpenServiceView("unix:/run/baton/demo/open.sock", 2, 40, 1, 90, 5)));
  }

  @Override
  public StatusView status() {
    return status;
  }

  @Override
  public String metrics() {
    return "# some\nbaton_info 1.0\n";
  }

  @Override
  public List<EventView> events(int newest) {
    calls.add("events " + newest);
    List<EventView> events = new ArrayList<>();
    for (int i = 0; i < Math.min(newest, 3); i++) {
      events.add(
          new EventView(
              i + 1,
              "2026-11-22T10:00:0" + i + "Z",
              "ready",
              "hello/0#5",
              "é \"x\"",
              Optional.empty()));
    }
    return events;
  }

  /** What is in the archive. */
  public CompletionStage<List<EventView>> eventsSince(Instant since) {
    calls.add("events since " + since);
    return CompletableFuture.completedFuture(events(2));
  }

  /** What came after the first three. */
  public final List<EventView> later = new CopyOnWriteArrayList<>();

  /** Who follows. */
  public final List<Runnable> followers = new CopyOnWriteArrayList<>();

  /** Something happens. */
  public void happens(EventView event) {
    later.add(event);
    followers.forEach(Runnable::run);
  }

  @Override
  public List<EventView> eventsAfter(long number, int most) {
    return later.stream().filter(e -> e.number() > number).limit(most).toList();
  }

  @Override
  public Runnable onEvent(Runnable news) {
    followers.add(news);
    return () -> followers.remove(news);
  }

  /** What an upgrade does. */
  public volatile Consumer<RolloutWatcher> onUpgrade =
      watcher -> watcher.finished(new Verdict(false, "no", 0, List.of("why"), Optional.empty()));

  /** How the last one ended. */
  public volatile UpgradeView upgraded = UpgradeView.NONE;

  @Override
  public void upgrade(Optional<Path> to, RolloutWatcher watcher) {
    calls.add("upgrade " + to.map(Path::toString).orElse("-"));
    onUpgrade.accept(watcher);
  }

  @Override
  public UpgradeView upgraded() {
    return upgraded;
  }

  /** What was noted. */
  public final List<String> audited = new CopyOnWriteArrayList<>();

  @Override
  public void audit(String text) {
    audited.add(text);
  }

  @Override
  public void restart(String pool, RolloutRequest how, RolloutWatcher watcher) {
    rollout("restart " + pool, how, pool, watcher);
  }

  private void rollout(String call, RolloutRequest how, String pool, RolloutWatcher watcher) {
    String surge = how.surge().isPresent() ? " " + how.surge().getAsInt() : "";
    String canary =
        how.canary() == 0
            ? ""
            : " canary " + how.canary() + " " + how.hold() + (how.pauseAfterCanary() ? " p" : "");
    calls.add(call + surge + canary);
    // As the real one: from another thread than the caller's.
    new Thread(() -> onRestart.accept(pool, watcher), "loop").start();
  }

  @Override
  public void deploy(String pool, Optional<Path> path, RolloutRequest how, RolloutWatcher watcher) {
    rollout("deploy " + pool + path.map(p -> " " + p).orElse(""), how, pool, watcher);
  }

  @Override
  public void rollback(
      String pool, Optional<String> release, RolloutRequest how, RolloutWatcher watcher) {
    rollout("rollback " + pool + release.map(r -> " " + r).orElse(""), how, pool, watcher);
  }

  @Override
  public void follow(String pool, RolloutWatcher watcher) {
    rollout("follow " + pool, RolloutRequest.PLAIN, pool, watcher);
  }

  @Override
  public CompletionStage<Void> steer(String pool, Steering what) {
    calls.add(what + " " + pool);
    return pool.equals("web")
        ? CompletableFuture.failedFuture(
            new OperationRefused("no rollout of pool web is under way"))
        : CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletionStage<List<ReleaseView>> releases(String pool) {
    return CompletableFuture.completedFuture(
        List.of(
            new ReleaseView("0123456789abcdef", "replaced", "2026-11-22T10:00:00Z", ""),
            new ReleaseView("fedcba9876543210", "serving", "2026-11-22T11:00:00Z", "/v2.jar")));
  }

  @Override
  public CompletionStage<ScaleView> scale(String pool, int workers) {
    calls.add("scale " + pool + " " + workers);
    int before = status.pool(pool).orElseThrow().target();
    return CompletableFuture.supplyAsync(
        () -> {
          if (scaleFailure != null) {
            throw scaleFailure;
          }
          return new ScaleView(pool, before, workers);
        });
  }

  @Override
  public CompletionStage<ResetView> reset(String pool, OptionalInt slot) {
    calls.add("reset " + pool + (slot.isPresent() ? " " + slot.getAsInt() : ""));
    if (slot.isPresent() && slot.getAsInt() > 8) {
      return CompletableFuture.failedFuture(
          new OperationRefused("pool " + pool + " has no slot " + slot.getAsInt()));
    }
    List<Integer> slots = slot.isPresent() ? List.of(slot.getAsInt()) : List.of(0, 2);
    return CompletableFuture.completedFuture(
        new ResetView(pool, pool.equals("hello") ? List.of() : slots));
  }

  @Override
  public CompletionStage<SlotView> explain(String pool, int slot) {
    calls.add("explain " + pool + " " + slot);
    return slot > 8
        ? CompletableFuture.failedFuture(
            new OperationRefused("pool " + pool + " has no slot " + slot))
        : CompletableFuture.completedFuture(
            new SlotView(
                pool,
                slot,
                List.of(
                    new SlotView.Part(
                        pool + "/" + slot,
                        "backoff",
                        OptionalLong.of(3),
                        List.of("7 ends so far"),
                        List.of("it starts in 2.5 s", "reset starts it now")))));
  }

  /** Who holds what: the supervisor, a worker with a stray, and one that cannot be seen. */
  public static List<FdHolderView> holders() {
    FdView listener =
        new FdView(12, "listener", "hello-tcp", "own", OptionalLong.of(3700), false, "");
    FdView claimed =
        new FdView(7, "listener", "hello-tcp", "claimed", OptionalLong.of(90), false, "");
    FdView stray =
        new FdView(
            9,
            "listener",
            "hello-tcp",
            "stray",
            OptionalLong.empty(),
            true,
            "one more than was lent to it");
    FdView unseen =
        new FdView(-1, "file", "key", "claimed", OptionalLong.of(80), false, "by the books alone");
    return List.of(
        new FdHolderView(
            "supervisor",
            999_999_999,
            0,
            "serving",
            "",
            Optional.empty(),
            List.of(listener),
            Map.of("eventpoll", 3)),
        new FdHolderView(
            "hello/0#5",
            4711,
            3,
            "serving",
            "",
            Optional.of(new WorkerTraffic(3, 1, 200)),
            List.of(claimed, stray),
            Map.of("socket", 2)),
        new FdHolderView(
            "web/0#9",
            4713,
            1,
            "serving",
            "/proc/4713/fd may not be read: it runs as user nobody",
            Optional.empty(),
            List.of(unseen),
            Map.of()));
  }

  @Override
  public CompletionStage<List<FdHolderView>> descriptors() {
    return CompletableFuture.completedFuture(holders());
  }

  @Override
  public void reload(ReloadWatcher watcher) {
    calls.add("reload");
    new Thread(() -> onReload.accept(watcher), "loop").start();
  }

  @Override
  public CompletionStage<DiffView> diff() {
    calls.add("diff");
    return CompletableFuture.completedFuture(new DiffView(List.of("pool web: rolled: config")));
  }

  @Override
  public CompletionStage<ReopenView> reopenLogs() {
    return CompletableFuture.completedFuture(
        new ReopenView(2, List.of("hello/1#4: it does not know the message log")));
  }

  @Override
  public CompletionStage<Void> stop(boolean now) {
    calls.add("stop " + now);
    return CompletableFuture.runAsync(onStop);
  }
}
