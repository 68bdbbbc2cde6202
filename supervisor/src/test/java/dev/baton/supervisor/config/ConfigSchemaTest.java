package dev.baton.supervisor.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The schema that is shipped for editors. {@code -Dbaton.schema.write=true} writes it anew: {@code
 * mvn -pl supervisor -am test -Dtest=ConfigSchemaTest -Dsurefire.failIfNoSpecifiedTests=false
 * -Dbaton.schema.write=true}.
 */
class ConfigSchemaTest {
  private static final Path CONF = Path.of("../conf");
  private static final Path SHIPPED = CONF.resolve("baton.schema.json");
  private static final YAMLMapper YAML = new YAMLMapper();

  private static List<Path> examples() throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(CONF, "*.yaml")) {
      all.forEach(files::add);
    }
    files.sort(null);
    return files;
  }

  private static Schema schema() throws IOException {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(Files.readString(SHIPPED));
  }

  private static List<Error> errors(JsonNode file) throws IOException {
    return schema().validate(file);
  }

  @Test
  void theShippedSchemaIsWhatTheReadersAskFor() throws Exception {
    String made = ConfigSchema.of(examples(), Path.of("/opt/baton"));
    if (Boolean.getBoolean("baton.schema.write")) {
      Files.writeString(SHIPPED, made);
    }
    assertEquals(made, Files.readString(SHIPPED));
  }

  @Test
  void everyExampleFitsAndNamesIt() throws IOException {
    for (Path file : examples()) {
      assertEquals(List.of(), errors(YAML.readTree(file.toFile())), file::toString);
      String first = Files.readAllLines(file).get(0);
      assertEquals("# yaml-language-server: $schema=baton.schema.json", first, file::toString);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/pools/web, wrokers, 2",
    "/pools/web, workers, many",
    "/pools/web, workers, 1001",
    "/pools/web, startTimeout, 30",
    "/pools/web, restart, sometimes",
    "/pools/web/backoff, jitter, 2",
    "/listeners/web, mode, exclusive",
    "/listeners/web, adress, x",
    "'', pool, x",
  })
  void whatTheReadersRefuseItRefusesToo(String place, String key, String value) throws IOException {
    JsonNode file =
        new ObjectMapper()
            .readTree(
                """
                {"listeners": {"web": {"address": "tcp://127.0.0.1:0"}},
                 "pools": {"web": {"plugin": "x.Y", "workers": "${N}", "backoff": {}}}}
                """);
    assertEquals(List.of(), errors(file));
    ObjectNode at = (ObjectNode) file.at(place);
    if (value.matches("[0-9]+")) {
      at.put(key, Integer.parseInt(value));
    } else {
      at.put(key, value);
    }
    assertFalse(errors(file).isEmpty(), file::toString);
  }

  /** The reference is what people read: it must not lack a key that the readers know. */
  @Test
  void theReferenceNamesEveryKey() throws Exception {
    String reference = Files.readString(CONF.resolve("reference.yaml"));
    ConfigLoader.load(
        CONF.resolve("reference.yaml"),
        Path.of("/opt/baton"),
        java.util.Map.of(),
        use ->
            assertTrue(
                use.key().equals("*") || reference.contains(use.key() + ":"),
                () -> use.section() + " " + use.key() + " is not in conf/reference.yaml"));
  }
}
