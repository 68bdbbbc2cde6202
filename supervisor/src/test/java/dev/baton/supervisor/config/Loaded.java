package dev.baton.supervisor.config;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Loads texts for tests, from a file {@code test.yaml} in a folder of the test. */
record Loaded(Path folder, Map<String, String> environment) {

  static final Path HOME = Path.of("/opt/baton");

  static Loaded in(Path folder) {
    return new Loaded(folder, Map.of("BATON_RUNTIME_BASE", "/run/test"));
  }

  Loaded with(Map<String, String> other) {
    return new Loaded(folder, other);
  }

  BatonConfig load(String text) throws ConfigException {
    return load("test.yaml", text.getBytes(StandardCharsets.UTF_8));
  }

  BatonConfig load(String name, byte[] bytes) throws ConfigException {
    try {
      return ConfigLoader.load(Files.write(folder.resolve(name), bytes), HOME, environment);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The problems of a text without the folder: {@code test.yaml:1: ...}. */
  List<String> problems(String text) {
    return problems("test.yaml", text.getBytes(StandardCharsets.UTF_8));
  }

  List<String> problems(String name, byte[] bytes) {
    ConfigException e = assertThrows(ConfigException.class, () -> load(name, bytes));
    return e.problems().stream()
        .map(problem -> problem.toString().replace(folder + "/", ""))
        .toList();
  }
}
