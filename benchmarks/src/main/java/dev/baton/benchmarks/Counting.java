package dev.baton.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs programs that count something, and end with a line {@code counted N...}. */
final class Counting {
  private static final Pattern LINE = Pattern.compile("^counted((?: \\d+)+)$", Pattern.MULTILINE);

  private Counting() {}

  /**
   * What a program of ours in a JVM of its own counts.
   *
   * @param java the JDK's folder
   * @param flags of the JVM
   */
  static long[] java(Settings settings, List<String> flags, Class<?> program, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(settings.installation().javaHome().resolve("bin/java").toString());
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    command.addAll(Arrays.asList(arguments));
    return of(command);
  }

  /**
   * What a program counts.
   *
   * @throws IOException with what it says when it fails
   */
  static long[] of(List<String> command) throws IOException, InterruptedException {
    return parse(output(command));
  }

  /** Counted things a second, where a program says how many and in how many nanoseconds. */
  static double perSecond(long[] counted) {
    return counted[0] * 1e9 / counted[1];
  }

  static long[] parse(String output) throws IOException {
    Matcher line = LINE.matcher(output);
    if (!line.find()) {
      throw new IOException("nothing was counted: " + output.strip());
    }
    return Arrays.stream(line.group(1).trim().split(" ")).mapToLong(Long::parseLong).toArray();
  }

  /**
   * Runs a program to its end.
   *
   * @throws IOException with what it says when it fails
   */
  static String output(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int exit = process.waitFor();
      if (exit != 0) {
        throw new IOException(command.get(0) + " ended with exit code " + exit + ": " + output);
      }
      return output;
    } finally {
      process.destroyForcibly();
    }
  }
}
