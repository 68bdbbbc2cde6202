package dev.baton.worker;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** What was thrown, in one line for the operator. */
final class Failures {
  private static final int MOST_CAUSES = 5;
  private static final String OURS = Worker.class.getPackageName();

  private Failures() {}

  /** {@code Class: message}, with the causes, and a hint where the class path is to blame. */
  static String text(Throwable thrown) {
    StringBuilder text = new StringBuilder(thrown.toString());
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    seen.add(thrown);
    Throwable cause = thrown.getCause();
    while (cause != null && seen.add(cause) && seen.size() <= MOST_CAUSES + 1) {
      String own = cause.toString();
      if (text.indexOf(own) < 0) {
        text.append(", caused by ").append(own);
      }
      cause = cause.getCause();
    }
    for (Throwable t : seen) {
      String hint = hint(t);
      if (hint != null) {
        return text.append(" (").append(hint).append(')').toString();
      }
    }
    return text.toString();
  }

  private static String hint(Throwable thrown) {
    if (!(thrown instanceof LinkageError)) {
      return null;
    }
    String message = String.valueOf(thrown.getMessage());
    if (message.contains(OURS) || message.contains(OURS.replace('.', '/'))) {
      return "the plugin was built for another version of worker-api; this is " + Sdk.version();
    }
    if (thrown instanceof UnsupportedClassVersionError) {
      return "it was compiled for a newer Java; this JVM is " + Runtime.version().feature();
    }
    Throwable cause = thrown.getCause();
    if (thrown instanceof NoClassDefFoundError
        && (cause == null || cause instanceof ClassNotFoundException)) {
      return "that class is not on the class path";
    }
    return null;
  }
}
