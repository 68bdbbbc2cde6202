package dev.baton.e2e.kit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs {@code bin/baton} as an operator does. */
public final class Launcher {
  private static final Duration LONGEST = Duration.ofSeconds(120);

  private final Installation installation;

  /** Runs the launcher of this installation, with its JDK. */
  public Launcher(Installation installation) {
    this.installation = installation;
  }

  /** A process to be started with these arguments and without input. */
  public ProcessBuilder command(List<String> args) {
    return command(installation.launcher(), args);
  }

  /** The same by another launcher, such as that of a checkout. */
  public ProcessBuilder command(Path launcher, List<String> args) {
    // A JVM leaves an ignored INT ignored, and a build that runs in the background inherits it so.
    var line = new ArrayList<>(List.of("env", "--default-signal=INT"));
    line.add(launcher.toString());
    line.addAll(args);
    var builder = new ProcessBuilder(line);
    builder.environment().put("JAVA_HOME", installation.javaHome().toString());
    // Tools that picked up options from here would say so on stderr, in the middle of what is
    // tested.
    builder.environment().remove("JDK_JAVA_OPTIONS");
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.redirectInput(Path.of("/dev/null").toFile());
    return builder;
  }

  /**
   * Runs a command to its end, in 120 seconds at most; after that it is killed, and that is an
   * {@link AssertionError} with what it wrote.
   *
   * @throws IOException if it cannot be started
   */
  public CliResult run(String... args) throws IOException, InterruptedException {
    var arguments = List.of(args);
    var out = Files.createTempFile("baton-cli-", ".out");
    var err = Files.createTempFile("baton-cli-", ".err");
    try {
      var builder = command(arguments);
      // Files, not pipes: a command that writes much and a test that waits cannot block each other.
      var process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
      boolean ended;
      try {
        ended = process.waitFor(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
      } finally {
        process.destroyForcibly();
      }
      int exit = process.waitFor();
      var result = new CliResult(builder.command(), exit, text(out), text(err));
      if (!ended) {
        throw new AssertionError("did not end within " + LONGEST + ": " + result);
      }
      return result;
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }
}
