package dev.baton.supervisor.config;

import java.util.List;
import java.util.Map;

/**
 * A value of the file with the line it stands on. A mapping or list that is the value of a key has
 * the line of the key, because that is where its owner looks for what is missing in it.
 */
sealed interface LocatedNode {

  /** Counted from 1. */
  int line();

  /** What this is, as the {@code found} of a problem. */
  String words();

  /**
   * One plain value.
   *
   * @param text as written in the file, without quotes and escapes
   * @param value a String, Number, Boolean or null
   */
  record Scalar(int line, String text, Object value) implements LocatedNode {
    @Override
    public String words() {
      if (value == null) {
        return "nothing";
      }
      return value instanceof String ? Words.quote(text) : text;
    }
  }

  /** Keys in the order of the file. */
  record Mapping(int line, Map<String, Entry> entries) implements LocatedNode {
    @Override
    public String words() {
      return "a mapping";
    }
  }

  /** A list. */
  record Sequence(int line, List<LocatedNode> items) implements LocatedNode {
    @Override
    public String words() {
      return "a list";
    }
  }

  /** A value together with the line of its key. */
  record Entry(int keyLine, LocatedNode value) {}

  default boolean isEmptyList() {
    return this instanceof Sequence sequence && sequence.items().isEmpty();
  }

  /** Whether the key was written without a value: the same as leaving out a mapping or list. */
  default boolean isNull() {
    return this instanceof Scalar scalar && scalar.value() == null;
  }
}
