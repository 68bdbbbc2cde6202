package dev.baton.e2e.kit;

import java.io.IOException;

/** Sends signals that {@link Process} does not know of, with kill(1). */
public final class Signal {
  private Signal() {}

  /** Sends a signal, such as INT; an {@link AssertionError} if that fails. */
  public static void send(String name, long pid) throws IOException, InterruptedException {
    if (pid <= 1) {
      throw new IllegalArgumentException("no process of a test: " + pid);
    }
    int exit = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
    if (exit != 0) {
      throw new AssertionError("kill -" + name + " " + pid + " ended with " + exit);
    }
  }
}
