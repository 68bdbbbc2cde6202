package dev.baton.supervisor.runtime;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.config.PoolConfig;
import dev.baton.supervisor.config.PoolLogConfig;
import dev.baton.supervisor.core.PostMortem;
import dev.baton.supervisor.core.WorkerId;
import dev.baton.supervisor.process.Cgroups;
import dev.baton.supervisor.process.Children;
import dev.baton.supervisor.process.Confinement;
import dev.baton.supervisor.process.Evidence;
import dev.baton.supervisor.process.Inquest;
import dev.baton.supervisor.process.Launch;
import dev.baton.supervisor.process.ProcessMaker;
import dev.baton.supervisor.process.QuietProcess;
import dev.baton.supervisor.process.QuietStarts;
import dev.baton.supervisor.process.Remains;
import dev.baton.supervisor.process.Spawned;
import dev.baton.supervisor.process.WorkerCgroup;
import dev.baton.supervisor.process.WorkerCommand;
import dev.baton.supervisor.process.WorkerLogs;
import dev.baton.supervisor.process.WorkerUser;
import dev.baton.supervisor.store.Release;
import dev.baton.supervisor.store.ReleaseException;
import dev.baton.supervisor.store.ReleaseStore;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The spawner thread: everything about starting a worker that may block. One thread, because a
 * JVM's native forks race with each other's descriptors, and because two starts at once gain
 * nothing.
 */
