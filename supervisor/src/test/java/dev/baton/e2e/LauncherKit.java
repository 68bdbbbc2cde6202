package dev.baton.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A world for {@code bin/baton} under one temporary folder: made-up JDKs whose {@code java} prints
 * how it was called, a made-up {@code mvn}, and a PATH that leads to the tools the launcher needs
 * but to no Java of this machine.
 */
final class LauncherKit implements AutoCloseable {

  private static final List<String> TOOLS =
      List.of(
          "cat",
          "cp",
          "cut",
          "env",
          "find",
          "flock",
          "grep",
          "head",
          "ln",
          "ls",
          "mkdir",
          "mv",
          "readlink",
          "rm",
          "sh",
          "sha256sum",
          "sort",
          "tail",
          "touch",
          "xargs");

  private static final long DEADLINE_SECONDS = 30;

  /**
   * Prints its process id, what the launcher set, each argument and what each descriptor is; waits
   * on JAVA_GATE, exits with JAVA_EXIT. The training run makes an archive, or fails with
   * TRAINING_FAILS.
   */
  private static final String FAKE_JAVA =
      """
      #!/bin/sh
      for last; do :; done
      case $* in
        *dev.baton.supervisor.Training*)
          : > "$last/supervisor.jsa"
          [ -z "${TRAINING_FAILS-}" ]
          exit
          ;;
      esac
      echo "pid=$$"
      echo "java=$0"
      echo "MALLOC_ARENA_MAX=${MALLOC_ARENA_MAX-unset}"
      for argument; do echo "arg=$argument"; done
      for fd in /proc/$$/fd/*; do echo "fd=$(readlink "$fd")"; done
      [ -z "${JAVA_READS-}" ] || { IFS= read -r line; echo "stdin=$line"; }
      [ -z "${JAVA_GATE-}" ] || read -r line < "$JAVA_GATE"
      exit "${JAVA_EXIT:-0}"
      """;

  /**
   * Notes each call in MVN_CALLS, waits on MVN_GATE, fails with MVN_FAILS, else makes the
   * distribution folder.
   */
  private static final String FAKE_MVN =
      """
      #!/bin/sh
      echo "pid=$$ JAVA_HOME=$JAVA_HOME args=$*" >> "$MVN_CALLS"
      [ -z "${MVN_GATE-}" ] || read -r line < "$MVN_GATE"
      if [ -n "${MVN_FAILS-}" ]; then
        n=1
        while [ $n -le 60 ]; do echo "output line $n;"; n=$((n + 1)); done
        exit 1
      fi
      mkdir -p supervisor/target/dist/lib/supervisor
      cp supervisor/src/main/java/Main.java supervisor/target/dist/lib/supervisor/supervisor.jar
      """;

  private final Path base;
  private final Path path;
  private final Map<String, String> environment = new HashMap<>();
  private final List<Process> started = new ArrayList<>();

  /** What a launcher printed and how it ended. */
  record Outcome(long pid, int exit, String out, String err) {
    List<String> arguments() {
      return out.lines()
          .filter(line -> line.startsWith("arg="))
          .map(line -> line.substring(4))
          .toList();
    }
  }

  /**
   * Makes the world in {@code base}; a PATH without Java, an empty folder of JVMs, no JAVA_HOME.
   */
  LauncherKit(Path base) throws IOException {
    this.base = base;
    this.path = Files.createDirectories(base.resolve("path"));
    for (String tool : TOOLS) {
      Files.createSymbolicLink(path.resolve(tool), find(tool));
    }
    environment.put("PATH", path.toString());
    environment.put("BATON_JVM_DIR", Files.createDirectories(base.resolve("jvm")).toString());
    environment.put("MVN_CALLS", base.resolve("mvn.calls").toString());
  }

  private static Path find(String tool) {
    for (String folder : System.getenv("PATH").split(":")) {
      Path candidate = Path.of(folder, tool);
      if (Files.isExecutable(candidate)) {
        return candidate;
      }
    }
    throw new IllegalStateException("these tests need " + tool + " on PATH");
  }

  /** Sets a variable of the launcher's environment; null takes it out. */
  LauncherKit with(String name, Object value) {
    if (value == null) {
      environment.remove(name);
    } else {
      environment.put(name, value.toString());
    }
    return this;
  }

  /** A JDK in {@code folder} whose release file tells {@code version}; null: no release file. */
  Path jdk(String folder, String version) throws IOException {
    Path home = base.resolve(folder);
    script(home.resolve("bin/java"), FAKE_JAVA);
    script(home.resolve("bin/javac"), "#!/bin/sh\n");
    if (version != null) {
      Files.writeString(
          home.resolve("release"),
          "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\nOS_NAME=\"y\"\n");
    }
    return home;
  }

