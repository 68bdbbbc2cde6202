package dev.baton.supervisor.admin;

import dev.baton.supervisor.config.Durations;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The JSON object in a request; an empty body is an empty object. Unknown keys are refused: a
 * misspelled key must not silently mean the default.
 */
record RequestBody(Map<String, Object> members) {

  static final int LARGEST = 64 << 10;
  static final int MOST_WORKERS = 1000;
  private static final Duration LONGEST = Duration.ofDays(1);

  static RequestBody parse(String text, List<String> keys) {
    Map<String, Object> members;
    try {
      members = text.isBlank() ? Map.of() : JsonTree.object(text);
    } catch (IOException e) {
      throw ApiException.badRequest("the body is " + e.getMessage());
    }
    for (String key : members.keySet()) {
      if (!keys.contains(key)) {
        throw ApiException.badRequest(
            "unknown key \"" + key + "\", allowed: " + String.join(", ", keys));
      }
    }
    return new RequestBody(members);
  }

  /** A whole number from 0 to 1000, if it is there. */
  OptionalInt count(String key) {
    if (!members.containsKey(key)) {
      return OptionalInt.empty();
    }
    if (members.get(key) instanceof Long number && number >= 0 && number <= MOST_WORKERS) {
      return OptionalInt.of(number.intValue());
    }
    throw ApiException.badRequest(
        key + " is " + shown(key) + ", allowed: a whole number from 0 to " + MOST_WORKERS);
  }

  boolean has(String key) {
    return members.containsKey(key);
  }

  /** A whole number, or a text such as "50%" of a whole, rounded up; if it is there. */
  OptionalInt part(String key, int whole) {
    if (members.get(key) instanceof String text && text.matches("[0-9]{1,4}%")) {
      int percent = Integer.parseInt(text.substring(0, text.length() - 1));
      return OptionalInt.of((whole * percent + 99) / 100);
    }
    return count(key);
  }

  /** A text such as "30s"; the other one if it is not there. */
  Duration duration(String key, Duration other) {
    if (!members.containsKey(key)) {
      return other;
    }
    return Durations.parse(String.valueOf(members.get(key)))
        .filter(d -> d.compareTo(LONGEST) <= 0)
        .orElseThrow(
            () ->
                ApiException.badRequest(
                    key + " is " + shown(key) + ", allowed: a duration such as 30s, up to 1d"));
  }

  /** A text that is not empty, if it is there. */
  Optional<String> text(String key) {
    if (!members.containsKey(key)) {
      return Optional.empty();
    }
    if (members.get(key) instanceof String text && !text.isEmpty()) {
      return Optional.of(text);
    }
    throw ApiException.badRequest(key + " is " + shown(key) + ", allowed: a text");
  }

  /** The new target that {@code workers} means: a number, or a text such as "+1" or "-1". */
  int target(int before) {
    Object value = members.get("workers");
    if (value instanceof String text && text.matches("[+-][0-9]{1,6}")) {
      int after = before + Integer.parseInt(text);
      if (after < 0 || after > MOST_WORKERS) {
        throw ApiException.badRequest(
            before + text + " is " + after + ", allowed: 0 to " + MOST_WORKERS + " workers");
      }
      return after;
    }
    if (value instanceof Long) {
      return count("workers").getAsInt();
    }
    throw ApiException.badRequest(
        "workers is "
            + shown("workers")
            + ", allowed: a whole number from 0 to "
            + MOST_WORKERS
            + ", or a text such as \"+1\" or \"-1\"");
  }

  /** A flag; false if it is not there. */
  boolean flag(String key) {
    Object value = members.getOrDefault(key, false);
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw ApiException.badRequest(key + " is " + shown(key) + ", allowed: true or false");
  }

  private String shown(String key) {
    if (!members.containsKey(key)) {
      return "missing";
    }
    String text = String.valueOf(members.get(key));
    String cut = text.length() > 80 ? text.substring(0, 80) + "…" : text;
    return members.get(key) instanceof String ? '"' + cut + '"' : cut;
  }
}
