package dev.baton.supervisor.config;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.PatternSyntaxException;

/**
 * Brings together what a file and those that it includes say. They have the same keys; what has
 * names is added up, and everything else may be in one of them only. Included files include no
 * others. Relative paths are relative to the folder of the file that is loaded, wherever they
 * stand.
 */
final class Includes {
  static final String KEY = "include";

  private static final Set<String> ADDED_UP = Set.of("listeners", "files", "pools");
  private static final String ALLOWED =
      "a path, or a list of paths, whose last part may have * in it, such as conf.d/*.yaml";

  private final Reading reading;

  Includes(Reading reading) {
    this.reading = reading;
  }

  /** The whole configuration; without what could not be read, of which there is a problem then. */
  LocatedNode.Mapping into(LocatedNode.Mapping root) {
    List<LocatedNode.Mapping> all = new ArrayList<>(List.of(root));
    for (Value value : new Section(reading, root).texts(KEY, ALLOWED)) {
      for (Path file : files(value)) {
        if (all.size() == Problems.MOST_FILES) {
          reading.refuse(value, "at most " + Problems.MOST_FILES + " files");
          break;
        }
        read(file).ifPresent(all::add);
      }
    }
    return all.size() == 1 ? root : merged(all);
  }

  /** A name without {@code *} must be there; a pattern may fit none. */
  private List<Path> files(Value value) {
    Optional<Path> path = reading.path(value);
    if (path.isEmpty() || path.get().getFileName() == null) {
      return List.of();
    }
    String name = path.get().getFileName().toString();
    if (!name.contains("*")) {
      return List.of(path.get());
    }
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(path.get().getParent(), name)) {
      for (Path file : all) {
        if (!file.getFileName().toString().startsWith(".")) { // as in shells
          found.add(file);
        }
      }
    } catch (NoSuchFileException e) {
      return List.of(); // a folder that nobody has needed yet
    } catch (IOException | PatternSyntaxException e) {
      reading.refuse(value, "a pattern in a folder that can be read");
    }
    found.sort(null);
    return found;
  }

  private Optional<LocatedNode.Mapping> read(Path file) {
    Problems problems = reading.problems().included(file);
    boolean json = file.toString().endsWith(".json");
    Optional<LocatedNode.Mapping> read =
        FileText.read(file, problems).flatMap(text -> TreeReader.read(text, json, problems));
    read.map(mapping -> mapping.entries().get(KEY))
        .ifPresent(
            entry -> problems.add(entry.keyLine(), KEY, "it in an included file", "none there"));
    return read;
  }

  private LocatedNode.Mapping merged(List<LocatedNode.Mapping> all) {
    Map<String, LocatedNode.Entry> entries = new LinkedHashMap<>();
    for (LocatedNode.Mapping one : all) {
      one.entries()
          .forEach(
              (key, entry) -> {
                LocatedNode.Entry before = entries.get(key);
                if (before == null || before.value().isNull()) {
                  entries.put(key, entry);
                } else if (ADDED_UP.contains(key)) {
                  entries.put(key, added(key, before, entry));
                } else if (!key.equals(KEY)) {
                  refuse(key, entry.keyLine(), before.keyLine());
                }
              });
    }
    return new LocatedNode.Mapping(all.get(0).line(), entries);
  }

  private LocatedNode.Entry added(String key, LocatedNode.Entry before, LocatedNode.Entry entry) {
    if (entry.value().isNull()) {
      return before;
    }
    if (!(before.value() instanceof LocatedNode.Mapping first)
        || !(entry.value() instanceof LocatedNode.Mapping more)) {
      LocatedNode wrong =
          before.value() instanceof LocatedNode.Mapping ? entry.value() : before.value();
      reading.problems().add(wrong.line(), key, wrong.words(), "a mapping");
      return before;
    }
    Map<String, LocatedNode.Entry> names = new LinkedHashMap<>(first.entries());
    more.entries()
        .forEach(
            (name, value) -> {
              LocatedNode.Entry same = names.putIfAbsent(name, value);
              if (same != null) {
                refuse(Words.path(key, name), value.keyLine(), same.keyLine());
              }
            });
    return new LocatedNode.Entry(before.keyLine(), new LocatedNode.Mapping(first.line(), names));
  }

  private void refuse(String key, int place, int first) {
    String found = "it again (first in " + reading.problems().words(first, place) + ")";
    reading.problems().add(place, key, found, "each in one file only");
  }
}
