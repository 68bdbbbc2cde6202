package dev.baton.supervisor.metrics;

import dev.baton.supervisor.admin.FakeOperations;
import dev.baton.supervisor.admin.PoolView;
import dev.baton.supervisor.admin.StatusView;
import dev.baton.supervisor.admin.WorkerView;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** States for tests of the figures, and what is in a scrape. */
final class Scrapes {
  private Scrapes() {}

  /** A state with all there can be in one; every process in it is this one. */
  static StatusView full() {
    long self = ProcessHandle.current().pid();
    StatusView s = FakeOperations.sample();
    PoolView hello = s.pool("hello").orElseThrow();
    WorkerView w = hello.workers().get(1);
    WorkerView alive =
        new WorkerView(
            w.id(),
            w.slot(),
            self,
            w.generation(),
            w.state(),
            w.uptimeSeconds(),
            w.restarts(),
            w.phase(),
            w.text(),
            w.traffic(),
            w.work(),
            w.jvm(),
            Optional.empty());
    return with(s, self, List.of(new PoolView("hello", 3, 2, "serving", List.of(alive))));
  }

  /** The same with other pools. */
  static StatusView with(StatusView s, long pid, List<PoolView> pools) {
    return new StatusView(
        s.version(),
        pid,
        s.uptimeSeconds(),
        s.name(),
        s.runtimeDir(),
        s.listeners(),
        pools,
        s.openService());
  }

  /** The names of all figures. */
  static Set<String> names(String text) {
    return text.lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split("[{ ]")[0])
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** A file of the project. */
  static Path file(String name) {
    Path folder = Path.of(System.getProperty("user.dir")).toAbsolutePath();
    while (!Files.isRegularFile(folder.resolve(name))) {
      folder = folder.getParent();
      if (folder == null) {
        throw new AssertionError("there is no " + name);
      }
    }
    return folder.resolve(name);
  }
}
