package dev.baton.supervisor.admin;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The JSON object in a request; an empty body is an empty object. Unknown keys are refused: a
 * misspelled key must not silently mean the default.
 */
record RequestBody(Map<String, Object> members) {

  static final int LARGEST = 64 << 10;
  static final int MOST_WORKERS = 1000;

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
