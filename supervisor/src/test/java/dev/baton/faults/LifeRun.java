package dev.baton.faults;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.Deadline;
import dev.baton.e2e.kit.DescriptorCounts;
import dev.baton.e2e.kit.Http;
import dev.baton.e2e.kit.Proc;
import dev.baton.e2e.kit.Signal;
import dev.baton.e2e.kit.WorkerInfo;
import dev.baton.load.GreetingLoad;
import dev.baton.load.GreetingPlan;
import dev.baton.load.Target;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** One supervisor from its start to its stop during a rollout, under load and faults. */
final class LifeRun implements AutoCloseable {
  private static final double RATE = 40;
  private static final Duration CLIENT = Duration.ofSeconds(60);
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final Duration STOP = Duration.ofSeconds(30);
  private static final Duration QUIET = Duration.ofSeconds(30);
  private static final int LOOKS = 5;

  /** What the JDK opens once when connections are served, and keeps. */
  private static final int KEPT_BY_JDK = 2;

  private final FaultSchedule.Life life;
  private final Instance instance;
  private final BatonProcess baton;
  private final Consumer<String> log;
  private final Excuses excuses = new Excuses();
  private final Account account = new Account(excuses);
  private final Chronicle chronicle;
  private final Injector injector;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Future<Void>> tasks = new ArrayList<>();
  private final Map<String, Target> targets = new LinkedHashMap<>();
  private final Map<String, GreetingLoad> loads = new LinkedHashMap<>();
  private final Map<String, Long> sockets = new LinkedHashMap<>();
  private final Map<String, Long> before;

  LifeRun(
      FaultSchedule.Life life,
      Instance instance,
      BatonProcess baton,
      SmallDisk disk,
      Consumer<String> log)
      throws Exception {
    this.life = life;
    this.instance = instance;
    this.baton = baton;
    this.log = log;
    chronicle = new Chronicle(instance.conf().admin());
    awaitRest();
    for (var pool : Instance.POOLS) {
      for (var listener : Instance.LISTENERS.get(pool)) {
        targets.put(listener, baton.target(listener));
      }
      sockets.put(
          pool, baton.workers(pool).stream().mapToLong(w -> sockets(w.pid())).max().orElseThrow());
    }
    before = settled();
    injector =
        new Injector(
            baton, instance, disk, excuses, targets, life.most(), this::background, account);
  }

  private void background(Callable<Void> task) {
    tasks.add(threads.submit(task));
  }

  /** Runs all of it; the account. */
  Account run() throws Exception {
    targets.forEach(
        (listener, target) ->
            loads.put(
                listener,
                new GreetingLoad(
                    GreetingPlan.rate(target, RATE).timeout(CLIENT),
                    failure -> account.failed(listener, failure))));
    faults();
    for (var task : tasks) {
      task.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
    loads.forEach((listener, load) -> account.clients(listener, load.stop()));
    rest();
    compare();
    chronicle.read();
    account.settle(chronicle.entries());
    stopDuringRollout();
    return account;
  }

  private void faults() throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(life.seconds());
    for (var fault : life.faults()) {
      TimeUnit.MILLISECONDS.sleep(fault.pauseMillis());
      if (System.nanoTime() - end >= 0) {
        return;
      }
      log.accept(fault.kind() + ": " + injector.carryOut(fault));
      chronicle.read();
    }
  }

  /** Every pool gets the workers it had, and nobody else is left. */
  private void rest() throws Exception {
    for (var pool : Instance.POOLS) {
      Deadline.await(
          PATIENCE,
          pool + " can be scaled",
          () -> injector.scale(pool, Instance.WORKERS) == 200,
          baton::describe);
    }
    awaitRest();
    for (var listener : Instance.LISTENERS.get("dispatch")) {
      baton.awaitStatus(
          PATIENCE, "nobody is connected to " + listener, status -> quiet(status, listener));
    }
  }

  private void awaitRest() throws Exception {
    baton.awaitStatus(
        PATIENCE, "two workers of each pool serve, and no others but spares", LifeRun::rested);
  }

  private static boolean rested(JsonNode status) {
    for (var pool : status.path("pools")) {
      int serving = 0;
      int spares = 0;
      for (var worker : pool.path("workers")) {
        serving += worker.path("state").asText().equals("serving") ? 1 : 0;
        spares += worker.path("state").asText().equals("spare") ? 1 : 0;
      }
      if (serving != Instance.WORKERS
          || spares != Instance.SPARES.get(pool.path("name").asText())
          || pool.path("workers").size() != serving + spares) {
        return false;
      }
    }
    return true;
  }

