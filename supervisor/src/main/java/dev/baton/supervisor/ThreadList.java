package dev.baton.supervisor;

import java.io.PrintStream;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;

/** What every thread of this process does: the answer to SIGQUIT, as other JVMs give it. */
final class ThreadList {
  private ThreadList() {}

  /** Writes all of them. */
  static void print(PrintStream out) {
    StringBuilder text = new StringBuilder("Threads at ").append(Instant.now()).append('\n');
    Thread.getAllStackTraces().entrySet().stream()
        .sorted(Comparator.comparing(e -> e.getKey().getName()))
        .forEach(e -> append(text, e));
    out.print(text);
    out.flush();
  }

  private static void append(StringBuilder text, Map.Entry<Thread, StackTraceElement[]> one) {
    Thread thread = one.getKey();
    text.append('\n').append('"').append(thread.getName()).append("\" ").append(thread.getState());
    for (StackTraceElement frame : one.getValue()) {
      text.append("\n    at ").append(frame);
    }
    text.append('\n');
  }
}
