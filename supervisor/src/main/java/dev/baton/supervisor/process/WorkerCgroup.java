package dev.baton.supervisor.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The cgroup of one worker and everything that it starts, which cannot leave it. Thread-safe.
 *
 * @param folder that stands for it
 */
public record WorkerCgroup(Path folder) {

  /**
   * That of a process which runs already, if it has one of its own.
   *
   * @param root of the file system
   * @param home the name of the cgroup that those of our workers are in
   */
  static Optional<WorkerCgroup> of(Path root, int pid, String home) {
    Optional<String> path =
        OomKills.cgroup(root.resolve("proc").resolve(String.valueOf(pid)).resolve("cgroup"));
    try {
      Path folder = path.isPresent() ? CgroupFolder.mounted(root, path.get()) : root;
      boolean own = folder.getParent() != null && folder.getParent().endsWith(home);
      return own ? Optional.of(new WorkerCgroup(folder)) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // not mounted here, so nobody has made one
    }
  }

  /** Where a process writes 0 to enter. */
  Path processes() {
    return folder.resolve("cgroup.procs");
  }

  /** Whether this kernel can end a cgroup at once: from 5.14 on. */
  boolean canKill() {
    return Files.exists(folder.resolve("cgroup.kill"));
  }

  /** KILL to every process in it, also those that left the worker's session. */
  public void kill() throws IOException {
    if (canKill()) {
      CgroupFolder.write(folder.resolve("cgroup.kill"), "1");
    }
  }

  /**
   * Removes it.
   *
   * @return whether it is gone; not while processes in it are ending
   */
  boolean remove() {
    try {
      Files.delete(folder);
      return true;
    } catch (NoSuchFileException e) {
      return true;
    } catch (IOException e) { // busy, which nobody can tell from anything else
      return false;
    }
  }
}
