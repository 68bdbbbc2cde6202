package dev.baton.faults;

import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.Deadline;
import dev.baton.e2e.kit.DescriptorLimit;
import dev.baton.e2e.kit.Http;
import dev.baton.e2e.kit.Signal;
import dev.baton.e2e.kit.WorkerInfo;
import dev.baton.faults.RudeClients.Manner;
import dev.baton.load.Target;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Does to an instance what a fault says, and notes what may come of it. One thread. */
final class Injector {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration HELD = Duration.ofMillis(800);

  /** How long a rollout is waited for. */
  private static final Duration FREE = Duration.ofSeconds(6);

  /** From a fault that ends a worker to the entry in the journal, on a machine that is busy. */
  private static final Duration SOON = Duration.ofSeconds(15);

  private static final Duration FOR_EVER = Duration.ofDays(1);
  private static final String NOT_DRAINED = ".*did not (drain|exit).*";
  private static final String NO_DESCRIPTORS = ".*(EMFILE|Too many open files).*";
  private static final String NO_SPACE = ".*(ENOSPC|No space left).*";
  private static final int COMMANDS = 8;

  private static final List<String> STEPS = List.of("receive", "take", "greet", "answer");
  private static final List<String> MISDEEDS =
      List.of(
          "junk", "truncated", "oversize", "extra-descriptors", "ready-twice", "flood", "no-read");

  private final BatonProcess baton;
  private final Instance instance;
  private final SmallDisk disk;
  private final Excuses excuses;
  private final Map<String, Target> targets;
  private final int most;
  private final Background background;
  private final Account account;

  /** Who does what lasts longer than a fault. */
  interface Background {
    /** Begins it; its failure is one of the run. */
    void begin(Callable<Void> task);
  }

  Injector(
      BatonProcess baton,
      Instance instance,
      SmallDisk disk,
      Excuses excuses,
      Map<String, Target> targets,
      int most,
      Background background,
      Account account) {
    this.baton = baton;
    this.instance = instance;
    this.disk = disk;
    this.excuses = excuses;
    this.targets = targets;
    this.most = most;
    this.background = background;
    this.account = account;
  }

  /** Does it, and undoes what can be undone; what was done, in words. */
  String carryOut(Fault fault) throws Exception {
    return switch (fault.kind()) {
      case KILL_WORKER -> with(anybody(fault), this::kill);
      case KILL_AT_STEP -> withVictim(fault, worker -> killAt(fault, worker));
      case STOP_WORKER -> with(anybody(fault), worker -> stop(fault, worker));
      case STOP_SUPERVISOR -> stopSupervisor(fault);
      case MISDEED -> withVictim(fault, worker -> misdeed(fault, worker));
      case WORKER_DESCRIPTORS -> withVictim(fault, worker -> exhaust(fault, worker));
      case SUPERVISOR_DESCRIPTORS -> exhaustSupervisor(fault);
      case DISK_FULL -> fillDisk(fault);
      case RUDE_CLIENTS -> rudeClients(fault);
      case OPERATORS -> operators(fault);
      case SCALE -> scale(fault);
      case RESTART_TWICE -> restartTwice(fault);
    };
  }

  private interface Deed {
    String to(WorkerInfo worker) throws Exception;
  }

  private String withVictim(Fault fault, Deed deed) throws Exception {
    return with(victim(fault, WorkerInfo::serving), deed);
  }

  private static String with(Optional<WorkerInfo> victim, Deed deed) throws Exception {
    return victim.isEmpty() ? "nobody serves" : victim.get().id() + " " + deed.to(victim.get());
  }

  /** Who serves or waits as a spare. */
  private Optional<WorkerInfo> anybody(Fault fault) throws IOException {
    return victim(fault, worker -> worker.serving() || worker.state().equals("spare"));
  }

  private Optional<WorkerInfo> victim(Fault fault, Predicate<WorkerInfo> which) throws IOException {
    var all = baton.workers(fault.pool()).stream().filter(which).toList();
    return all.isEmpty() ? Optional.empty() : Optional.of(fault.choose(all, 0));
  }

  private String kill(WorkerInfo worker) {
    excuses.add(worker.id(), Excuses.ANY, SOON, "killed");
    baton.kill9(worker.pid());
    return "killed";
  }

  private String killAt(Fault fault, WorkerInfo worker) throws Exception {
    var step = fault.choose(STEPS, 1);
    excuses.add(worker.id(), Excuses.ANY, SOON, "killed at " + step);
    excuses.add(fault.pool() + "/", NOT_DRAINED, SOON, "held at " + step);
    var gates = instance.gates(fault.pool());
    if (step.equals("receive")) {
      signal("STOP", worker.pid());
      TimeUnit.MILLISECONDS.sleep(HELD.toMillis() / 4);
      baton.kill9(worker.pid());
      return "killed before it received";
    }
    int before = gates.waiting(step, worker.slot());
    gates.hold(step, worker.slot());
    try {
      boolean held = Deadline.met(HELD, () -> gates.waiting(step, worker.slot()) > before);
      baton.kill9(worker.pid());
      return "killed at " + step + (held ? "" : ", where nobody came by");
    } finally {
      gates.pass(step, worker.slot());
    }
  }

  private String stop(Fault fault, WorkerInfo worker) throws Exception {
    boolean hangs = fault.pool().equals(Instance.IMPATIENT) && fault.choice() / 8 % 2 == 0;
    var length = hangs ? Instance.HUNG : Duration.ofMillis(fault.millis());
    excuses.add(worker.id(), Excuses.ANY, SOON.plus(length), "stopped");
    signal("STOP", worker.pid());
    TimeUnit.MILLISECONDS.sleep(length.toMillis());
    signal("CONT", worker.pid());
    return "stopped for " + length.toMillis() + " ms";
  }

