package dev.baton.supervisor.cli;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The whole terminal, for as long as a command needs it: the alternate screen of xterm(1), which
 * every terminal of today has, without a cursor. Whatever ends the command, Ctrl-C too, the
 * terminal is as it was before.
 */
final class Screen implements AutoCloseable {
  private static final int FALLBACK_ROWS = 24;
  private static final String OPEN = "\u001b[?1049h\u001b[?25l";
  private static final String CLOSE = "\u001b[?25h\u001b[?1049l";

  private final PrintStream out;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Thread hook = new Thread(this::restore, "baton-restore-terminal");

  Screen(PrintStream out) {
    this.out = out;
    Runtime.getRuntime().addShutdownHook(hook);
    out.print(OPEN);
    out.flush();
  }

  /** Whether standard output is a terminal, whatever standard input is. */
  static boolean terminal() {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
      return target.matches("/dev/(pts/[0-9]+|tty.*|console)");
    } catch (IOException e) {
      return false;
    }
  }

  /** Shows lines from the top; those for which there is no room are left out. */
  void show(List<String> lines) {
    int rows = rows();
    StringBuilder frame = new StringBuilder("\u001b[H");
    for (int i = 0; i < Math.min(lines.size(), rows); i++) {
      frame.append(i == 0 ? "" : "\r\n").append(lines.get(i)).append("\u001b[K");
    }
    synchronized (this) {
      if (!closed.get()) {
        out.print(frame.append("\u001b[J"));
        out.flush();
      }
    }
  }

  /** Asked anew for each frame, since windows change; stty(1) reads it from its input. */
  private static int rows() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String answer = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      stty.waitFor(1, TimeUnit.SECONDS);
      int rows = Integer.parseInt(answer.strip().split(" ")[0]);
      return rows > 0 ? rows : FALLBACK_ROWS;
    } catch (IOException | NumberFormatException e) {
      return FALLBACK_ROWS;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return FALLBACK_ROWS;
    }
  }

  private synchronized void restore() {
    if (!closed.getAndSet(true)) {
      out.print(CLOSE);
      out.flush();
    }
  }

  @Override
  public void close() {
    restore();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending already, and the hook has run.
    }
  }
}
