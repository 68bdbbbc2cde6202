package dev.baton.sys;

import java.util.List;
import java.util.Optional;

/**
 * What {@link Posix#spawn} starts.
 *
 * @param path the program; no search along PATH
 * @param arguments argv, the program's own name first
 * @param environment {@code NAME=value} each
 * @param workingDirectory where it starts; the caller's own when empty
 * @param descriptors the i-th becomes the child's number i; the child gets no others. Each must be
 *     at least its own index (a lower one would be overwritten before its turn). They stay the
 *     caller's.
 */
public record SpawnRequest(
    String path,
    List<String> arguments,
    List<String> environment,
    Optional<String> workingDirectory,
    List<Integer> descriptors) {

  public SpawnRequest {
    arguments = List.copyOf(arguments);
    environment = List.copyOf(environment);
    descriptors = List.copyOf(descriptors);
    for (int i = 0; i < descriptors.size(); i++) {
      if (descriptors.get(i) < i) {
        throw new IllegalArgumentException("descriptor " + descriptors.get(i) + " for " + i);
      }
    }
  }
}
