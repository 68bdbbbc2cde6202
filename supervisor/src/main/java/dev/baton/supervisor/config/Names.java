package dev.baton.supervisor.config;

import java.util.regex.Pattern;

/** The names that operators choose: of the instance, of listeners, files and pools. */
final class Names {

  static final int LONGEST = 32;
  static final String ALLOWED =
      "a name of 1 to 32 characters from a-z, 0-9 and -, not starting with -";

  private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9-]{0,31}");

  private Names() {}

  static boolean valid(String name) {
    return FORM.matcher(name).matches();
  }
}
