package dev.baton.supervisor.config;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The keys by which two records of the configuration differ, as the file calls them. */
final class Differing {
  /** Whose keys stand in the file beside those of the record that holds them. */
  private static final Set<String> FLAT =
      Set.of("supervision", "confinement", "openPolicy", "dispatch", "tcp", "unix", "udp");

  private static final Map<String, String> KEYS =
      Map.of(
          "settings", "config",
          "files", "files",
          "inherited", "inheritEnvironment");

  private Differing() {}

  /** The keys, in the order of the records; empty when they are equal. */
  static <T extends Record> List<String> keys(T one, T other) {
    List<String> keys = new ArrayList<>();
    if (!one.equals(other)) {
      for (RecordComponent component : one.getClass().getRecordComponents()) {
        Object before = value(component, one);
        Object after = value(component, other);
        if (Objects.equals(before, after)) {
          continue;
        }
        if (FLAT.contains(component.getName())) {
          keys.addAll(keys((Record) before, (Record) after));
        } else {
          keys.add(KEYS.getOrDefault(component.getName(), component.getName()));
        }
      }
    }
    return keys;
  }

  private static Object value(RecordComponent component, Record of) {
    try {
      return component.getAccessor().invoke(of);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("a record's accessor does not fail", e);
    }
  }
}