  /** To a process that may have ended meanwhile. */
  private static void signal(String name, long pid) throws IOException, InterruptedException {
    try {
      Signal.send(name, pid);
    } catch (AssertionError e) {
      if (ProcessHandle.of(pid).isPresent()) {
        throw e;
      }
    }
  }

  private String stopSupervisor(Fault fault) throws Exception {
    Signal.send("STOP", baton.pid());
    TimeUnit.MILLISECONDS.sleep(fault.millis());
    Signal.send("CONT", baton.pid());
    return "the supervisor stopped for " + fault.millis() + " ms";
  }

  private String misdeed(Fault fault, WorkerInfo worker) throws Exception {
    var mode = fault.choose(MISDEEDS, 1);
    excuses.add(worker.id(), Excuses.ANY, FOR_EVER, mode);
    int run = Integer.parseInt(worker.id().substring(worker.id().indexOf('#') + 1));
    instance.gates(fault.pool()).order(worker.slot(), run, mode);
    return "told to do " + mode;
  }

  private String exhaust(Fault fault, WorkerInfo worker) throws Exception {
    int more = fault.choose(List.of(0, 1, 2, 5), 1);
    DescriptorLimit limit;
    try {
      limit = new DescriptorLimit(worker.pid(), more);
    } catch (IOException e) {
      if (ProcessHandle.of(worker.pid()).isPresent()) {
        throw e;
      }
      return "was gone";
    }
    try {
      TimeUnit.MILLISECONDS.sleep(fault.millis());
    } finally {
      limit.restore();
    }
    return "had " + more + " descriptors left for " + fault.millis() + " ms";
  }

  private String exhaustSupervisor(Fault fault) throws Exception {
    int more = fault.choose(List.of(0, 3, 10, 30), 0);
    var length = Duration.ofMillis(fault.millis()).plus(SOON);
    excuses.add("", NO_DESCRIPTORS, length, "no descriptors");
    excuses.add("operator", Excuses.ANY, length, "no descriptors");
    restart(fault.pool());
    var limit = new DescriptorLimit(baton.pid(), more);
    try {
      TimeUnit.MILLISECONDS.sleep(fault.millis());
    } finally {
      limit.restore();
    }
    return "the supervisor had " + more + " descriptors left for " + fault.millis() + " ms";
  }

  private String fillDisk(Fault fault) throws Exception {
    if (!disk.missing().isEmpty()) {
      return "skipped: " + disk.missing();
    }
    excuses.add("", NO_SPACE, Duration.ofMillis(fault.millis()).plus(SOON), "disk full");
    disk.fill();
    try {
      restart(fault.pool());
      TimeUnit.MILLISECONDS.sleep(fault.millis());
    } finally {
      disk.free();
    }
    return "the disk was full for " + fault.millis() + " ms, with a restart of " + fault.pool();
  }

  private String rudeClients(Fault fault) throws Exception {
    var listener = fault.choose(Instance.LISTENERS.get(fault.pool()), 0);
    var manner = fault.choose(List.of(Manner.values()), 1);
    int count = 1 + fault.choice() / 64 % 8;
    var length = Duration.ofMillis(fault.millis()).plus(Instance.DRAIN).plus(SOON);
    excuses.add(fault.pool() + "/", NOT_DRAINED, length, "rude clients");
    background.begin(
        () -> {
          account.rude(
              listener, RudeClients.visit(targets.get(listener), manner, count, fault.millis()));
          return null;
        });
    return count + " " + manner + " clients at " + listener;
  }

  private String operators(Fault fault) {
    for (int i = 0; i < 2; i++) {
      background.begin(
          new Operator(instance.conf().admin(), fault.choice() + i, COMMANDS, operatorsProblem()));
    }
    return "two operators give " + COMMANDS + " commands each";
  }

  private Consumer<String> operatorsProblem() {
    return problem -> account.problem("operator", problem);
  }

  private String scale(Fault fault) throws Exception {
    var said = new StringBuilder();
    for (int workers : new int[] {1, most, 1, Instance.WORKERS}) {
      // During a rollout it is refused; when that takes too long, then that is what is seen.
      var answer = new int[1];
      Deadline.met(FREE, () -> (answer[0] = scale(fault.pool(), workers)) == 200);
      said.append(' ').append(workers).append(": ").append(answer[0]);
      if (answer[0] != 200) {
        break;
      }
      TimeUnit.MILLISECONDS.sleep(workers == most ? fault.millis() : 0);
    }
    return fault.pool() + " scaled to" + said;
  }

  /** The status of the answer: 200, or 409 during a rollout. */
  int scale(String pool, int workers) throws IOException {
    var body = "{\"workers\":" + workers + "}";
    var path = "/v1/pools/" + pool + "/scale";
    return Http.request(instance.conf().admin(), "POST", path, body, PATIENCE).status();
  }

  private String restartTwice(Fault fault) throws Exception {
    restart(fault.pool());
    TimeUnit.MILLISECONDS.sleep(fault.millis() / 4);
    restart(fault.pool());
    restart(fault.pool());
    return fault.pool() + " restarted three times";
  }

  /** In the background; refused while another one is under way. */
  void restart(String pool) {
    background.begin(
        () -> {
          var path = "/v1/pools/" + pool + "/restart";
          try {
            var answer = Http.request(instance.conf().admin(), "POST", path, "", PATIENCE);
            if (answer.status() != 200 && answer.status() != 409) {
              account.problem("operator", answer.toString());
            }
          } catch (IOException e) {
            account.problem("operator", "restart of " + pool + ": " + e);
          }
          return null;
        });
  }
}
