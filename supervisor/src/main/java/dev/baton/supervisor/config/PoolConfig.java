package dev.baton.supervisor.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * One pool: the plugin it runs, with what, and how its workers start and end. Texts in which {@link
 * WorkerVariables} are to be expanded before use: {@link JvmConfig#options()}, the values of {@code
 * environment}, and {@code workingDirectory}. Immutable.
 *
 * @param name the name in worker ids
 * @param plugin the plugin's class; empty: found by {@code ServiceLoader} on the class path
 * @param classPath absolute paths of jars, folders, or globs such as {@code /x/lib/*.jar}, in the
 *     order of the file; whether they exist is not checked
 * @param workers how many workers are wanted, 0 to 1000
 * @param listeners names of the listeners that are offered to the workers
 * @param files names of the held files that are offered to the workers
 * @param settings the plugin's own configuration: Map, List, String, Number, Boolean and null
 * @param jvm the JVM of each worker
 * @param environment variables that a worker gets besides the inherited few
 * @param workingDirectory absolute; empty: the supervisor chooses
 * @param startTimeout from spawn to ready
 * @param drainTimeout from drain to drained
 * @param stopTimeout from stop to exit, before the kill
 * @param surge workers above the target during a rollout; 0: stop first, then start
 * @param spares started workers above the target that wait for a slot, 0 to 1000
 * @param backoff the delays between starts of a failing slot
 * @param start when the workers are started
 * @param idleTimeout workers that were started on demand are stopped after this time without
 *     connections; zero: never
 * @param dispatch how its dispatched listeners are handed out; the defaults if there are none
 * @param supervision what is done about workers that end or fail
 * @param openPolicy what the open server does for its workers
 * @param user the name or number of the user that its workers run as; empty: the supervisor's
 * @param group the name or number of their group, only together with a user; empty: that user's
 * @param confinement what else confines them
 * @param log where their output goes
 */
public record PoolConfig(
    String name,
    Optional<String> plugin,
    List<String> classPath,
    int workers,
    List<String> listeners,
    List<String> files,
    Map<String, Object> settings,
    JvmConfig jvm,
    Map<String, String> environment,
    Optional<Path> workingDirectory,
    Duration startTimeout,
    Duration drainTimeout,
    Duration stopTimeout,
    int surge,
    int spares,
    BackoffConfig backoff,
    StartMode start,
    Duration idleTimeout,
    DispatchConfig dispatch,
    SupervisionConfig supervision,
    OpenPolicyConfig openPolicy,
    Optional<String> user,
    Optional<String> group,
    ConfinementConfig confinement,
    PoolLogConfig log) {

  /** The {@code idleTimeout} of a pool that names none. */
  public static final Duration DEFAULT_IDLE_TIMEOUT = Duration.ofMinutes(5);

  /** Copies the collections; {@code settings} one level deep. */
  public PoolConfig {
    classPath = List.copyOf(classPath);
    listeners = List.copyOf(listeners);
    files = List.copyOf(files);
    settings = BatonConfig.copy(settings);
    environment = BatonConfig.copy(environment);
    Objects.requireNonNull(openPolicy, "openPolicy");
    Objects.requireNonNull(user, "user");
    Objects.requireNonNull(group, "group");
    Objects.requireNonNull(confinement, "confinement");
    Objects.requireNonNull(log, "log");
  }
}
