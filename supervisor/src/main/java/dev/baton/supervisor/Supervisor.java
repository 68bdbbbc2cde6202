package dev.baton.supervisor;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.admin.EventFile;
import dev.baton.supervisor.admin.EventView;
import dev.baton.supervisor.admin.WebSide;
import dev.baton.supervisor.adoption.AdoptionDesk;
import dev.baton.supervisor.adoption.AdoptionSocket;
import dev.baton.supervisor.adoption.Orphan;
import dev.baton.supervisor.cli.BatonVersion;
import dev.baton.supervisor.cli.ExitCode;
import dev.baton.supervisor.config.BatonConfig;
import dev.baton.supervisor.config.ConfigLoader;
import dev.baton.supervisor.config.LogConfig;
import dev.baton.supervisor.journal.Journal;
import dev.baton.supervisor.logging.LogSetup;
import dev.baton.supervisor.loop.Loop;
import dev.baton.supervisor.process.Cgroups;
import dev.baton.supervisor.process.Children;
import dev.baton.supervisor.process.Evidence;
import dev.baton.supervisor.process.ProcessMaker;
import dev.baton.supervisor.process.QuietStarts;
import dev.baton.supervisor.process.WorkerCommand;
import dev.baton.supervisor.process.WorkerLogs;
import dev.baton.supervisor.runtime.OperatorDesk;
import dev.baton.supervisor.runtime.StartGate;
import dev.baton.supervisor.runtime.StateBook;
import dev.baton.supervisor.runtime.SupervisorLoop;
import dev.baton.supervisor.runtime.Surroundings;
import dev.baton.supervisor.runtime.WorkerStarter;
import dev.baton.supervisor.state.StateFolder;
import dev.baton.supervisor.store.FdStore;
import dev.baton.supervisor.store.PassedSocket;
import dev.baton.supervisor.store.PassedSockets;
import dev.baton.supervisor.store.ReleaseStore;
import dev.baton.supervisor.store.RuntimeDirectory;
import dev.baton.supervisor.store.RuntimeDirectoryException;
import dev.baton.supervisor.store.StoreException;
import dev.baton.supervisor.systemd.ListenFds;
import dev.baton.supervisor.systemd.Notifier;
import dev.baton.supervisor.systemd.ServiceLife;
import dev.baton.supervisor.systemd.StoredFds;
import dev.baton.supervisor.upgrade.Departure;
import dev.baton.supervisor.upgrade.Takeover;
import dev.baton.sys.Posix;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of the supervisor in the foreground: from a checked configuration to an exit status. */
final class Supervisor {
  private static final int JOURNAL_ENTRIES = 1000;
  private static final Logger LOG = LoggerFactory.getLogger("baton");

  private final BatonConfig config;
  private final PrintStream out;
  private final PrintStream err;
  private final Takeover takeover;
  private final long startedAt = System.nanoTime();
  private boolean stopAsked;

  Supervisor(BatonConfig config, PrintStream out, PrintStream err, Takeover takeover) {
    this.config = config;
    this.out = out;
    this.err = err;
    this.takeover = takeover;
  }

  /** Runs until it is stopped. */
  int run() {
    LogSetup.use(config.logs().supervisor() == LogConfig.Format.JSON);
    try {
      return takeover.trial() ? trial() : run(Posix.system());
    } catch (RuntimeDirectoryException e) {
      err.println("baton: " + e.getMessage());
    } catch (StoreException e) {
      e.problems().forEach(p -> err.println("baton: " + p));
    } catch (IOException e) {
      err.println("baton: " + e.getMessage());
    }
    return ExitCode.SYSTEM;
  }

  private int trial() throws IOException {
    Home.workerRuntime();
    Path directory = config.runtimeDir().normalize();
    StateFolder state = StateFolder.at(directory.resolve(StateFolder.NAME));
    return takeover.check(directory, state, BatonVersion.current(), out, err)
        ? ExitCode.DONE
        : ExitCode.SYSTEM;
  }

  private int run(Posix posix) throws RuntimeDirectoryException, StoreException, IOException {
    try (RuntimeDirectory directory = directory(posix);
        AdoptionSocket adoption = adoption(posix, directory.adoptionSocket())) {
      return orBack(() -> run(posix, directory, adoption));
    }
  }

