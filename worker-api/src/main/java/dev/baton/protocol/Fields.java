package dev.baton.protocol;

import java.util.List;

/** Checks that the records share. */
final class Fields {
  private Fields() {}

  static <T> T require(T value, String field) {
    if (value == null) {
      throw new IllegalArgumentException("field " + field + " is missing");
    }
    return value;
  }

  static int positive(int value, String field) {
    if (value <= 0) {
      throw new IllegalArgumentException("field " + field + " must be above 0");
    }
    return value;
  }

  static long notNegative(long value, String field) {
    if (value < 0) {
      throw new IllegalArgumentException("field " + field + " must not be below 0");
    }
    return value;
  }

  /** A number that may be absent. */
  static long or0(Long value) {
    return value == null ? 0 : value;
  }

  static <T> List<T> list(List<T> values, String field) {
    for (T value : require(values, field)) {
      require(value, field + "[]");
    }
    return List.copyOf(values);
  }

  /** Connections of one message, at most {@link Limits#CONNECTIONS}. */
  static Numbers connections(Numbers values) {
    int count = require(values, "connections").size();
    if (count > Limits.CONNECTIONS) {
      throw new IllegalArgumentException(
          count + " connections in one message, more than " + Limits.CONNECTIONS);
    }
    return values;
  }

  /** As a list without nulls. */
  static Numbers numbers(List<Long> values, String field) {
    for (Long value : require(values, field)) {
      require(value, field + "[]");
    }
    return Numbers.of(values);
  }
}