  private static boolean quiet(JsonNode status, String listener) {
    for (var one : status.path("listeners")) {
      if (one.path("name").asText().equals(listener)) {
        var figures = one.path("connections");
        return figures.path("waiting").asLong() == 0
            && figures.path("unclaimed").asLong() == 0
            && figures.path("open").asLong() == 0;
      }
    }
    return false;
  }

  /** What the supervisor and the kernel have to say of the same. */
  private void compare() throws Exception {
    for (var listener : Instance.LISTENERS.get("dispatch")) {
      long accepted = baton.connections(listener, "accepted");
      long lost = baton.connections(listener, "lost");
      long vanished = baton.connections(listener, "vanished");
      long closed = baton.connections(listener, "closed");
      log.accept(
          String.format(
              "%s by the supervisor: %d accepted = %d closed + %d lost + %d vanished; %d handed"
                  + " off, %d re-dispatched, %d refused",
              listener,
              accepted,
              closed,
              lost,
              vanished,
              baton.connections(listener, "handedOff"),
              baton.connections(listener, "redispatched"),
              baton.connections(listener, "refused")));
      demand(accepted == closed + lost + vanished, listener + ": the figures do not add up");
      demand(
          accepted == account.connected(listener),
          listener + ": " + account.connected(listener) + " connected, " + accepted + " accepted");
      demand(
          account.cut(listener) <= lost,
          listener + ": " + account.cut(listener) + " cut, but " + lost + " lost");
    }
    Deadline.await(
        QUIET,
        "the supervisor has the descriptors it had: " + before,
        () -> held().equals(before),
        () -> held().toString());
    for (var pool : Instance.POOLS) {
      for (var worker : baton.workers(pool)) {
        long most = sockets.get(pool) + KEPT_BY_JDK;
        if (!Deadline.met(STOP, () -> sockets(worker.pid()) <= most)) {
          demand(false, worker.id() + " has more sockets than " + most + ": " + fds(worker));
        }
      }
    }
    var confined = baton.workers(Instance.CONFINED);
    var cgroups = CgroupTree.of(confined.get(0));
    if (!Deadline.met(STOP, () -> cgroups.besides(confined).isEmpty())) {
      demand(false, "cgroups of no worker: " + cgroups.besides(confined));
    }
    var children = Proc.children(baton.pid());
    demand(
        children.size() == Instance.POOLS.stream().mapToInt(Instance::processes).sum(),
        "children of the supervisor: " + children);
  }

  /** What the supervisor holds, but for files, which it opens and closes all the time. */
  private Map<String, Long> held() {
    var counts = new TreeMap<>(DescriptorCounts.of(baton.pid()).counts());
    counts.keySet().removeIf(kind -> kind.startsWith("/"));
    return counts;
  }

  /** The same once it stays so: our own questions may still be there at first. */
  private Map<String, Long> settled() throws Exception {
    var looks = new ArrayList<Map<String, Long>>();
    Deadline.await(
        QUIET,
        "the supervisor's descriptors stay the same",
        () -> {
          var now = held();
          looks.removeIf(earlier -> !earlier.equals(now));
          looks.add(now);
          return looks.size() == LOOKS;
        },
        looks::toString);
    return looks.get(0);
  }

  private static long sockets(long pid) {
    return Proc.fds(pid).stream().filter(Proc.Fd::isSocket).count();
  }

  private static List<Proc.Fd> fds(WorkerInfo worker) {
    return Proc.fds(worker.pid());
  }

  private void demand(boolean holds, String otherwise) {
    if (!holds) {
      account.problem("supervisor", otherwise);
    }
  }

  private void stopDuringRollout() throws Exception {
    var pool = Instance.POOLS.get(life.seconds() % Instance.POOLS.size());
    excuses.add("operator", Excuses.ANY, PATIENCE, "stopped");
    long all = baton.workers(pool).size();
    var cgroups = CgroupTree.of(baton.workers(Instance.CONFINED).get(0));
    injector.restart(pool);
    Deadline.await(
        STOP, "the rollout begins", () -> baton.workers(pool).size() > all, baton::describe);
    if (life.command()) {
      Http.request(instance.conf().admin(), "POST", "/v1/stop", "", STOP);
    }
    if (!life.command()) {
      Signal.send("TERM", baton.pid());
    }
    int exit = baton.awaitExit(STOP);
    demand(exit == 0, "stopped during a rollout it ended with " + exit);
    demand(cgroups.gone(), "its cgroups are left");
  }

  @Override
  public void close() throws IOException {
    loads.values().forEach(GreetingLoad::close);
    threads.shutdownNow();
  }
}
