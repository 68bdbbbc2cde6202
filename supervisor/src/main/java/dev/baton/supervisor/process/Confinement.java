package dev.baton.supervisor.process;

import dev.baton.supervisor.config.ConfinementConfig;
import dev.baton.supervisor.config.PoolConfig;
import dev.baton.supervisor.config.ResourceLimit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What comes before a worker's command, so that its process is confined before {@code java} runs: a
 * JVM sizes itself at its start, and its threads take over what the first one had. Each command
 * changes one thing and then becomes the next ({@code execve(2)}), so the process that was started
 * is the worker. Whom it runs as comes last, as everything else may take the supervisor's rights.
 * Immutable.
 */
public final class Confinement {

  /** A worker like the supervisor. */
  public static final Confinement NONE =
      new Confinement(
          Optional.empty(), ConfinementConfig.NONE, Map.of(), new Surroundings(0, false));

  private static final String SCRIPT_NAME = "baton";

  private final Optional<WorkerUser> user;
  private final ConfinementConfig config;
  private final Map<Tool, Path> tools;
  private final Surroundings surroundings;
  private final Optional<WorkerCgroup> cgroup;
  private final QuietStarts later;

  /**
   * What the supervisor's process is.
   *
   * @param nice its nice value
   * @param autogroups whether sessions share the CPUs evenly, whatever their processes' nice values
   *     ({@code sched(7)}, autogroup)
   */
  record Surroundings(int nice, boolean autogroups) {
    private static final Path SELF = Path.of("/proc/thread-self");
    private static final Path AUTOGROUP = Path.of("/proc/self/autogroup");

    static Surroundings read() throws IOException {
      return new Surroundings(ProcStat.of(SELF).nice(), Files.exists(AUTOGROUP));
    }
  }

  Confinement(
      Optional<WorkerUser> user,
      ConfinementConfig config,
      Map<Tool, Path> tools,
      Surroundings surroundings) {
    this(user, config, tools, surroundings, Optional.empty(), QuietStarts.NONE);
  }

  private Confinement(
      Optional<WorkerUser> user,
      ConfinementConfig config,
      Map<Tool, Path> tools,
      Surroundings surroundings,
      Optional<WorkerCgroup> cgroup,
      QuietStarts later) {
    this.user = user;
    this.config = config;
    this.tools = tools;
    this.surroundings = surroundings;
    this.cgroup = cgroup;
    this.later = later;
  }

  /**
   * Looks up what a pool needs. May ask a directory service: not for the loop.
   *
   * @param path where to look for commands: folders as in PATH; null for the usual ones
   * @throws IOException for the operator: who is not known, or which command there is not
   */
  public static Confinement find(PoolConfig pool, String path) throws IOException {
    Optional<WorkerUser> user =
        pool.user().isEmpty()
            ? Optional.empty()
            : Optional.of(
                WorkerUser.find(pool.user().get(), pool.group(), pool.confinement().groups()));
    Map<Tool, Path> tools = new EnumMap<>(Tool.class);
    for (Need need : needs(pool)) {
      if (!tools.containsKey(need.tool())) {
        tools.put(need.tool(), need.tool().find(need.key(), path));
      }
    }
    return new Confinement(user, pool.confinement(), tools, Surroundings.read());
  }

  /**
   * That a pool cannot be started without a command.
   *
   * @param key of the pool, which asks for it
   */
  public record Need(String key, Tool tool) {}

  /** Which keys of a pool need which command. */
  public static List<Need> needs(PoolConfig pool) {
    ConfinementConfig config = pool.confinement();
    List<Need> needs = new ArrayList<>();
    pool.user().ifPresent(user -> needs.add(new Need("user", Tool.SETPRIV)));
    if (config.noNewPrivileges() && pool.user().isEmpty()) {
      needs.add(new Need("noNewPrivileges", Tool.SETPRIV));
    }
    config.umask().ifPresent(mask -> needs.add(new Need("umask", Tool.SHELL)));
    if (!config.limits().isEmpty()) {
      needs.add(new Need("limits", Tool.PRLIMIT));
    }
    config.nice().ifPresent(nice -> needs.add(new Need("nice", Tool.NICE)));
    config.nice().ifPresent(nice -> needs.add(new Need("nice", Tool.SHELL)));
    config.cpuAffinity().ifPresent(cpus -> needs.add(new Need("cpuAffinity", Tool.TASKSET)));
    config.oomScoreAdjust().ifPresent(n -> needs.add(new Need("oomScoreAdjust", Tool.SHELL)));
    config.cgroup().ifPresent(cgroup -> needs.add(new Need("cgroup", Tool.SHELL)));
    return needs;
  }

