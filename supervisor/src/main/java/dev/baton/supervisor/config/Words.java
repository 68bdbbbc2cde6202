package dev.baton.supervisor.config;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** How values and keys appear in problems: quoted, on one line, of bounded length. */
final class Words {

  private static final int LONGEST = 80;
  private static final int MOST = 64;
  private static final Pattern PLAIN_KEY = Pattern.compile("[A-Za-z0-9_-]{1,80}");

  private Words() {}

  /** The text in quotes; control characters are escaped and a long text is cut. */
  static String quote(String text) {
    return '"' + clean(text, LONGEST) + '"';
  }

  /** A constant as the file writes it: {@code READ_WRITE} as {@code read-write}. */
  static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The constants of a type by what the file writes, in their order. */
  static <E extends Enum<E>> Map<String, E> constants(Class<E> type) {
    Map<String, E> byWord = new LinkedHashMap<>();
    for (E constant : type.getEnumConstants()) {
      byWord.put(of(constant), constant);
    }
    return byWord;
  }

  /** A parser's message made fit for one line. */
  static String oneLine(String message) {
    return clean(message.replaceAll("\\s+", " ").strip(), 200);
  }

  /** The path of a key below {@code parent}; an unusual key is quoted. */
  static String path(String parent, String key) {
    String shown = PLAIN_KEY.matcher(key).matches() ? key : quote(key);
    return parent.isEmpty() ? shown : parent + '.' + shown;
  }

  /** "one of a, b, c", or why there is nothing to choose from. */
  static String oneOf(Collection<String> names, String whenNone) {
    if (names.isEmpty()) {
      return whenNone;
    }
    // A name with problems of its own is quoted like any other key.
    String shown =
        names.stream().limit(MOST).map(name -> path("", name)).collect(Collectors.joining(", "));
    return "one of " + shown + (names.size() > MOST ? ", …" : "");
  }

  private static String clean(String text, int longest) {
    StringBuilder shown = new StringBuilder();
    int end = Math.min(text.length(), longest);
    if (end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\n' -> shown.append("\\n");
        case '\t' -> shown.append("\\t");
        case '\r' -> shown.append("\\r");
        default -> {
          boolean separator = c == '\u2028' || c == '\u2029';
          if (Character.isISOControl(c) || separator) {
            shown.append(String.format("\\u%04x", (int) c));
          } else {
            shown.append(c);
          }
        }
      }
    }
    return end < text.length() ? shown.append('…').toString() : shown.toString();
  }
}
