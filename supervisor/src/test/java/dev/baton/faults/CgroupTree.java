package dev.baton.faults;

import dev.baton.e2e.kit.Proc;
import dev.baton.e2e.kit.WorkerInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The cgroups of an instance's workers; none where workers cannot have any. */
final class CgroupTree {
  private final Optional<Path> folder;

  private CgroupTree(Optional<Path> folder) {
    this.folder = folder;
  }

  /** That of an instance one of whose confined workers this is. */
  static CgroupTree of(WorkerInfo worker) {
    return new CgroupTree(
        Proc.cgroup(worker.pid())
            .map(Path::getParent)
            .filter(parent -> parent.getFileName().toString().startsWith("baton-")));
  }

  /** The cgroups besides those of these workers. */
  List<Path> besides(List<WorkerInfo> workers) throws IOException {
    if (folder.isEmpty()) {
      return List.of();
    }
    var theirs = workers.stream().flatMap(w -> Proc.cgroup(w.pid()).stream()).toList();
    try (var all = Files.list(folder.get())) {
      return all.filter(Files::isDirectory).filter(one -> !theirs.contains(one)).toList();
    }
  }

  /** Whether nothing of it is left. */
  boolean gone() {
    return folder.isEmpty() || !Files.exists(folder.get());
  }
}
