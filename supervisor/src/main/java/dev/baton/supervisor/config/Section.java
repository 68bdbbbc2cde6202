package dev.baton.supervisor.config;

import dev.baton.supervisor.config.KeyUse.Form;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * One mapping of the file while it is read. Every getter returns a usable value even when it adds a
 * problem, so that one reading finds them all. Which keys are known follows from which were asked
 * for: {@link #finish} refuses the rest.
 */
final class Section {

  private final Reading reading;
  private final LocatedNode.Mapping node;
  private final String path;
  private final String place;
  private final boolean wrongShape;
  private final TreeSet<String> asked = new TreeSet<>();

  /** The whole file. */
  Section(Reading reading, LocatedNode.Mapping node) {
    this(reading, node, "", "", false);
  }

  /**
   * If a section was no mapping, that is the problem, and not every key that it lacks.
   *
   * @param place as in {@link KeyUse#section}
   */
  private Section(
      Reading reading, LocatedNode.Mapping node, String path, String place, boolean wrongShape) {
    this.reading = reading;
    this.node = node;
    this.path = path;
    this.place = place;
    this.wrongShape = wrongShape;
  }

  String path(String key) {
    return Words.path(path, key);
  }

  /** Where this section stands. */
  String path() {
    return path;
  }

  int line() {
    return node.line();
  }

  /** The line of a key that is there, else that of the section. */
  int line(String key) {
    LocatedNode.Entry entry = node.entries().get(key);
    return entry == null ? node.line() : entry.keyLine();
  }

  boolean has(String key) {
    return asks(key, Form.ANY, "");
  }

  private boolean asks(String key, Form form, String allowed) {
    return asks(key, form, allowed, List.of());
  }

  private boolean asks(
      String key, Form form, String allowed, List<String> choices, double... range) {
    asked.add(key);
    reading.recorder().asked(new KeyUse(place, key, form, allowed, choices, range));
    return node.entries().containsKey(key);
  }

  /** The node of a key as it was read. */
  Optional<LocatedNode> raw(String key) {
    return has(key) ? Optional.of(node.entries().get(key).value()) : Optional.empty();
  }

  /** Adds the problem that a key which must be there is not. */
  void missing(String key, String allowed) {
    if (!wrongShape) {
      reading.problems().add(line(), path(key), "nothing", allowed);
    }
  }

  /** The value of a key that may be absent; {@code allowed} says what it should be. */
  Optional<Value> value(String key, Substitution.Scope scope, String allowed) {
    asks(key, Form.SCALAR, allowed);
    return raw(key).flatMap(found -> reading.value(found, path(key), scope, allowed));
  }

  /** The value of a key that must be there. */
  Optional<Value> required(String key, String allowed) {
    if (!asks(key, Form.REQUIRED, allowed)) {
      missing(key, allowed);
    }
    return value(key, Substitution.Scope.NOW, allowed);
  }

  /** A value made by {@code parse}, which gives empty for what is not {@code allowed}. */
  <T> Optional<T> parsed(String key, String allowed, Function<String, Optional<T>> parse) {
    Optional<Value> value = value(key, Substitution.Scope.NOW, allowed);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    Optional<T> result = parse.apply(value.get().text());
    if (result.isEmpty()) {
      reading.refuse(value.get(), allowed);
    }
    return result;
  }

  int integer(String key, int min, int max, int otherwise) {
    String allowed = "a whole number from " + min + " to " + max;
    asks(key, Form.INTEGER, allowed, List.of(), min, max);
    return parsed(key, allowed, text -> Numbers.integer(text, min, max)).orElse(otherwise);
  }

  double decimal(String key, double min, double max, double otherwise) {
    String allowed = "a number from " + Numbers.show(min) + " to " + Numbers.show(max);
    asks(key, Form.DECIMAL, allowed, List.of(), min, max);
    return parsed(key, allowed, text -> Numbers.decimal(text, min, max)).orElse(otherwise);
  }

  boolean flag(String key, boolean otherwise) {
    return choice(key, Map.of("true", true, "false", false), "true or false").orElse(otherwise);
  }

  int permissions(String key, int otherwise) {
    String allowed = "octal permissions with a leading zero, from 0000 to 0777, such as 0640";
    asks(key, Form.PERMISSIONS, allowed);
    return parsed(key, allowed, Numbers::permissions).orElse(otherwise);
  }

  <T> Optional<T> choice(String key, Map<String, T> choices, String allowed) {
    asks(key, Form.CHOICE, allowed, choices.keySet().stream().sorted().toList());
    return parsed(key, allowed, text -> Optional.ofNullable(choices.get(text)));
  }

  /** One of the constants of a type. */
  <E extends Enum<E>> Optional<E> constant(String key, Class<E> type) {
    Map<String, E> choices = Words.constants(type);
    return choice(key, choices, "one of " + String.join(", ", choices.keySet()));
  }

  Optional<Duration> duration(String key, Duration min, Duration max) {
    String allowed =
        "a duration such as 500ms, 5s, 2m, 1h, from "
            + Durations.format(min)
            + " to "
            + Durations.format(max);
    asks(key, Form.DURATION, allowed);
    return parsed(
        key,
        allowed,
        text -> Durations.parse(text).filter(d -> d.compareTo(min) >= 0 && d.compareTo(max) <= 0));
  }

  /** The section of a key; without the key, or with nothing after it, an empty one. */
  Section section(String key) {
    asks(key, Form.SECTION, "");
    String childPlace = Words.path(place, key);
    return raw(key)
        .map(found -> child(found, path(key), childPlace))
        .orElseGet(() -> empty(line(), path(key), childPlace, false));
  }

  /** The sections of a key whose keys are chosen by the operator, in the order of the file. */
  Map<String, Section> children(String key) {
    Section parent = section(key);
    Map<String, Section> children = new LinkedHashMap<>();
    parent
        .node
        .entries()
        .forEach(
            (name, entry) ->
                children.put(name, child(entry.value(), parent.path(name), parent.place + ".*")));
    parent.asks("*", Form.SECTION, "");
    return children;
  }

  /** The keys of this section, which are then all known. */
  List<String> keys() {
    asks("*", Form.SCALAR, "");
    asked.addAll(node.entries().keySet());
    return List.copyOf(node.entries().keySet());
  }

  /**
   * The items of a list, each of which should be what {@code allowed} says; without the key, or
   * with nothing after it, none.
   */
  List<Value> values(String key, Substitution.Scope scope, String allowed) {
    asks(key, Form.LIST, allowed);
    Optional<LocatedNode> found = raw(key).filter(there -> !there.isNull());
    List<Value> values = new ArrayList<>();
    if (found.isPresent() && found.get() instanceof LocatedNode.Sequence sequence) {
      for (int i = 0; i < sequence.items().size(); i++) {
        String itemPath = path(key) + '[' + i + ']';
        reading.value(sequence.items().get(i), itemPath, scope, allowed).ifPresent(values::add);
      }
    } else if (found.isPresent()) {
      LocatedNode wrong = found.get();
      reading.problems().add(wrong.line(), path(key), wrong.words(), "a list");
    }
    return values;
  }

  /** One text, or a list of them, each of which should be what {@code allowed} says. */
  List<Value> texts(String key, String allowed) {
    asks(key, Form.SCALAR, allowed);
    boolean one = raw(key).filter(found -> found instanceof LocatedNode.Scalar).isPresent();
    return one
        ? value(key, Substitution.Scope.NOW, allowed).stream().toList()
        : values(key, Substitution.Scope.NOW, allowed);
  }

  /** The sections of a list of mappings; without the key, or with nothing after it, none. */
  List<Section> sections(String key) {
    asks(key, Form.SECTIONS, "");
    Optional<LocatedNode> found = raw(key).filter(there -> !there.isNull());
    List<Section> sections = new ArrayList<>();
    if (found.isPresent() && found.get() instanceof LocatedNode.Sequence sequence) {
      for (LocatedNode item : sequence.items()) {
        String at = path(key) + '[' + sections.size() + ']';
        sections.add(child(item, at, Words.path(place, key) + ".[]"));
      }
    } else if (found.isPresent()) {
      LocatedNode wrong = found.get();
      reading.problems().add(wrong.line(), path(key), wrong.words(), "a list of mappings");
    }
    return sections;
  }

  /** Adds a problem for every key that nobody asked for. */
  void finish() {
    node.entries()
        .forEach(
            (key, entry) -> {
              if (!asked.contains(key)) {
                String found = "an unknown key" + Nearest.hint(key, asked);
                String allowed = Words.oneOf(asked, "no keys");
                reading.problems().add(entry.keyLine(), path(key), found, allowed);
              }
            });
  }

  private Section child(LocatedNode found, String childPath, String childPlace) {
    if (found instanceof LocatedNode.Mapping mapping) {
      return new Section(reading, mapping, childPath, childPlace, false);
    }
    if (!found.isNull()) {
      reading.problems().add(found.line(), childPath, found.words(), "a mapping");
    }
    return empty(found.line(), childPath, childPlace, !found.isNull());
  }

  private Section empty(int line, String childPath, String childPlace, boolean afterProblem) {
    LocatedNode.Mapping nothing = new LocatedNode.Mapping(line, Map.of());
    return new Section(reading, nothing, childPath, childPlace, afterProblem);
  }
}
