package dev.baton.supervisor.config;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as the file and the JVM write them: bytes, or a number with k, m or g (powers of 1024). */
final class Sizes {

  /** Nine digits of gibibytes still fit in a long. */
  private static final Pattern FORM = Pattern.compile("([0-9]{1,9})([kKmMgG])|([0-9]{1,18})");

  private Sizes() {}

  /** The size in bytes, or empty if the text is not a size. */
  static OptionalLong parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return OptionalLong.empty();
    }
    if (matcher.group(3) != null) {
      return OptionalLong.of(Long.parseLong(matcher.group(3)));
    }
    int shift =
        switch (matcher.group(2)) {
          case "k", "K" -> 10;
          case "m", "M" -> 20;
          default -> 30;
        };
    return OptionalLong.of(Long.parseLong(matcher.group(1)) << shift);
  }
}
