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

  static <T> List<T> list(List<T> values, String field) {
    for (T value : require(values, field)) {
      require(value, field + "[]");
    }
    return List.copyOf(values);
  }
}
