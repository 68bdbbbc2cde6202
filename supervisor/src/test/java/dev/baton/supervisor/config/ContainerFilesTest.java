package dev.baton.supervisor.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the files for containers say of each other. */
class ContainerFilesTest {
  private static final Pattern COPY = Pattern.compile("(?m)^COPY (?!--from)(\\S+) (\\S+)$");

  private final Path root = ShippedFilesTest.root();
  private final Path folder = root.resolve("conf/container");

  private BatonConfig config() throws Exception {
    return ConfigLoader.load(folder.resolve("baton.yaml"), Loaded.HOME, Map.of());
  }

  private List<JsonNode> manifest() throws Exception {
    List<JsonNode> documents = new ArrayList<>();
    YAMLMapper yaml = new YAMLMapper();
    yaml.readerFor(JsonNode.class)
        .<JsonNode>readValues(folder.resolve("kubernetes.yaml").toFile())
        .forEachRemaining(documents::add);
    return documents;
  }

  @Test
  void theConfigurationLoadsWithoutWarning() throws Exception {
    assertEquals(List.of(), config().warnings());
  }

  @Test
  void theImageIsMadeOfWhatThereIs() throws Exception {
    String text = Files.readString(folder.resolve("Dockerfile"));
    Matcher copy = COPY.matcher(text);
    int copies = 0;
    while (copy.find()) {
      copies++;
      assertTrue(Files.exists(root.resolve(copy.group(1))), copy.group());
    }
    assertEquals(2, copies);
    assertTrue(text.contains("CMD [\"run\", \"/etc/baton/baton.yaml\"]"));
    assertTrue(text.contains("/etc/baton/baton.yaml"));
    assertTrue(text.contains("EXPOSE 8080"));
    assertTrue(Files.isExecutable(root.resolve("bin/baton")));
  }

  @Test
  void theManifestAgreesWithTheConfiguration() throws Exception {
    BatonConfig config = config();
    JsonNode pod = manifest().get(0).at("/spec/template/spec");
    JsonNode container = pod.at("/containers/0");
    assertEquals(
        "tcp://0.0.0.0:" + container.at("/ports/0/containerPort").asInt(),
        config.listeners().get("web").address().uri());
    PoolConfig pool = config.pools().get("web");
    Duration leaving =
        pool.drainTimeout()
            .plus(pool.stopTimeout())
            .plusSeconds(container.at("/lifecycle/preStop/exec/command/1").asInt());
    assertTrue(
        pod.path("terminationGracePeriodSeconds").asInt() > leaving.toSeconds() + 5,
        leaving::toString);
    for (String probe : List.of("livenessProbe", "readinessProbe", "startupProbe")) {
      List<String> command = new ArrayList<>();
      container.path(probe).at("/exec/command").forEach(word -> command.add(word.asText()));
      assertTrue(command.contains(config.runtimeDir().resolve("admin.sock").toString()), probe);
    }
    assertEquals(
        config.runtimeDir().toString(), container.at("/volumeMounts/0/mountPath").asText());
    assertEquals("web", manifest().get(1).at("/spec/ports/0/targetPort").asText());
  }
}
