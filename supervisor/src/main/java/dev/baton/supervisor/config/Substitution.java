package dev.baton.supervisor.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Replaces {@code ${NAME}}, {@code ${NAME:-default}} and {@code ${baton.*}} in texts; <code>
 * $$&#123;</code> stands for a plain <code>$&#123;</code>. As in the shell, {@code :-} applies to
 * an unset and to an empty variable, and a default may hold variables itself.
 */
final class Substitution {

  /** Where a text is used. */
  enum Scope {
    /** Everything is replaced now. */
    NOW,
    /**
     * {@link WorkerVariables} stay for later, and so do escapes: what is plain <code>$&#123;</code>
     * now, also in the value of a variable, is <code>$$&#123;</code> in the result.
     */
    WORKER
  }

  /** A variable that cannot be replaced. */
  record Fault(String found, String allowed) {}

  private static final int MAX_NESTING = 8;
  private static final Pattern ENVIRONMENT_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final String FORMS =
      "${NAME} or ${NAME:-default} from the environment, ${baton.home}, ${baton.runtime}; $${ for a"
          + " plain ${";

  private final Map<String, String> environment;
  private final Map<String, String> own = new LinkedHashMap<>();

  Substitution(Map<String, String> environment) {
    this.environment = environment;
  }

  /** Makes a variable of ours known from now on. */
  void define(String name, String value) {
    own.put(name, value);
  }

  /** The text with its variables replaced; without a meaning if a fault was added. */
  String expand(String text, Scope scope, List<Fault> faults) {
    if (text.indexOf("${") < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length() + 64);
    new Expansion(text, scope).text(out, 0, faults);
    return out.toString();
  }

  static boolean environmentName(String name) {
    return ENVIRONMENT_NAME.matcher(name).matches();
  }

  /** One pass over one text. */
  private final class Expansion {
    private final String text;
    private final Scope scope;
    private int position;

    Expansion(String text, Scope scope) {
      this.text = text;
      this.scope = scope;
    }

    /** Up to the end, or inside a default up to its closing brace. */
    void text(StringBuilder out, int nesting, List<Fault> faults) {
      while (position < text.length()) {
        if (text.startsWith("$${", position)) {
          out.append(scope == Scope.WORKER ? "$${" : "${");
          position += 3;
        } else if (text.startsWith("${", position)) {
          variable(out, nesting, faults);
        } else if (nesting > 0 && text.charAt(position) == '}') {
          return;
        } else {
          out.append(text.charAt(position++));
        }
      }
    }

    private void variable(StringBuilder out, int nesting, List<Fault> faults) {
      int start = position;
      position += 2;
      while (position < text.length() && nameCharacter(text.charAt(position))) {
        position++;
      }
      String name = text.substring(start + 2, position);
      String fallback = null;
      List<Fault> fallbackFaults = new ArrayList<>();
      if (text.startsWith(":-", position) && nesting < MAX_NESTING) {
        position += 2;
        StringBuilder inner = new StringBuilder();
        text(inner, nesting + 1, fallbackFaults);
        fallback = inner.toString();
      }
      if (position >= text.length() || text.charAt(position) != '}') {
        faults.add(new Fault(Words.quote(text.substring(start)), FORMS));
        position = text.length();
        return;
      }
      position++;
      String written = text.substring(start, position);
      if (fallback == null) {
        resolve(name, written, out, faults);
      } else if (!environmentName(name) || WorkerVariables.NAMES.contains(name)) {
        faults.add(new Fault(Words.quote(written), FORMS));
      } else if (environment.getOrDefault(name, "").isEmpty()) {
        out.append(fallback);
        faults.addAll(fallbackFaults);
      } else {
        out.append(plain(environment.get(name)));
      }
    }

    private void resolve(String name, String written, StringBuilder out, List<Fault> faults) {
      if (WorkerVariables.NAMES.contains(name)) {
        if (scope == Scope.WORKER) {
          out.append(written);
        } else {
          faults.add(
              new Fault(
                  Words.quote(written),
                  written + " only in jvm.options, environment and workingDirectory of a pool"));
        }
      } else if (own.containsKey(name)) {
        out.append(plain(own.get(name)));
      } else if (name.equals("baton.runtime")) {
        faults.add(new Fault(Words.quote(written), written + " not in name and runtimeDir"));
      } else if (!environmentName(name)) {
        faults.add(new Fault(Words.quote(written), FORMS));
      } else if (environment.containsKey(name)) {
        out.append(plain(environment.get(name)));
      } else {
        faults.add(unset(name, written));
      }
    }

    private Fault unset(String name, String written) {
      String hint = Nearest.hint(name, new TreeSet<>(environment.keySet()));
      String found = Words.quote(written) + ", which is not set in the environment" + hint;
      return new Fault(found, "a variable that is set, or ${" + name + ":-default}");
    }

    /** A value from outside must not bring in variables by the back door. */
    private String plain(String value) {
      return scope == Scope.WORKER ? value.replace("${", "$${") : value;
    }
  }

  private static boolean nameCharacter(char c) {
    return c == '_'
        || c == '.'
        || (c >= '0' && c <= '9')
        || (c >= 'A' && c <= 'Z')
        || (c >= 'a' && c <= 'z');
  }
}
