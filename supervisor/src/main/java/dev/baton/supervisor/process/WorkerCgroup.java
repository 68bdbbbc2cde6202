package dev.baton.supervisor.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The cgroup of one worker and everything that it starts, which cannot leave it. Thread-safe.
 *
 * @param folder that stands for it
 */
public record WorkerCgroup(Path folder) {

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
