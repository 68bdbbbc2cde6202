package dev.baton.supervisor.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.supervisor.config.KeyUse.Form;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The JSON Schema (draft 2020-12) of the configuration file, made of what the readers ask for while
 * they read a file that has every section. What only a reader can know (names that must exist,
 * combinations) is not in it.
 */
final class ConfigSchema implements KeyUse.Recorder {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final String VARIABLE = "\\$\\{";

  /** Sections whose keys are the operator's: the plugin's own settings. */
  private static final Set<String> OPEN = Set.of("pools.*.config");

  private final Map<String, Map<String, Map<Form, KeyUse>>> sections = new TreeMap<>();

  /** The schema as text, with a line feed at its end. */
  static String of(List<Path> files, Path home) throws IOException, ConfigException {
    ConfigSchema schema = new ConfigSchema();
    for (Path file : files) {
      ConfigLoader.load(file, home, Map.of("BATON_RUNTIME_BASE", "/run/baton"), schema);
    }
    ObjectNode root = JSON.createObjectNode();
    root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    root.put("title", "Baton's configuration");
    root.setAll(schema.section(""));
    return JSON.writeValueAsString(root) + "\n";
  }

  @Override
  public void asked(KeyUse use) {
    sections
        .computeIfAbsent(use.section(), s -> new LinkedHashMap<>())
        .computeIfAbsent(use.key(), k -> new EnumMap<>(Form.class))
        .putIfAbsent(use.form(), use);
  }

  private ObjectNode section(String place) {
    ObjectNode node = JSON.createObjectNode().put("type", "object");
    Map<String, Map<Form, KeyUse>> keys = sections.getOrDefault(place, Map.of());
    if (OPEN.contains(place) || keys.isEmpty()) {
      return node;
    }
    if (keys.containsKey("*")) {
      return node.set("additionalProperties", key(place, "*", keys.get("*")));
    }
    ObjectNode properties = node.putObject("properties");
    keys.forEach((key, uses) -> properties.set(key, key(place, key, uses)));
    keys.forEach(
        (key, uses) -> {
          if (uses.containsKey(Form.REQUIRED)) {
            node.withArray("required").add(key);
          }
        });
    return node.put("additionalProperties", false);
  }

  private ObjectNode key(String place, String key, Map<Form, KeyUse> uses) {
    ObjectNode node = JSON.createObjectNode();
    String child = Words.path(place, key).replace("\"*\"", "*");
    uses.values().stream()
        .map(KeyUse::allowed)
        .filter(text -> !text.isEmpty())
        .findFirst()
        .ifPresent(text -> node.put("description", text));
    var forms = node.putArray("anyOf");
    boolean exact = uses.keySet().stream().anyMatch(ConfigSchema::exact);
    uses.forEach(
        (form, use) -> {
          switch (form) {
            case ANY, REQUIRED -> {}
            case SCALAR -> {
              if (!exact) {
                forms.addObject().putArray("type").add("string").add("number").add("boolean");
              }
            }
            case INTEGER -> range(forms.addObject().put("type", "integer"), use);
            case DECIMAL -> range(forms.addObject().put("type", "number"), use);
            case PERMISSIONS -> forms.addObject().putArray("type").add("integer").add("string");
            case CHOICE -> choices(forms.addObject(), use.choices());
            case DURATION -> text(forms.addObject(), "^[0-9]{1,9}(ms|s|m|h|d)$");
            case LIST -> {
              ObjectNode list = forms.addObject().put("type", "array");
              list.putObject("items").putArray("type").add("string").add("number").add("boolean");
            }
            case SECTIONS ->
                forms.addObject().put("type", "array").set("items", section(child + ".[]"));
            case SECTION -> forms.add(section(child));
          }
        });
    if (exact) {
      text(forms.addObject(), VARIABLE);
    }
    boolean empty = uses.containsKey(Form.SECTION) || uses.containsKey(Form.LIST);
    if (empty || uses.containsKey(Form.SECTIONS)) {
      forms.addObject().put("type", "null");
    }
    if (forms.isEmpty()) {
      node.remove("anyOf");
    }
    return node;
  }

  private static boolean exact(Form form) {
    return switch (form) {
      case INTEGER, DECIMAL, PERMISSIONS, CHOICE, DURATION -> true;
      default -> false;
    };
  }

  private static void range(ObjectNode node, KeyUse use) {
    for (int i = 0; i < use.range().length; i++) {
      String bound = i == 0 ? "minimum" : "maximum";
      double value = use.range()[i];
      if (value == Math.rint(value)) {
        node.put(bound, (long) value);
      } else {
        node.put(bound, value);
      }
    }
  }

  private static void text(ObjectNode node, String pattern) {
    node.put("type", "string").put("pattern", pattern);
  }

  private static void choices(ObjectNode node, List<String> choices) {
    var all = node.putArray("enum");
    choices.forEach(all::add);
    if (choices.contains("true")) {
      all.add(true).add(false);
    }
  }
}
