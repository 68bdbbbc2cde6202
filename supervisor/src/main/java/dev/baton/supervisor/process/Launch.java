package dev.baton.supervisor.process;

import dev.baton.sys.SpawnRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What one worker process is started with.
 *
 * @param command the program and its arguments
 * @param environment all that the child gets
 * @param workingDirectory where it starts; the supervisor's own when empty
 */
public record Launch(
    List<String> command, Map<String, String> environment, Optional<String> workingDirectory) {

  public Launch {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
  }

  SpawnRequest request(List<Integer> descriptors) {
    return new SpawnRequest(
        command.get(0),
        command,
        environment.entrySet().stream()
            .map(e -> e.getKey() + "=" + e.getValue())
            .sorted()
            .collect(Collectors.toList()),
        workingDirectory,
        descriptors);
  }
}
