package dev.baton.worker;

import java.util.Arrays;
import java.util.Map;

/** What threads are doing. */
final class Stacks {
  private Stacks() {}

  /** Whether a thread with a name that begins like this is inside a method of that name. */
  static boolean of(String thread, String method) {
    for (Map.Entry<Thread, StackTraceElement[]> e : Thread.getAllStackTraces().entrySet()) {
      if (e.getKey().getName().startsWith(thread)
          && Arrays.stream(e.getValue()).anyMatch(f -> f.getMethodName().equals(method))) {
        return true;
      }
    }
    return false;
  }
}
