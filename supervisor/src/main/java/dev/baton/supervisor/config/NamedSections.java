package dev.baton.supervisor.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * The three mappings whose keys are names: {@code listeners}, {@code files} and {@code pools}.
 *
 * @param sections by name, in the order of the file
 */
record NamedSections(Map<String, Section> sections) {

  static final int MOST = 64;

  /** Reads the mapping of a key and checks its names and their number. */
  static NamedSections of(Section root, String key, Problems problems) {
    Map<String, Section> sections = root.children(key);
    if (sections.size() > MOST) {
      problems.add(root.line(key), root.path(key), sections.size() + " of them", "at most " + MOST);
    }
    sections.forEach(
        (name, section) -> {
          if (!Names.valid(name)) {
            problems.add(section.line(), Words.path(key, name), Words.quote(name), Names.ALLOWED);
          }
        });
    return new NamedSections(sections);
  }

  /** Reads every section; what cannot be read is left out, after a problem was added. */
  <T> Map<String, T> read(BiFunction<String, Section, Optional<T>> reader) {
    Map<String, T> result = new LinkedHashMap<>();
    sections.forEach(
        (name, section) -> reader.apply(name, section).ifPresent(read -> result.put(name, read)));
    return result;
  }

  /** All names of the file, also those of sections with problems. */
  Set<String> names() {
    return sections.keySet();
  }
}
