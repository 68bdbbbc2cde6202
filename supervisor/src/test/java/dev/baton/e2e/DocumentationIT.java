package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.Readme;
import dev.baton.e2e.kit.Terminal;
import dev.baton.supervisor.config.ConfigLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the documentation shows works as it is written, typed line by line into a shell. */
@BatonTest
@Timeout(120)
class DocumentationIT {
  /** Lines of the README that are not run here, by their first word, and why. */
  private static final Map<String, String> SKIPPED =
      Map.of(
          "mvn", "this test is part of it",
          "git", "the clone is where this test runs",
          "apt-get", "changes the machine");

  private static final String PORT = "8090";

  private final Installation installation = Installation.find();
  private final Readme readme = new Readme(repository().resolve("README.md"));
  @TempDir Path folder;

  private static Path repository() {
    return Path.of(System.getProperty("baton.test.repository", "..")).toAbsolutePath().normalize();
  }

  @Test
  void everyExampleConfigurationLoads() throws Exception {
    var environment = Map.of("BATON_RUNTIME_BASE", folder.toString());
    var loaded = new ArrayList<Path>();
    try (var files = Files.newDirectoryStream(repository().resolve("conf"), "*.yaml")) {
      for (var file : files) {
        var config = ConfigLoader.load(file, installation.dist(), environment);
        assertEquals(List.of(), config.warnings(), file::toString);
        assertFalse(config.pools().isEmpty(), file::toString);
        loaded.add(file);
      }
    }
    assertTrue(loaded.size() >= 2, loaded::toString);
  }

  @Test
  void everyLineOfAShellIsRunOrSkippedForAReason() {
    var lines = readme.shellLines();
    assertTrue(lines.stream().anyMatch(l -> l.startsWith("bin/baton run")), lines::toString);
    for (var line : lines) {
      var word = line.split(" ")[0];
      assertTrue(
          SKIPPED.containsKey(word) || List.of("bin/baton", "curl", "javac").contains(word),
          () -> "this test does not know what to do with: " + line);
    }
  }

  /** All blocks in their order, in one folder, as a reader types them. */
  @Test
  void aReaderCanTypeWhatTheReadmeShows() throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "curl is not installed");
    Files.writeString(folder.resolve("Greeter.java"), readme.block("java"));
    var yaml = readme.block("yaml");
    assertTrue(yaml.contains(PORT), yaml);
    Files.writeString(folder.resolve("greeter.yaml"), yaml.replace(PORT, "0"));
    try (var terminal = new Terminal(installation, folder)) {
      for (var line : readme.shellLines()) {
        if (SKIPPED.containsKey(line.split(" ")[0])) {
          continue;
        }
        if (line.startsWith("bin/baton run")) {
          terminal.stop();
          terminal.begin(line);
        } else {
          var output = terminal.type(line.replace(PORT, terminal.portOf("web")));
          if (line.startsWith("curl")) {
            assertTrue(output.matches("(?s)Hello from greeter/[01]#1\n"), output);
          }
        }
      }
      assertNotEquals("", terminal.portOf("web"));
      var answer = terminal.type("curl -sS http://127.0.0.1:" + terminal.portOf("web") + "/");
      assertTrue(answer.matches("Hello from greeter/[01]#2\n"), answer);
    }
  }
}