  /** The same in a cgroup. */
  public Confinement in(Optional<WorkerCgroup> own) {
    return new Confinement(user, config, tools, surroundings, own, later);
  }

  /** The same, but for what is given to its process when a quiet start is over. */
  public Confinement leavingTo(QuietStarts starts) {
    return new Confinement(user, config, tools, surroundings, cgroup, starts);
  }

  /** How many CPUs a JVM is to count on; empty: as many as it finds. */
  OptionalInt processors() {
    return later.processors(config);
  }

  /** Whom the worker runs as; empty: who we are. */
  public Optional<WorkerUser> user() {
    return user;
  }

  /** The words before a worker's command; none where nothing is to be changed. */
  List<String> prefix() {
    List<String> words = new ArrayList<>(shell());
    if (!config.limits().isEmpty()) {
      words.add(tools.get(Tool.PRLIMIT).toString());
      for (ResourceLimit limit : ResourceLimit.values()) {
        if (config.limits().containsKey(limit)) {
          String value = ResourceLimit.words(config.limits().get(limit));
          words.add("--" + limit.key() + '=' + value);
        }
      }
    }
    OptionalInt nice = config.nice();
    if (!later.takesThreads() && nice.isPresent() && nice.getAsInt() != surroundings.nice()) {
      words.add(tools.get(Tool.NICE).toString());
      words.add("-n");
      words.add(String.valueOf(nice.getAsInt() - surroundings.nice()));
    }
    config
        .cpuAffinity()
        .filter(cpus -> !later.takesCpus())
        .ifPresent(
            cpus -> words.addAll(List.of(tools.get(Tool.TASKSET).toString(), "-c", cpus.list())));
    if (user.isPresent() || config.noNewPrivileges()) {
      words.add(tools.get(Tool.SETPRIV).toString());
      user.ifPresent(who -> words.addAll(who.options()));
      if (config.noNewPrivileges()) {
        words.add("--no-new-privs");
      }
      words.add("--");
    }
    return words;
  }

  /** Its redirections open the files in the very process, so "self" is the worker. */
  private List<String> shell() {
    List<String> lines = new ArrayList<>();
    cgroup.ifPresent(own -> lines.add("echo 0 > \"$1\"; shift")); // 0: who writes
    config.umask().ifPresent(mask -> lines.add("umask %04o".formatted(mask)));
    config
        .oomScoreAdjust()
        .ifPresent(score -> lines.add("echo " + score + " > /proc/self/oom_score_adj"));
    if (!later.takesSessions() && config.nice().isPresent() && surroundings.autogroups()) {
      lines.add(autogroup(config.nice().getAsInt()));
    }
    if (lines.isEmpty()) {
      return List.of();
    }
    List<String> words = new ArrayList<>();
    words.add(tools.get(Tool.SHELL).toString());
    words.add("-c");
    words.add(
        "set -e; " + String.join("; ", lines) + "; unset PWD; exec \"$@\""); // PWD is the shell's
    words.add(SCRIPT_NAME);
    cgroup.ifPresent(own -> words.add(own.processes().toString()));
    return words;
  }

  /**
   * A session of its own is a scheduling group of its own, and nice values count within one alone
   * unless the group has one, too. The kernel lets an unprivileged user do that ten times a second.
   * A process of no session's group (the file is empty, and refuses with EINVAL) needs none.
   */
  private static String autogroup(int nice) {
    return "n=0; until ! read -r _ < /proc/self/autogroup || { echo "
        + nice
        + " > /proc/self/autogroup; } 2>/dev/null; do n=$((n+1)); if [ $n -gt 20 ]; then"
        + " echo 'baton: the nice value does not count against other sessions:"
        + " /proc/self/autogroup cannot be written' >&2; break; fi; sleep 0.1; done";
  }
}
