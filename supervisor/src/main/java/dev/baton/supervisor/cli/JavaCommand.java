package dev.baton.supervisor.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether a {@code java} command can run workers. */
final class JavaCommand {

  private static final int OLDEST = 17;
  private static final int ANSWER_SECONDS = 20;
  private static final int LONGEST_ANSWER = 64 << 10;
  private static final Pattern RELEASE =
      Pattern.compile("^JAVA_VERSION=\"([^\"]+)\"", Pattern.MULTILINE);
  private static final Pattern ANSWER = Pattern.compile("version \"([^\"]+)\"");
  private static final Pattern FEATURE = Pattern.compile("(?:1\\.)?([0-9]{1,4})");

  private JavaCommand() {}

  /** What is wrong with it, if anything. */
  static Optional<String> problem(Path java) {
    if (!Files.exists(java)) {
      return Optional.of(java + " does not exist");
    }
    if (!Files.isRegularFile(java) || !Files.isExecutable(java)) {
      return Optional.of(java + " cannot be executed");
    }
    try {
      String version = version(java);
      Matcher feature = FEATURE.matcher(version);
      if (!feature.lookingAt()) {
        return Optional.of(java + " does not tell its version");
      }
      return Integer.parseInt(feature.group(1)) >= OLDEST
          ? Optional.empty()
          : Optional.of(java + " is Java " + version + ", older than " + OLDEST);
    } catch (IOException e) {
      return Optional.of(java + " cannot be tried: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of(java + " could not be tried: interrupted");
    }
  }

  /** From the release file of its JDK, which costs nothing; else it is asked. */
  private static String version(Path java) throws IOException, InterruptedException {
    Path bin = java.toRealPath().getParent();
    Path release = bin.resolveSibling("release");
    if (bin.endsWith("bin") && Files.isReadable(release)) {
      Matcher line = RELEASE.matcher(Files.readString(release));
      if (line.find()) {
        return line.group(1);
      }
    }
    Path output = Files.createTempFile("baton-java", ".txt");
    try {
      return ask(java, output);
    } finally {
      Files.delete(output);
    }
  }

  /** Through a file: a command that fills a pipe, or holds it open, would never be done with. */
  private static String ask(Path java, Path output) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(java.toString(), "-version")
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(ANSWER_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("no answer to -version for " + ANSWER_SECONDS + " seconds");
    }
    byte[] bytes;
    try (var in = Files.newInputStream(output)) {
      bytes = in.readNBytes(LONGEST_ANSWER);
    }
    Matcher answer = ANSWER.matcher(new String(bytes, StandardCharsets.UTF_8));
    return answer.find() ? answer.group(1) : "";
  }
}
