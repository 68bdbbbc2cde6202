package dev.baton.supervisor.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A configuration in more than one file. */
class IncludesTest {
  @TempDir private Path folder;
  private Path main;

  @BeforeEach
  void make() throws IOException {
    main = folder.resolve("main.yaml");
    Files.createDirectory(folder.resolve("conf.d"));
  }

  private Path write(String name, String... lines) throws IOException {
    return Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n");
  }

  private BatonConfig load() throws ConfigException {
    return ConfigLoader.load(main, folder, Map.of("BATON_RUNTIME_BASE", folder.toString()));
  }

  private String refusal() {
    return assertThrows(ConfigException.class, this::load)
        .getMessage()
        .replace(folder.toString(), "DIR");
  }

  @Test
  void listenersFilesAndPoolsAddUp() throws Exception {
    write(
        "main.yaml",
        "name: all",
        "include: conf.d/*.yaml",
        "listeners:",
        "  a: {address: tcp://*:1}");
    write("conf.d/20-b.yaml", "listeners:", "  b: {address: tcp://*:2}", "pools:");
    write(
        "conf.d/10-web.yaml",
        "pools:",
        "  web: {plugin: x.Web, listeners: [a, b], workingDirectory: data}");
    write("conf.d/.hidden.yaml", "nonsense");
    write("conf.d/notes.txt", "nonsense");
    BatonConfig config = load();
    assertEquals("all", config.name());
    assertEquals(List.of("a", "b"), List.copyOf(config.listeners().keySet()));
    PoolConfig web = config.pools().get("web");
    assertEquals(List.of("a", "b"), web.listeners());
    assertEquals(folder.resolve("data"), web.workingDirectory().orElseThrow());
  }

  @Test
  void aListOfFilesAndJson() throws Exception {
    write("main.yaml", "include: [one.yaml, '${baton.home}/two.json', none-*.yaml]");
    write("one.yaml", "listeners: {a: {address: 'tcp://*:1'}}");
    write("two.json", "{\"logs\": {\"keepPerSlot\": 7}}");
    BatonConfig config = load();
    assertEquals(7, config.logs().keepPerSlot());
    assertEquals(1, config.listeners().size());
  }

  @Test
  void problemsNameTheirFileAndLine() throws Exception {
    write(
        "main.yaml",
        "include: conf.d/*.yaml",
        "logs: {}",
        "listeners:",
        "  a: {address: tcp://*:1}");
    write("conf.d/a.yaml", "", "listeners:", "  a: {address: tcp://*:2}", "logs: {}");
    write("conf.d/b.yaml", "pools:", "  p:", "    plugin: x.Y", "    wrokers: 2", "    wrokers: 3");
    write("conf.d/c.yaml", "include: d.yaml", "pool: {}");
    write("conf.d/d.yaml", "pools: [1]");
    write("conf.d/e.yaml", "pools: {");
    String text = refusal();
    for (String expected :
        List.of(
            "DIR/conf.d/a.yaml:3: listeners.a: found it again (first in DIR/main.yaml:4), allowed:"
                + " each in one file only",
            "DIR/conf.d/a.yaml:4: logs: found it again (first in DIR/main.yaml:2)",
            "DIR/conf.d/b.yaml:4: pools.p.wrokers: found an unknown key",
            "DIR/conf.d/b.yaml:5: pools.p.wrokers: found the same key again (first in line 4)",
            "DIR/conf.d/c.yaml:1: include: found it in an included file, allowed: none there",
            "DIR/conf.d/c.yaml:2: pool: found an unknown key (did you mean \"pools\"?)",
            "DIR/conf.d/d.yaml:1: pools: found a list, allowed: a mapping",
            "DIR/conf.d/e.yaml:2: found YAML that cannot be read")) {
      assertTrue(text.contains(expected), () -> expected + " is not in " + text);
    }
  }

  @Test
  void whatIsNotThereOrNoPathIsTold() throws Exception {
    write("main.yaml", "include: [none.yaml, none/*.yaml, main.yaml/*.yaml, {a: b}]");
    String text = refusal();
    assertTrue(text.contains("DIR/none.yaml: found no such file"), text);
    assertTrue(text.contains("main.yaml:1: include[2]: found \"main.yaml/*.yaml\""), text);
    assertTrue(text.contains("main.yaml:1: include[3]: found a mapping"), text);
    write("main.yaml", "include: {a: b}");
    assertTrue(refusal().contains("include: found a mapping"), refusal());
  }
}
