package dev.baton.supervisor.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The configuration files that come with the project. */
class ShippedFilesTest {

  private static final Map<String, String> PLAIN = Map.of("BATON_RUNTIME_BASE", "/run/test");

  /** The folder that has {@code conf/}, wherever in it the tests run. */
  static Path root() {
    Path folder = Path.of(System.getProperty("user.dir")).toAbsolutePath();
    while (folder != null && !Files.isRegularFile(folder.resolve("conf/baton.yaml"))) {
      folder = folder.getParent();
    }
    assertTrue(folder != null, "no conf/baton.yaml above " + System.getProperty("user.dir"));
    return folder;
  }

  @TestFactory
  List<DynamicTest> everyFileLoadsWithoutWarning() throws IOException {
    try (Stream<Path> files = Files.list(root().resolve("conf"))) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .sorted()
          .map(file -> dynamicTest(file.getFileName().toString(), () -> loads(file)))
          .toList();
    }
  }

  private static void loads(Path file) throws ConfigException {
    assertEquals(List.of(), ConfigLoader.load(file, Loaded.HOME, PLAIN).warnings());
  }

  @Test
  void theDemonstrationIsWhatTheReadmeSays() throws ConfigException {
    Path file = root().resolve("conf/baton.yaml");
    Map<String, String> environment =
        Map.of("BATON_RUNTIME_BASE", "/run/test", "WEB_PORT", "0", "SCRIBE_PORT", "9000");
    BatonConfig config = ConfigLoader.load(file, Loaded.HOME, environment);
    assertEquals(
        List.of(
            "tcp://127.0.0.1:8080",
            "unix:" + config.runtimeDir() + "/hello.sock",
            "tcp://127.0.0.1:0",
            "tcp://127.0.0.1:9000"),
        config.listeners().values().stream().map(l -> l.address().uri()).toList());
    assertEquals(List.of("hello", "web", "scribe"), List.copyOf(config.pools().keySet()));
    assertTrue(config.pools().values().stream().allMatch(pool -> pool.workers() == 2));
    PoolConfig web = config.pools().get("web");
    assertEquals(
        List.of("/opt/baton/samples/sample-workers-*.jar", "/opt/baton/samples/lib/*.jar"),
        web.classPath());
    assertEquals(Map.of("idleGrace", "2s"), web.settings());
    assertEquals(config.runtimeDir().resolve("lines.txt"), config.files().get("lines").path());
  }
}
