package dev.baton.e2e.kit;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.baton.load.Target;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A reader of the documentation: types lines into a shell, in a folder where {@code bin/} is that
 * of the distribution, with a supervisor in a second terminal. The ports of the shipped
 * configuration are chosen by the kernel, and runtime directories are below the folder.
 */
public final class Terminal implements AutoCloseable {
  private static final Duration READY = Duration.ofSeconds(60);
  private static final Pattern SOCKET = Pattern.compile("curl --unix-socket (\\S+) ");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Installation installation;
  private final Path folder;
  private int begun;
  private Process running;
  private Path output;
  private Target admin;

  /** Sits down in an empty folder. */
  public Terminal(Installation installation, Path folder) throws IOException {
    this.installation = installation;
    this.folder = folder;
    Files.createSymbolicLink(folder.resolve("bin"), installation.dist().resolve("bin"));
    Files.createDirectory(folder.resolve(".baton"));
    Files.createSymbolicLink(folder.resolve(".baton/current"), installation.dist());
  }

  private ProcessBuilder shell(String line) {
    // As a terminal does; a build in the background would pass its ignored INT on.
    var command = "exec env --default-signal=INT " + line;
    var builder = new ProcessBuilder("sh", "-c", command).directory(folder.toFile());
    var environment = builder.environment();
    var home = installation.javaHome();
    environment.put("JAVA_HOME", home.toString());
    environment.put("PATH", home.resolve("bin") + ":" + environment.get("PATH"));
    environment.put("BATON_RUNTIME_BASE", folder.toString());
    for (var port : List.of("HELLO_PORT", "WEB_PORT", "SCRIBE_PORT")) {
      environment.put(port, "0");
    }
    environment.keySet().removeAll(List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS"));
    return builder.redirectInput(Path.of("/dev/null").toFile());
  }

  /** Runs a line to its end, which must be good; what it wrote to its output. */
  public String type(String line) throws IOException, InterruptedException {
    var errors = folder.resolve("errors.txt");
    var process = shell(line).redirectError(errors.toFile()).start();
    var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int exit = process.waitFor();
    if (exit != 0) {
      throw new AssertionError(
          line + "\nexit status " + exit + "\n" + out + Files.readString(errors));
    }
    return out;
  }

  /** Starts a supervisor in the second terminal and waits until all of its workers serve. */
  public void begin(String line) throws IOException, InterruptedException {
    output = folder.resolve("terminal-" + ++begun + ".txt");
    running = shell(line).redirectErrorStream(true).redirectOutput(output.toFile()).start();
    Deadline.await(
        READY,
        "a banner of " + line,
        () -> !running.isAlive() || SOCKET.matcher(Files.readString(output)).find(),
        () -> Logs.tail(output));
    var socket = SOCKET.matcher(Files.readString(output));
    if (!socket.find()) {
      throw new AssertionError(line + " ended:\n" + Logs.tail(output));
    }
    admin = Target.unix(Path.of(socket.group(1)));
    Deadline.await(READY, "all workers serve", this::complete, () -> Logs.tail(output));
  }

  private boolean complete() throws IOException {
    try {
      return StatusJson.complete(JSON.readTree(Http.get(admin, "/v1/status").body()));
    } catch (java.net.SocketException e) {
      return false; // its banner comes before the admin socket
    }
  }

  /** The port that a listener of the running instance got. */
  public String portOf(String listener) throws IOException {
    var status = JSON.readTree(Http.get(admin, "/v1/status").body());
    return StatusJson.address(status, listener).replaceFirst(".*:", "");
  }

  /** Ctrl-C in the second terminal, if something runs there. */
  public void stop() throws IOException, InterruptedException {
    if (running == null) {
      return;
    }
    Signal.send("INT", running.pid());
    if (!running.waitFor(30, TimeUnit.SECONDS)) {
      throw new AssertionError("did not stop:\n" + Logs.tail(output));
    }
    running = null;
  }

  /** Ends what still runs. */
  @Override
  public void close() throws IOException {
    if (running != null) {
      var family = Proc.descendants(running.pid());
      running.destroy();
      if (running.onExit().completeOnTimeout(null, 20, TimeUnit.SECONDS).join() == null) {
        running.destroyForcibly().onExit().join();
        family.forEach(
            child -> ProcessHandle.of(child.pid()).ifPresent(ProcessHandle::destroyForcibly));
      }
    }
  }
}
