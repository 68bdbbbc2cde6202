package dev.baton.supervisor.config;

import java.util.List;

/**
 * The variables that differ from worker to worker: {@code ${pool}}, {@code ${slot}} and {@code
 * ${run}}. They may stand in {@code jvm.options}, the values of {@code environment} and {@code
 * workingDirectory} of a pool, and are expanded when a worker is started.
 */
public final class WorkerVariables {

  /** The names, in the order of a worker id. */
  static final List<String> NAMES = List.of("pool", "slot", "run");

  private WorkerVariables() {}

  /**
   * Replaces the variables of one worker. Every text of the three places must pass through here
   * exactly once, with or without variables, because <code>$$&#123;</code> still stands for a plain
   * <code>$&#123;</code> in them.
   *
   * @param text as the configuration record has it
   * @param pool the pool's name
   * @param slot the slot's number
   * @param run the number of the run
   * @return the text; any other {@code ${...}} is left as it is
   */
  public static String expand(String text, String pool, int slot, int run) {
    StringBuilder out = new StringBuilder(text.length());
    int from = 0;
    int dollar = text.indexOf('$');
    while (dollar >= 0) {
      out.append(text, from, dollar);
      String known;
      if (text.startsWith("$${", dollar)) {
        out.append("${");
        from = dollar + 3;
      } else if ((known = variableAt(text, dollar)) != null) {
        out.append(
            switch (known) {
              case "pool" -> pool;
              case "slot" -> String.valueOf(slot);
              default -> String.valueOf(run);
            });
        from = dollar + known.length() + 3;
      } else {
        out.append('$');
        from = dollar + 1;
      }
      dollar = text.indexOf('$', from);
    }
    return out.append(text, from, text.length()).toString();
  }

  /** Whether a text is not the same for all workers of a pool. */
  static boolean differBySlot(String text) {
    return !expand(text, "", 0, 0).equals(expand(text, "", 1, 1));
  }

  private static String variableAt(String text, int dollar) {
    for (String name : NAMES) {
      if (text.startsWith("${" + name + '}', dollar)) {
        return name;
      }
    }
    return null;
  }
}
