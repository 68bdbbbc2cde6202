package dev.baton.supervisor.process;

import dev.baton.supervisor.config.BatonConfig;
import dev.baton.supervisor.config.CgroupConfig;
import dev.baton.supervisor.config.PoolConfig;
import dev.baton.supervisor.core.WorkerId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.zip.CRC32;

/**
 * Makes a cgroup for each worker of a pool that wants one, {@code PARENT/baton-NAME/hello-0.3}, and
 * removes it after the worker. Where cgroups cannot be had, or their controllers, it says so and
 * the worker starts without, unless the pool requires them. One thread.
 */
public final class Cgroups implements AutoCloseable {

  /** How long a killed process may take until its cgroup can be removed at once. */
  private static final long PATIENCE = TimeUnit.MILLISECONDS.toNanos(200);

  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(2);

  private final String name;
  private final Set<Path> homes = new LinkedHashSet<>();
  private final Set<Path> inherited = new LinkedHashSet<>();
  private final Map<WorkerId, WorkerCgroup> live = new HashMap<>();
  private final List<WorkerCgroup> ending = new ArrayList<>();

  private Cgroups(String name) {
    this.name = name;
  }

  /**
   * For the workers of one instance. If its pools need controllers of our own cgroup we leave it
   * for a leaf here, before any worker is in it; whether that works is told when a worker starts.
   */
  public static Cgroups open(BatonConfig config) {
    Set<String> controllers =
        config.pools().values().stream()
            .flatMap(pool -> pool.confinement().cgroup().stream())
            .filter(cgroup -> cgroup.parent().isEmpty())
            .flatMap(cgroup -> controllers(cgroup).stream())
            .collect(Collectors.toCollection(TreeSet::new));
    if (!controllers.isEmpty()) {
      try {
        CgroupFolder own = CgroupFolder.own();
        controllers.retainAll(own.available());
        own.giveOn(controllers);
      } catch (IOException e) {
        // Each worker that needs them meets the same, and says so.
      }
    }
    return new Cgroups("baton-" + config.name() + '-' + hash(config.runtimeDir()));
  }

  /** Two instances may have the same name, but not the same runtime directory. */
  private static String hash(Path runtimeDir) {
    CRC32 sum = new CRC32();
    sum.update(runtimeDir.toString().getBytes(StandardCharsets.UTF_8));
    return "%08x".formatted(sum.getValue());
  }

