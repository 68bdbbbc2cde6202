package dev.baton.e2e.kit;

import dev.baton.load.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * {@code bin/baton run} without a file, as a new user starts it: the configuration is the one that
 * is shipped. Knows of the instance only what its banner says. The ports are chosen by the kernel,
 * the runtime directory is below a folder of the test.
 */
public final class DemoRun implements AutoCloseable {
  /** {@code name address -> pools}, a line of the banner. */
  private static final Pattern LISTENER =
      Pattern.compile("^ +(\\S+) +((?:tcp|unix):\\S+) +-> .*$", Pattern.MULTILINE);

  private static final Pattern CURL = Pattern.compile("curl --unix-socket (\\S+) http://\\S+");

  private final Path base;
  private final Path output;
  private final Process process;

  /** Starts it. */
  public DemoRun(Installation installation, Path base) throws IOException {
    this.base = base;
    output = base.resolve("demo.out");
    var command = new Launcher(installation).command(List.of("run"));
    var environment = command.environment();
    environment.put("BATON_RUNTIME_BASE", base.toString());
    for (var port : List.of("HELLO_PORT", "WEB_PORT", "SCRIBE_PORT")) {
      environment.put(port, "0");
    }
    process =
        command
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
            .start();
  }

  /** The addresses that the banner lists, by the names of the listeners; waits for the banner. */
  public Map<String, Target> addresses() throws IOException, InterruptedException {
    admin();
    var addresses = new LinkedHashMap<String, Target>();
    var lines = LISTENER.matcher(output());
    while (lines.find()) {
      addresses.put(lines.group(1), Target.parse(lines.group(2)));
    }
    return addresses;
  }

  /** The socket that the banner names for questions; waits for the banner. */
  public Target admin() throws IOException, InterruptedException {
    Deadline.await(
        Duration.ofSeconds(20),
        "a banner",
        () -> !process.isAlive() || CURL.matcher(output()).find(),
        () -> Logs.tail(output));
    var curl = CURL.matcher(output());
    if (!curl.find()) {
      throw new AssertionError("no banner:\n" + Logs.tail(output));
    }
    return Target.unix(Path.of(curl.group(1)));
  }

  /** Everything it wrote so far. */
  public String output() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether it runs. */
  public boolean alive() {
    return process.isAlive();
  }

  /** The pid of the supervisor. */
  public long pid() {
    return process.pid();
  }

  /** Sends a signal, such as INT. */
  public void signal(String name) throws IOException, InterruptedException {
    Signal.send(name, process.pid());
  }

  /** Waits for the end; its exit status. */
  public int awaitExit(Duration atMost) throws InterruptedException {
    if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("did not end within " + atMost + "\n" + Logs.tail(output));
    }
    return process.exitValue();
  }

  /** The socket files below the folder of the test. */
  public List<Path> socketFiles() {
    return SocketFiles.below(base);
  }

  /** Kills what still runs of it; asserts nothing. */
  @Override
  public void close() {
    var family = Proc.descendants(process.pid());
    process.destroyForcibly().onExit().join();
    family.stream()
        .map(child -> new Proc.Identity(child.pid(), child.startTicks()))
        .filter(Proc.Identity::alive)
        .forEach(child -> ProcessHandle.of(child.pid()).ifPresent(ProcessHandle::destroyForcibly));
  }
}
