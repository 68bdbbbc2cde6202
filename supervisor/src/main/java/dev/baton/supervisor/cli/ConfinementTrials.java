package dev.baton.supervisor.cli;

import dev.baton.supervisor.config.ConfinementConfig;
import dev.baton.supervisor.config.CpuSet;
import dev.baton.supervisor.config.PoolConfig;
import dev.baton.supervisor.config.ResourceLimit;
import dev.baton.supervisor.process.Cgroups;
import dev.baton.supervisor.process.Confinement;
import dev.baton.supervisor.process.WorkerUser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Tries what confines a pool's workers: whom and what there is, and what we may ask for. */
final class ConfinementTrials {

  /**
   * The nice values that RLIMIT_NICE allows begin at this less the limit ({@code getrlimit(2)}).
   */
  private static final int NICE_BASE = 20;

  private final PoolConfig pool;
  private final ConfinementConfig config;
  private final Map<String, String> environment;
  private final OwnProcess self;
  private final Map<String, String> problems = new LinkedHashMap<>();

  ConfinementTrials(PoolConfig pool, Map<String, String> environment) {
    this(pool, environment, OwnProcess.read());
  }

  ConfinementTrials(PoolConfig pool, Map<String, String> environment, OwnProcess self) {
    this.pool = pool;
    this.config = pool.confinement();
    this.environment = environment;
    this.self = self;
  }

  /** Problems by the keys of the pool that have them; the first of each. */
  Map<String, String> problems() {
    user();
    for (Confinement.Need need : Confinement.needs(pool)) {
      try {
        need.tool().find(need.key(), environment.get("PATH"));
      } catch (IOException e) {
        problems.putIfAbsent(need.key(), e.getMessage());
      }
    }
    config.limits().forEach(this::limit);
    nice();
    oomScore();
    config.cpuAffinity().ifPresent(this::cpus);
    config
        .cgroup()
        .filter(cgroup -> cgroup.required())
        .flatMap(Cgroups::obstacle)
        .ifPresent(text -> problems.putIfAbsent("cgroup", text));
    return problems;
  }

  private void user() {
    if (pool.user().isPresent()) {
      try {
        WorkerUser.find(pool.user().get(), pool.group(), config.groups());
      } catch (IOException e) {
        problems.put("user", e.getMessage());
      }
    }
  }

  private void limit(ResourceLimit limit, long wanted) {
    OptionalLong hard = self.hardLimit(limit);
    if (hard.isPresent() && wanted > hard.getAsLong() && !self.mayRaiseLimits()) {
      problems.putIfAbsent(
          "limits." + limit.key(),
          ResourceLimit.words(wanted)
              + " is more than our own hard limit "
              + ResourceLimit.words(hard.getAsLong())
              + ", which takes CAP_SYS_RESOURCE");
    }
  }

  private void nice() {
    OptionalInt own = self.nice();
    if (config.nice().isPresent() && own.isPresent() && !self.mayLowerNice()) {
      int wanted = config.nice().getAsInt();
      if (wanted < own.getAsInt() && wanted < NICE_BASE - self.niceLimit().orElse(0)) {
        problems.putIfAbsent(
            "nice", wanted + " is below our own, " + own.getAsInt() + ": that takes CAP_SYS_NICE");
      }
    }
  }

  /** One that was raised may be taken back down to 0, or not; then the start decides. */
  private void oomScore() {
    OptionalInt own = self.oomScoreAdjust();
    if (config.oomScoreAdjust().isPresent() && own.isPresent() && !self.mayRaiseLimits()) {
      int wanted = config.oomScoreAdjust().getAsInt();
      if (wanted < Math.min(0, own.getAsInt())) {
        problems.putIfAbsent(
            "oomScoreAdjust",
            wanted + " is below our own, " + own.getAsInt() + ": that takes CAP_SYS_RESOURCE");
      }
    }
  }

  private void cpus(CpuSet wanted) {
    Optional<CpuSet> online = self.cpus();
    online
        .flatMap(wanted::without)
        .ifPresent(
            missing ->
                problems.putIfAbsent(
                    "cpuAffinity",
                    "this machine has no CPU " + missing + " (it has " + online.get() + ")"));
  }

  /** What will not be as the file has it, without a worker failing for it. */
  List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    String start = "pool " + pool.name() + ": ";
    config
        .cgroup()
        .filter(cgroup -> !cgroup.required())
        .flatMap(Cgroups::obstacle)
        .ifPresent(text -> warnings.add(start + "cgroup, as seen from here: " + text));
    config.inherited().names().stream()
        .filter(name -> !environment.containsKey(name))
        .sorted()
        .forEach(name -> warnings.add(start + "inheritEnvironment: " + name + " is not set"));
    return warnings;
  }
}
