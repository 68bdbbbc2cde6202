package dev.baton.supervisor.config;

import java.util.Optional;
import java.util.regex.Pattern;

/** Numbers as the file writes them; stricter than YAML, which also knows 0x1f, 1_000 and .inf. */
final class Numbers {

  private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,9}");
  private static final Pattern DECIMAL = Pattern.compile("-?[0-9]{1,9}(\\.[0-9]{1,9})?");
  private static final Pattern PERMISSIONS = Pattern.compile("0[0-7]{3}");

  private Numbers() {}

  static Optional<Integer> integer(String text, int min, int max) {
    return Optional.of(text)
        .filter(t -> WHOLE.matcher(t).matches())
        .map(Integer::valueOf)
        .filter(n -> n >= min && n <= max);
  }

  static Optional<Double> decimal(String text, double min, double max) {
    return Optional.of(text)
        .filter(t -> DECIMAL.matcher(t).matches())
        .map(Double::valueOf)
        .filter(n -> n >= min && n <= max);
  }

  /** The leading zero is required: 640 could as well be meant as a decimal number. */
  static Optional<Integer> permissions(String text) {
    return Optional.of(text)
        .filter(t -> PERMISSIONS.matcher(t).matches())
        .map(t -> Integer.valueOf(t, 8));
  }

  static String show(double number) {
    return number == Math.rint(number) ? String.valueOf((long) number) : String.valueOf(number);
  }
}
