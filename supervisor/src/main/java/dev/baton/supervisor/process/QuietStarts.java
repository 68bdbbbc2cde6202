package dev.baton.supervisor.process;

import dev.baton.supervisor.config.CgroupConfig;
import dev.baton.supervisor.config.ConfinementConfig;
import dev.baton.supervisor.config.CpuSet;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts that leave the CPUs to everybody else until they have come to something: a JVM that starts
 * keeps all cores of a small machine busy for most of a second, and one that crashes in a loop does
 * so again and again.
 *
 * <p>The lowest nice value is given twice, since which one counts is the kernel's ({@code
 * sched(7)}): to the session, which a worker has of its own and which with {@code
 * sched_autogroup_enabled} gets its share as a whole, whatever its threads' nice values, and
 * whatever their policies (SCHED_IDLE, too, counts within its session alone); and to the threads,
 * which count where there are no such groups, or where a cgroup with the cpu controller takes their
 * place. Each only where it can be taken back: a session's by anybody, if it was not negative; a
 * thread's with CAP_SYS_NICE or within RLIMIT_NICE, which is tried, as a capability that counts in
 * a user namespace alone does not tell.
 *
 * <p>A nice value does not help who wakes while a slice of such a thread runs. So its slices are
 * made longer than those of others, to whom it gives way then at once (Linux 6.12), and it is kept
 * to the last CPU, where there are more: then the kernel wakes others on another one. Immutable.
 */
public final class QuietStarts {
  /** No start is quiet. */
  public static final QuietStarts NONE =
      new QuietStarts(null, new Means(0, false, false, false, Optional.empty()));

  static final int LOWEST = 19;

  private static final Logger LOG = LoggerFactory.getLogger(QuietStarts.class);
  private static final Path STATUS = Path.of("/proc/thread-self/status");
  private static final String CPUS = "Cpus_allowed_list:";
  private static final Path AUTOGROUPS = Path.of("/proc/sys/kernel/sched_autogroup_enabled");

  /** With the quota of the cgroup that the supervisor itself may be in. */
  private static final int AVAILABLE = Runtime.getRuntime().availableProcessors();

  private final Posix posix;
  private final Means means;

  /**
   * What can be taken from a process, since it can be given back.
   *
   * @param nice what the supervisor's own threads have
   * @param sessions whether the nice value of its session
   * @param threads whether those of its threads
   * @param slices whether how soon they give way
   * @param cpus of which it keeps one; empty: all that it has
   */
  record Means(int nice, boolean sessions, boolean threads, boolean slices, Optional<CpuSet> cpus) {

    /** What its threads go down to. */
    int lowNice() {
      return threads ? LOWEST : nice;
    }
  }

  QuietStarts(Posix posix, Means means) {
    this.posix = posix;
    this.means = means;
  }

  /** As far as this process may have them. Starts a thread, which has ended when it returns. */
  public static QuietStarts find(Posix posix) {
    final int own;
    final Optional<CpuSet> cpus;
    try {
      own = Confinement.Surroundings.read().nice();
      cpus = cpus();
    } catch (IOException e) {
      LOG.warn("what fails again and again starts at full speed: {}", e.getMessage());
      return NONE;
    }
    boolean slices = may(() -> posix.setSlice(0, own, 0));
    boolean threads =
        own < LOWEST
            && may(
                () -> {
                  posix.setNice(0, own + 1);
                  posix.setNice(0, own);
                });
    QuietStarts found = new QuietStarts(posix, new Means(own, autogroups(), threads, slices, cpus));
    if (!found.possible()) {
      LOG.info(
          "what fails again and again starts at full speed: nothing can be taken from it here");
    }
    return found;
  }

  /** Those of the calling thread. */
  private static Optional<CpuSet> cpus() throws IOException {
    try (Stream<String> lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith(CPUS))
          .findFirst()
          .flatMap(line -> CpuSet.parse(line.substring(CPUS.length()).strip()))
          .filter(cpus -> cpus.count() > 1);
    }
  }

  private static boolean autogroups() {
    try {
      return Files.readString(AUTOGROUPS).strip().equals("1");
    } catch (IOException e) {
      return false; // a kernel without
    }
  }

  private interface Trial {
    void run() throws SysException;
  }

  /** On a thread of its own, which keeps what cannot be taken back. */
  private static boolean may(Trial changes) {
    AtomicBoolean may = new AtomicBoolean();
    Thread trial =
        new Thread(
            () -> {
              try {
                changes.run();
                may.set(true);
              } catch (SysException e) {
                may.set(false);
              }
            },
            "baton-nice");
    trial.start();
    try {
      trial.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return may.get();
  }

  /** Those that only give way at once, which costs nothing while there is nobody to give way to. */
  public QuietStarts givingWay() {
    return new QuietStarts(
        posix, new Means(means.nice(), false, false, means.slices(), Optional.empty()));
  }

  /** Those for the workers of a user; empty: of our own. */
  public QuietStarts of(Optional<WorkerUser> user) {
    return user.isEmpty() || OwnRights.scheduleOthers() ? this : NONE;
  }

  /** Whether there are any. */
  public boolean possible() {
    return means.sessions() || means.threads() || means.slices() || takesCpus();
  }

  /** Whether that of its session is taken, so that none is to be given before. */
  boolean takesSessions() {
    return means.sessions();
  }

  /** Whether the nice values of its threads are taken, so that none is to be given before. */
  boolean takesThreads() {
    return means.threads();
  }

  /** Whether its CPUs are taken, so that none are to be given before. */
  boolean takesCpus() {
    return means.cpus().isPresent();
  }

  /**
   * How many CPUs a JVM that starts with one is to count on, since it sizes itself at its start;
   * empty: it has all that it will have.
   */
  OptionalInt processors(ConfinementConfig config) {
    if (means.cpus().isEmpty()) {
      return OptionalInt.empty();
    }
    int most = Math.min(config.cpuAffinity().or(means::cpus).get().count(), AVAILABLE);
    double quota = config.cgroup().map(CgroupConfig::cpus).orElse(0.0);
    return OptionalInt.of(quota > 0 ? Math.min(most, (int) Math.ceil(quota)) : most);
  }

  /**
   * Quietens a process that was just spawned, as a leader of a session. What cannot be done is left
   * out: then it starts as others do.
   *
   * @param config of its pool
   */
  public QuietProcess quieten(int pid, ConfinementConfig config) {
    QuietProcess process =
        new QuietProcess(
            posix,
            pid,
            means,
            new QuietProcess.Usual(
                config.nice().orElse(0),
                config.nice().orElse(means.nice()),
                config.cpuAffinity().or(means::cpus)));
    process.lower();
    return process;
  }
}