  /** A part of the way here, which ends with nothing closed and nobody's name removed. */
  private interface Part {
    int run() throws StoreException, IOException;
  }

  /** If it fails this process becomes the program before again, if there is one. */
  private int orBack(Part part) throws StoreException, IOException {
    try {
      return part.run();
    } catch (StoreException e) {
      takeover.giveUp(String.join("; ", e.problems()));
      throw e;
    } catch (IOException | RuntimeException | Error e) {
      takeover.giveUp(String.valueOf(e.getMessage()));
      throw e;
    }
  }

  private RuntimeDirectory directory(Posix posix) throws RuntimeDirectoryException {
    Optional<OwnedFd> lock = takeover.lock();
    return lock.isPresent()
        ? RuntimeDirectory.inherited(config.runtimeDir(), lock.get())
        : RuntimeDirectory.open(posix, config.runtimeDir());
  }

  private AdoptionSocket adoption(Posix posix, Path path) throws IOException {
    Optional<OwnedFd> inherited = takeover.adoption();
    return inherited.isPresent()
        ? AdoptionSocket.inherited(posix, path, inherited.get())
        : AdoptionSocket.open(posix, path);
  }

  private int run(Posix posix, RuntimeDirectory directory, AdoptionSocket adoption)
      throws StoreException, IOException {
    StateFolder state = StateFolder.open(directory.state());
    int code;
    try (Inheritance left = Inheritance.take(posix, state, adoption, takeover.pools());
        PassedSockets passed = new PassedSockets(posix, passed(posix));
        StoredFds stored = StoredFds.of(posix, takeover.environment());
        FdStore store = open(posix, left, passed, stored)) {
      if (!passed.taken().isEmpty()) {
        LOG.info("supervisor: the service manager has bound {}", passed.taken());
      }
      left.recovered().problems().forEach(p -> LOG.warn("supervisor: {}", p));
      code = orBack(() -> serve(posix, directory, adoption, state, left, stored, store));
    }
    state.clear();
    return code;
  }

  private FdStore open(Posix posix, Inheritance left, PassedSockets passed, StoredFds stored)
      throws StoreException {
    left.recovered().add(passed.takeKept(), stored::forget);
    return FdStore.open(
        posix, passed, left.recovered(), config.listeners().values(), config.files().values());
  }

  private List<PassedSocket> passed(Posix posix) throws IOException {
    return takeover.begun()
        ? takeover.carried()
        : ListenFds.take(posix, takeover.environment(), ProcessHandle.current().pid());
  }

  private int serve(
      Posix posix,
      RuntimeDirectory directory,
      AdoptionSocket adoption,
      StateFolder state,
      Inheritance left,
      StoredFds stored,
      FdStore store)
      throws IOException, StoreException {
    Journal journal = new Journal(JOURNAL_ENTRIES);
    try (WorkerOutput output = new WorkerOutput(config, directory.logs(), out, takeover.logs());
        EventFile events = events(journal, directory);
        OpenServers openServers =
            OpenServers.start(posix, config.openService(), directory.auditLog(), journal)) {
      StateBook book = new StateBook(state, journal);
      Luggage luggage = new Luggage(directory, adoption, store, output, events);
      return serve(posix, luggage, left, stored, journal, book, openServers);
    }
  }

  /** What earlier supervisors on this folder did stays where an operator looks for it. */
  private static EventFile events(Journal journal, RuntimeDirectory directory) throws IOException {
    Path path = directory.logs().resolve(EventFile.NAME);
    List<EventView> earlier = EventFile.read(path, Instant.EPOCH);
    if (!earlier.isEmpty()) {
      journal.goOnAfter(earlier.get(earlier.size() - 1).number());
    }
    EventFile events = new EventFile(path);
    journal.listen(entry -> events.write(EventView.of(entry)));
    return events;
  }