  /**
   * Replaces a JDK's {@code java} by one that answers the question for its settings as a real one
   * does.
   */
  Path jdkThatAnswers(String folder, Path realHome, String version) throws IOException {
    Path java = base.resolve(folder).resolve("bin/java");
    script(
        java,
        """
        #!/bin/sh
        echo "Picked up JAVA_TOOL_OPTIONS: -Dx=y" >&2
        echo "    java.home = %s" >&2
        echo "    java.version = %s" >&2
        """
            .formatted(realHome, version));
    return java.getParent().getParent();
  }

  /** Puts a link to {@code target} on PATH as {@code name}. */
  void onPath(String name, Path target) throws IOException {
    Files.createSymbolicLink(path.resolve(name), target);
  }

  /** Puts the made-up Maven on PATH. */
  void mavenOnPath() throws IOException {
    script(path.resolve("mvn"), FAKE_MVN);
  }

  void takeFromPath(String name) throws IOException {
    Files.delete(path.resolve(name));
  }

  /** A distribution folder with the real launcher. */
  Path distribution(String folder) throws IOException {
    Path home = base.resolve(folder);
    Files.createDirectories(home.resolve("lib/supervisor"));
    installLauncher(home);
    return home;
  }

  /** A source checkout with the real launcher, two modules that are built and one that is not. */
  Path checkout(String folder) throws IOException {
    Path root = base.resolve(folder);
    for (String file :
        List.of(
            "pom.xml",
            ".mvn/jvm.config",
            "conf/baton.yaml",
            "worker-api/pom.xml",
            "supervisor/pom.xml",
            "supervisor/src/main/java/Main.java",
            "supervisor/src/test/java/MainTest.java",
            "benchmarks/pom.xml",
            "benchmarks/src/main/java/Bench.java")) {
      Files.createDirectories(root.resolve(file).getParent());
      Files.writeString(root.resolve(file), file + " 1");
    }
    installLauncher(root);
    return root;
  }

  private static void installLauncher(Path root) throws IOException {
    Path launcher = Path.of(System.getProperty("baton.test.repository", ".."), "bin/baton");
    Files.createDirectories(root.resolve("bin"));
    Files.copy(launcher, root.resolve("bin/baton"), StandardCopyOption.COPY_ATTRIBUTES);
  }

  static void script(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    if (!file.toFile().setExecutable(true)) {
      throw new IOException("cannot make " + file + " executable");
    }
  }

  /** A named pipe: who reads it waits until {@link #open} is called. */
  Path gate(String name) throws IOException, InterruptedException {
    Path gate = base.resolve(name);
    if (new ProcessBuilder("mkfifo", gate.toString()).start().waitFor() != 0) {
      throw new IOException("mkfifo " + gate + " failed");
    }
    return gate;
  }

  static void open(Path gate) throws IOException {
    Files.newOutputStream(gate).close();
  }

  /**
   * Starts a command in this world; its output goes to files that {@link #finish} and {@link #err}
   * read.
   */
  Process start(Path command, String... arguments) throws IOException {
    List<String> line = new ArrayList<>(List.of(command.toString()));
    line.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(line).directory(base.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    int number = started.size();
    builder.redirectOutput(base.resolve("out." + number).toFile());
    builder.redirectError(base.resolve("err." + number).toFile());
    Process process = builder.start();
    started.add(process);
    return process;
  }

  /** Waits for the end of a process made by {@link #start}. */
  Outcome finish(Process process) throws IOException, InterruptedException {
    if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError(
          "still running after " + DEADLINE_SECONDS + " s; it said: " + err(process));
    }
    return new Outcome(process.pid(), process.exitValue(), text("out.", process), err(process));
  }

  Outcome run(Path command, String... arguments) throws IOException, InterruptedException {
    Process process = start(command, arguments);
    process.getOutputStream().close();
    return finish(process);
  }

  String err(Process process) {
    return text("err.", process);
  }

  String out(Process process) {
    return text("out.", process);
  }

  private String text(String kind, Process process) {
    try {
      return Files.readString(
          base.resolve(kind + started.indexOf(process)), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The calls of the made-up Maven so far. */
  List<String> mavenCalls() {
    Path calls = base.resolve("mvn.calls");
    try {
      return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Ends what still runs, and removes the links that lead out of the temporary folder (JUnit would
   * warn of each).
   */
  @Override
  public void close() {
    for (Process process : started) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().onExit().join();
    }
    try (Stream<Path> entries = Files.list(path)) {
      for (Path entry : entries.toList()) {
        Files.delete(entry);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
