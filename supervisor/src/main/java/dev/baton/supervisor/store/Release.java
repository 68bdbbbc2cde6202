package dev.baton.supervisor.store;

import java.nio.file.Path;
import java.util.List;

/**
 * A plugin's class path, copied so that nothing changes under the workers that run from it.
 *
 * @param pool whose plugin
 * @param hash the first 16 hexadecimal digits of the SHA-256 of its names and contents
 * @param folder with the copies, absolute
 * @param classPath the copied jars and folders, absolute, in the configured order
 */
public record Release(String pool, String hash, Path folder, List<Path> classPath) {
  /** Copies the list. */
  public Release {
    classPath = List.copyOf(classPath);
  }
}
