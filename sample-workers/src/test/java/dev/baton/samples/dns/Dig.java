package dev.baton.samples.dns;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real client: {@code dig} of Debian's bind9-dnsutils. */
final class Dig {
  private Dig() {}

  static boolean installed() {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(folder -> Path.of(folder, "dig").toFile().canExecute());
  }

  /** What it prints, on both outputs; an {@link AssertionError} if it fails or does not end. */
  static String ask(int port, String... args) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(List.of("dig", "-r", "@127.0.0.1", "-p", "" + port));
    line.addAll(List.of("+time=5", "+tries=1"));
    line.addAll(List.of(args));
    Process dig = new ProcessBuilder(line).redirectErrorStream(true).start();
    dig.getOutputStream().close();
    String text = new String(dig.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!dig.waitFor(20, TimeUnit.SECONDS) || dig.exitValue() != 0) {
      dig.destroyForcibly();
      throw new AssertionError(String.join(" ", line) + "\n" + text);
    }
    return text;
  }
}