public final class WorkerStarter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerStarter.class);

  private final ProcessMaker maker;
  private final WorkerCommand command;
  private final Releases releases;
  private final WorkerLogs logs;
  private final Evidence evidence;
  private final Cgroups cgroups;
  private final QuietStarts quietStarts;
  private final Inquest inquest;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(task -> new Thread(task, "baton-spawner"));
  private final Set<String> told = new HashSet<>();
  private final Children children;

  /** Starts the thread with the first task. */
  public WorkerStarter(
      ProcessMaker maker,
      Children children,
      WorkerCommand command,
      ReleaseStore releases,
      WorkerLogs logs,
      Evidence evidence,
      Cgroups cgroups,
      QuietStarts quietStarts) {
    this.inquest = new Inquest(logs, evidence);
    this.maker = maker;
    this.children = children;
    this.command = command;
    this.releases = new Releases(releases);
    this.logs = logs;
    this.evidence = evidence;
    this.cgroups = cgroups;
    this.quietStarts = quietStarts;
  }

  /**
   * Starts a process for a worker.
   *
   * @param quiet whether it is to leave the CPUs to others, as far as that can be; ends with {@link
   *     #raise}
   * @return completes on the spawner thread; fails with an {@link IOException} for the operator
   */
  CompletableFuture<Spawned> start(PoolConfig pool, WorkerId id, int generation, boolean quiet) {
    CompletableFuture<Spawned> result = new CompletableFuture<>();
    thread.execute(
        () -> {
          try {
            result.complete(startNow(pool, id, generation, quiet));
          } catch (IOException | ReleaseException | RuntimeException | Error e) {
            // An Error, too: without descriptors a class may not load, and nobody else would ever
            // hear of this start again.
            result.completeExceptionally(e);
          }
        });
    return result;
  }

  private Spawned startNow(PoolConfig pool, WorkerId id, int generation, boolean quiet)
      throws IOException, ReleaseException {
    Release release = releases.of(pool, generation);
    // Looked up anew at each start: the machine's users can change.
    Confinement confinement = Confinement.find(pool, command.searchPath());
    Optional<WorkerUser> user = confinement.user();
    try {
      Path left = evidence.create(id, user);
      user.ifPresent(who -> warnOfObstacles(pool, who, release, left));
      Optional<WorkerCgroup> cgroup = cgroups.create(pool, id, text -> warnOnce(pool, text));
      QuietStarts starts = (quiet ? quietStarts : quietStarts.givingWay()).of(user);
      Confinement inside = confinement.in(cgroup).leavingTo(starts);
      Launch launch = command.launch(pool, id, release.classPath(), left, inside);
      Spawned spawned = spawn(launch, id, pool.log().to(), cgroup);
      return starts.possible()
          ? spawned.with(starts.quieten(spawned.child().pid(), pool.confinement()))
          : spawned;
    } catch (IOException | RuntimeException | Error e) {
      clean(id); // no worker will end, and so nobody else does it
      throw e;
    }
  }

  /**
   * A worker of an earlier supervisor is one of ours.
   *
   * @return the cgroup that it has of its own
   */
  Optional<WorkerCgroup> adopted(WorkerId id, int pid) {
    children.add(pid);
    evidence.adopted(id);
    Optional<WorkerCgroup> cgroup = cgroups.find(pid);
    cgroup.ifPresent(own -> thread.execute(() -> cgroups.adopted(id, own)));
    return cgroup;
  }

  /** A child of ours was reaped. Any thread. */
  void reaped(int pid) {
    children.reaped(pid);
  }

  /** Reaps children that nobody here waits for. */
  void reapStrangers(Posix posix) {
    quietly(() -> children.reapStrangers(posix));
  }

  /**
   * Has the thread do nothing more until somebody says so.
   *
   * @param still called on the thread once it stands still
   * @return lets it go on
   */
  Runnable park(Runnable still) {
    CountDownLatch over = new CountDownLatch(1);
    thread.execute(
        () -> {
          still.run();
          try {
            over.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    return over::countDown;
  }

  /** The quiet start of a process is over. */
  void raise(QuietProcess process) {
    thread.execute(process::raise);
  }

  /** A JVM that may not read a jar says only that it lacks a class. */
  private void warnOfObstacles(PoolConfig pool, WorkerUser user, Release release, Path left) {
    Stream.of(command.needed(pool), release.classPath(), List.of(left))
        .flatMap(List::stream)
        .flatMap(path -> user.obstacle(path).stream())
        .forEach(text -> warnOnce(pool, text));
  }

  private void warnOnce(PoolConfig pool, String text) {
    if (told.add(pool.name() + ": " + text)) {
      LOG.warn("pool {}: {}", pool.name(), text);
    }
  }

  /** What the kernel says of a failed exec does not tell which file it means. */
  private Spawned spawn(
      Launch launch, WorkerId id, PoolLogConfig.To to, Optional<WorkerCgroup> cgroup)
      throws IOException {
    OwnedFd log = logs.open(id);
    inquest.starting();
    try {
      Spawned spawned =
          to == PoolLogConfig.To.INHERIT
              ? maker.spawnInheriting(launch, id.toString(), log, cgroup)
              : maker.spawn(launch, id.toString(), log, cgroup);
      return spawned;
    } catch (SysException e) {
      throw new IOException(
          "cannot start "
              + launch.command().get(0)
              + launch.workingDirectory().map(d -> " in " + d).orElse("")
              + ": "
              + e.getMessage(),
          e);
    }
  }

  /** A spare has taken a slot: what it writes is that slot's from now on. */
  void renamed(WorkerId spare, WorkerId id) {
    quietly(
        () -> {
          cgroups.rename(spare, id);
          logs.rename(spare, id);
          evidence.rename(spare, id);
        });
  }

  /** After a start that came to nothing. */
  private void clean(WorkerId id) {
    quietly(
        () -> {
          cgroups.remove(id);
          evidence.ended(id);
        });
  }

  /**
   * After a worker's end: finds out what can be found out, and bounds what it left.
   *
   * @return completes on the spawner thread
   */
  CompletableFuture<PostMortem> lookInto(PostMortem end, Remains remains) {
    return CompletableFuture.supplyAsync(
        () -> {
          PostMortem found = inquest.of(end, remains);
          logs.ended(end.worker());
          cgroups.remove(end.worker()); // its counters told whether memory ran out
          return found;
        },
        thread);
  }

  /** A worker's log file opened anew by its name; the caller closes it. On the spawner thread. */
  CompletableFuture<OwnedFd> reopenLog(WorkerId id) {
    return onThread(() -> logs.reopen(id));
  }

  /** Puts a worker's log file aside if that is due, and opens the next, which the caller closes. */
  CompletableFuture<Optional<OwnedFd>> rotateLog(WorkerId id, PoolLogConfig rules) {
    return onThread(
        () ->
            logs.due(id, rules.maxSize(), rules.maxAge())
                ? Optional.of(logs.rotate(id, rules.keep()))
                : Optional.empty());
  }

  /** Asks the releases something; completes on the spawner thread. */
  <T> CompletableFuture<T> releases(ReleaseWork<T> work) {
    return onThread(() -> work.on(releases));
  }

  /** The same where nobody waits for an answer. */
  void chore(ReleaseChore work) {
    quietly(() -> work.on(releases));
  }

  /** What is to be done with the releases; may block. */
  interface ReleaseChore {
    void on(Releases releases) throws IOException;
  }

  /** What the releases are asked for; may block. */
  interface ReleaseWork<T> {
    T on(Releases releases) throws IOException, ReleaseException;
  }

  private <T> CompletableFuture<T> onThread(Callable<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    thread.execute(
        () -> {
          try {
            result.complete(work.call());
          } catch (Exception | Error e) {
            result.completeExceptionally(e);
          }
        });
    return result;
  }

  /** How far the log of a worker goes, in bytes; negative when that cannot be told. Any thread. */
  long logged(WorkerId id) {
    try {
      return logs.size(id);
    } catch (IOException e) {
      return -1;
    }
  }

  private interface Chore {
    void run() throws IOException;
  }

  /** What is left lying about is a nuisance, not a failure. */
  private void quietly(Chore chore) {
    thread.execute(
        () -> {
          try {
            chore.run();
          } catch (IOException e) {
            LOG.warn("cleaning up: {}", e.getMessage());
          }
        });
  }

  /** The first run of a pool's slots that no earlier supervisor has used. */
  int firstRun(String pool) throws IOException {
    return logs.highestRun(pool) + 1;
  }

  /** Waits for what was begun. */
  @Override
  public void close() {
    thread.execute(cgroups::close);
    thread.shutdown();
    try {
      thread.awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