  private static Set<String> controllers(CgroupConfig config) {
    return config.limits().keySet().stream()
        .map(file -> file.substring(0, file.indexOf('.')))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * What keeps the workers of a pool from getting what it wants, as far as that can be told without
   * acting; empty when nothing does.
   */
  public static Optional<String> obstacle(CgroupConfig config) {
    try {
      return lacks(parent(config), config);
    } catch (IOException e) {
      return Optional.of(e.getMessage());
    }
  }

  private static CgroupFolder parent(CgroupConfig config) throws IOException {
    CgroupFolder parent =
        config.parent().isPresent() ? CgroupFolder.at(config.parent().get()) : CgroupFolder.own();
    if (!parent.writable()) {
      throw new IOException(parent.folder() + " may not be written to");
    }
    return parent;
  }

  private static Optional<String> lacks(CgroupFolder parent, CgroupConfig config)
      throws IOException {
    Set<String> missing = parent.missing(controllers(config));
    if (missing.isEmpty()) {
      return Optional.empty();
    }
    Set<String> has = parent.available();
    return Optional.of(
        "%s has no controller %s (it has %s): no limit of %s"
            .formatted(
                parent.folder(),
                String.join(", ", missing),
                has.isEmpty() ? "none" : String.join(", ", has),
                missing.size() == 1 ? "that kind" : "these kinds"));
  }

  /**
   * A worker's cgroup with its limits, still without processes.
   *
   * @param tell takes what the operator should know: what could not be had
   * @return empty if the pool wants none, or it cannot be had
   * @throws IOException for the operator, if the pool requires what cannot be had
   */
  public Optional<WorkerCgroup> create(PoolConfig pool, WorkerId id, Consumer<String> tell)
      throws IOException {
    if (pool.confinement().cgroup().isEmpty()) {
      return Optional.empty();
    }
    CgroupConfig config = pool.confinement().cgroup().get();
    Consumer<String> less = config.required() ? text -> {} : tell;
    try {
      CgroupFolder parent = parent(config);
      Optional<String> lacking = lacks(parent, config);
      if (config.required() && lacking.isPresent()) {
        throw new IOException(lacking.get());
      }
      lacking.ifPresent(less);
      WorkerCgroup cgroup = create(parent, config, id, less);
      live.put(id, cgroup);
      if (!cgroup.canKill()) {
        tell.accept("this kernel cannot kill a cgroup (5.14 can): a worker's session is killed");
      }
      return Optional.of(cgroup);
    } catch (IOException e) {
      if (config.required()) {
        throw new IOException("no cgroup for the worker: " + e.getMessage(), e);
      }
      tell.accept("its workers have no cgroup of their own: " + e.getMessage());
      return Optional.empty();
    }
  }

  private WorkerCgroup create(
      CgroupFolder parent, CgroupConfig config, WorkerId id, Consumer<String> tell)
      throws IOException {
    Set<String> controllers = controllers(config);
    controllers.retainAll(parent.available());
    boolean given = give(parent, controllers, config, tell);
    CgroupFolder home = parent.child(name);
    if (homes.add(home.folder())) {
      sweep(home.folder());
    }
    if (given) {
      home.giveOn(controllers);
    }
    Path folder = home.child(RunName.of(id)).folder();
    for (Map.Entry<String, String> limit : config.limits().entrySet()) {
      Path file = folder.resolve(limit.getKey());
      if (Files.exists(file)) {
        CgroupFolder.write(file, limit.getValue());
      }
    }
    Path whole = folder.resolve("memory.oom.group"); // not one child of a worker, but all of it
    if (config.memoryBytes().isPresent() && Files.exists(whole)) {
      CgroupFolder.write(whole, "1");
    }
    return new WorkerCgroup(folder);
  }

  /** A worker without limits still has a cgroup, if only to be ended whole. */
  private static boolean give(
      CgroupFolder parent, Set<String> controllers, CgroupConfig config, Consumer<String> tell)
      throws IOException {
    try {
      parent.giveOn(controllers);
      return true;
    } catch (IOException e) {
      if (config.required()) {
        throw e;
      }
      tell.accept(
          "its workers have no " + String.join(", ", controllers) + " limits: " + e.getMessage());
      return false;
    }
  }

  /** What an earlier supervisor left; that of a living worker is busy. */
  private static void sweep(Path home) throws IOException {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(home, Files::isDirectory)) {
      left.forEach(folder -> new WorkerCgroup(folder).remove());
    }
  }

  /** The cgroup that an earlier supervisor of this instance has made for a process. Any thread. */
  public Optional<WorkerCgroup> find(int pid) {
    return WorkerCgroup.of(Path.of("/"), pid, name);
  }

  /** A worker has it already, and it goes with the worker as if it had been made here. */
  public void adopted(WorkerId id, WorkerCgroup cgroup) {
    live.put(id, cgroup);
    inherited.add(cgroup.folder().getParent());
  }

  /** A worker has another id from now on; its cgroup stays what it is. */
  public void rename(WorkerId before, WorkerId after) {
    WorkerCgroup cgroup = live.remove(before);
    if (cgroup != null) {
      live.put(after, cgroup);
    }
  }

  /** After a worker's end, which has killed everything in it. */
  public void remove(WorkerId id) {
    WorkerCgroup cgroup = live.remove(id);
    if (cgroup != null) {
      ending.add(cgroup);
    }
    long deadline = System.nanoTime() + (ending.isEmpty() ? 0 : PATIENCE);
    ending.removeIf(WorkerCgroup::remove);
    while (!ending.isEmpty() && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(PAUSE);
      ending.removeIf(WorkerCgroup::remove);
    }
  }

  /** Removes those of ended workers; living ones keep theirs. */
  @Override
  public void close() {
    ending.removeIf(WorkerCgroup::remove);
    homes.addAll(inherited);
    homes.forEach(home -> new WorkerCgroup(home).remove());
  }
}
