package dev.baton.supervisor;

import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Keeps what is complained of, beside writing it: the program before wants to know why. */
final class LastWords extends FilterOutputStream {
  private static final int MOST = 4096;

  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

  LastWords(PrintStream to) {
    super(to);
  }

  /** Writes at once. */
  PrintStream stream() {
    return new PrintStream(this, true, StandardCharsets.UTF_8);
  }

  @Override
  public synchronized void write(int b) throws IOException {
    out.write(b);
    if (kept.size() < MOST) {
      kept.write(b);
    }
  }

  @Override
  public synchronized void write(byte[] bytes, int from, int length) throws IOException {
    out.write(bytes, from, length);
    kept.write(bytes, from, Math.min(length, Math.max(0, MOST - kept.size())));
  }

  /** All of it in one line. */
  synchronized String last() {
    return String.join("; ", kept.toString(StandardCharsets.UTF_8).lines().toList());
  }
}
