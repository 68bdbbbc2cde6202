package dev.baton.supervisor.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Turns a plugin's own configuration into plain Java values, variables replaced. */
final class SettingsReader {

  private final Reading reading;

  SettingsReader(Reading reading) {
    this.reading = reading;
  }

  /** The mapping of a key as an unmodifiable map; empty if there is none. */
  Map<String, Object> read(Section section, String key) {
    Optional<LocatedNode> found = section.raw(key).filter(node -> !node.isNull());
    if (found.isEmpty()) {
      return Map.of();
    }
    if (found.get() instanceof LocatedNode.Mapping mapping) {
      return map(mapping, section.path(key));
    }
    LocatedNode wrong = found.get();
    reading.problems().add(wrong.line(), section.path(key), wrong.words(), "a mapping");
    return Map.of();
  }

  private Map<String, Object> map(LocatedNode.Mapping mapping, String path) {
    Map<String, Object> result = new LinkedHashMap<>();
    mapping
        .entries()
        .forEach((key, entry) -> result.put(key, value(entry.value(), Words.path(path, key))));
    return Collections.unmodifiableMap(result);
  }

  /** Null is a value of its own here. */
  private Object value(LocatedNode node, String path) {
    if (node instanceof LocatedNode.Mapping mapping) {
      return map(mapping, path);
    }
    if (node instanceof LocatedNode.Sequence sequence) {
      List<Object> items = new ArrayList<>();
      for (LocatedNode item : sequence.items()) {
        items.add(value(item, path + '[' + items.size() + ']'));
      }
      return Collections.unmodifiableList(items);
    }
    LocatedNode.Scalar scalar = (LocatedNode.Scalar) node;
    if (scalar.value() instanceof String) {
      return reading
          .value(scalar, path, Substitution.Scope.NOW, "text")
          .map(Value::text)
          .orElse("");
    }
    return scalar.value();
  }
}