  private int serve(
      Posix posix,
      Luggage luggage,
      Inheritance left,
      StoredFds stored,
      Journal journal,
      StateBook state,
      OpenServers openServers)
      throws IOException {
    RuntimeDirectory directory = luggage.directory();
    FdStore store = luggage.store();
    Children children = new Children();
    try (Notifier notifier = Notifier.of(takeover.environment(), ProcessHandle.current().pid());
        Loop loop = new Loop(posix);
        WorkerStarter starter = starter(posix, directory, children)) {
      StartGate gate = StartGate.forCores(loop, Runtime.getRuntime().availableProcessors());
      int adopted = left.workers();
      SupervisorLoop pools =
          new SupervisorLoop(
              new Surroundings(
                  posix,
                  loop,
                  store,
                  starter,
                  gate,
                  journal,
                  openServers.server(),
                  state,
                  directory.adoptionSocket()),
              config,
              left.byPool(),
              () -> ConfigLoader.load(config.file(), Home.path(), takeover.environment()),
              new ServiceLife(notifier, stored),
              departure(posix, loop, children, luggage),
              Arrival.of(takeover, adopted),
              new StatusFrame(config.name(), directory.path(), startedAt, openServers));
      Signals signals = Signals.watch(posix, loop, name -> signal(name, pools.desk()));
      out.print(Banner.of(config, store.listeners(), directory.adminSocket()));
      out.flush();
      pools.begin();
      AdminStart admin =
          new AdminStart(pools.desk(), luggage.events()::since, directory.adminSocket(), web());
      admin.failed().thenAccept(e -> reportAdmin(pools.desk(), e));
      // After the first workers: it loads Vert.x, and they would have to share the cores with it.
      gate.enterNext(admin, () -> admin.begin(() -> loop.execute(() -> gate.leave(admin))));
      AdoptionDesk late = closed(posix, loop, luggage.adoption(), journal);
      takeover.succeeded();
      Arrival.note(pools.desk().upgraded(), journal);
      loop.run();
      signals.close();
      late.close();
      admin.close();
      journal.info("supervisor", "stopped");
      return admin.failed().isDone() ? ExitCode.SYSTEM : ExitCode.DONE;
    }
  }

  private Departure departure(Posix posix, Loop loop, Children children, Luggage luggage) {
    return new Departure(
        posix,
        loop,
        children,
        takeover.environment(),
        Home.launcher(),
        config.file(),
        BatonVersion.current(),
        luggage.directory().path(),
        luggage);
  }

  /** Who comes later than all others is told that nobody waits for it. */
  private static AdoptionDesk closed(
      Posix posix, Loop loop, AdoptionSocket adoption, Journal journal) throws IOException {
    return new AdoptionDesk(
        posix,
        loop,
        adoption,
        id -> Optional.empty(),
        Orphan::close,
        text -> journal.warn("supervisor", text));
  }

  private Optional<WebSide> web() {
    return config
        .admin()
        .map(a -> new WebSide(a.address().host(), a.address().port(), a.tokenFile()));
  }

  private WorkerStarter starter(Posix posix, RuntimeDirectory directory, Children children)
      throws IOException {
    return new WorkerStarter(
        new ProcessMaker(posix, children),
        children,
        new WorkerCommand(
            Home.java(), Home.workerRuntime(), Home.workerArchive(), takeover.environment()),
        new ReleaseStore(directory.releases()),
        new WorkerLogs(posix, directory.logs(), config.logs().keepPerSlot()),
        new Evidence(directory.evidence(), config.logs().keepEvidence()),
        Cgroups.open(config),
        QuietStarts.find(posix));
  }

  /** Without its admin socket a supervisor cannot be operated, so it does not pretend. */
  private void reportAdmin(OperatorDesk pools, Throwable failure) {
    err.println("baton: the operators cannot be served: " + failure.getMessage());
    pools.stop(true);
  }

  private void signal(String name, OperatorDesk pools) {
    switch (name) {
      case "INT", "TERM" -> {
        pools.stop(stopAsked);
        stopAsked = true;
      }
      case "HUP" -> pools.reload();
      case "USR1" -> pools.reopenLogs();
      case "USR2" -> pools.upgrade();
      case "TTIN" -> pools.scaleEach(1);
      case "TTOU" -> pools.scaleEach(-1);
      default -> ThreadList.print(err);
    }
  }
}
