package dev.baton.benchmarks;

import dev.baton.load.LoadPlan;
import dev.baton.load.Target;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * wrk(1) with one thread. It takes less of the CPU for a request than a server in Java, so that on
 * two cores it is the server that bounds the rate.
 */
final class WrkClient implements LoadClient {
  /** Its own summary is made for people and has units; this one is one line of numbers. */
  private static final String SCRIPT =
      """
      done = function(summary, latency, requests)
        local e = summary.errors
        io.write(string.format("counted %d %d %d %d %d\\n", summary.requests, summary.duration,
          latency:percentile(50), latency:percentile(99),
          e.connect + e.read + e.write + e.status + e.timeout))
      end
      """;

  private static final Pattern LINE =
      Pattern.compile("^counted (\\d+) (\\d+) (\\d+) (\\d+) (\\d+)$", Pattern.MULTILINE);

  private final Path program;
  private final Path script;

  /**
   * @param program the command
   * @param folder where it may leave a file
   */
  WrkClient(Path program, Path folder) throws IOException {
    this.program = program;
    script = Files.writeString(folder.resolve("wrk.lua"), SCRIPT);
  }

  /** Where it is installed; empty when it is not on the PATH. */
  static Optional<Path> find() {
    return Commands.find("wrk");
  }

  @Override
  public String name() {
    return "wrk with one thread";
  }

  @Override
  public Answers send(Target target, Load load, Duration time)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program.toString(), "-t1"));
    command.add("-c" + load.connections());
    command.add("-d" + Math.max(1, time.toSeconds()));
    command.addAll(List.of("--timeout", "10s", "-s", script.toString()));
    if (load.style() == LoadPlan.Style.NEW_CONNECTION) {
      command.addAll(List.of("-H", "Connection: close"));
    }
    command.add("http://" + target.host() + "/");
    Process wrk = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      String output = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int exit = wrk.waitFor();
      if (exit != 0) {
        throw new IOException(program + " ended with exit code " + exit + ": " + output);
      }
      return parse(output);
    } finally {
      wrk.destroyForcibly();
    }
  }

  static Answers parse(String output) throws IOException {
    Matcher line = LINE.matcher(output);
    if (!line.find()) {
      throw new IOException("wrk has not counted: " + output);
    }
    long requests = Long.parseLong(line.group(1));
    if (requests == 0 || Long.parseLong(line.group(5)) > 0) {
      throw new IOException("not every request was answered: " + output);
    }
    return new Answers(
        requests,
        Long.parseLong(line.group(2)) / 1e6,
        Double.parseDouble(line.group(3)),
        Double.parseDouble(line.group(4)));
  }
}
