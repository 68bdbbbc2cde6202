package dev.baton.supervisor.upgrade;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Version;
import dev.baton.supervisor.loop.Loop;
import dev.baton.supervisor.process.Children;
import dev.baton.supervisor.state.Handover;
import dev.baton.supervisor.state.Handover.Descriptors;
import dev.baton.supervisor.state.PoolMemory;
import dev.baton.sys.Posix;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The way from this program to another one: its launcher says what to run, which is tried with a
 * copy of the handover, and then this process becomes it. Only for the loop's thread, which it does
 * not hold up.
 */
public final class Departure {
  /** What the launcher is asked; a source checkout is built first. */
  private static final String ASKED = "command";

  private static final Duration LONGEST_BUILD = Duration.ofMinutes(15);
  private static final Duration LONGEST_TRIAL = Duration.ofMinutes(1);
  private static final int LINES = 20;

  private final Posix posix;
  private final Loop loop;
  private final Children children;
  private final Map<String, String> environment;
  private final Optional<Path> launcher;
  private final Path configuration;
  private final String version;
  private final Path runtimeDir;
  private final Luggage luggage;
  private Errand errand;

  /** What goes along. */
  public interface Luggage {
    /** What stays open. */
    Descriptors descriptors();

    /** Prints no more of the workers' logs, and says how far each is printed. */
    Map<String, Long> leaveLogs() throws IOException;

    /** Goes on printing, since nothing came of it. */
    void stay(Map<String, Long> printed) throws IOException;
  }

  /** Told how it goes. */
  public interface Told {
    /** Something that takes a while has begun. */
    void progress(String text);

    /** There is another program that can take over. */
    void ready(Program program);

    /**
     * There is none.
     *
     * @param lines what was said about it; may be empty
     */
    void failed(String why, List<String> lines);
  }

  /** A program that has shown that it can take over. */
  public final class Program {
    private final List<String> command;
    private final int number;
    private final String words;

    private Program(List<String> command, int number, String words) {
      this.command = command;
      this.number = number;
      this.words = words;
    }

    /** What it says of itself. */
    public String words() {
      return words;
    }

    /**
     * This process becomes it; returns only by failing, and then everything is as before.
     *
     * @param pools what only this program knows of them
     */
    public void begin(List<PoolMemory> pools) throws IOException {
      Map<String, Long> printed = luggage.leaveLogs();
      try {
        Handover handover =
            handover(number, pools).departing(System.nanoTime(), luggage.descriptors(), printed);
        Exec.become(posix, command, environment, handover);
      } finally {
        luggage.stay(printed);
      }
    }
  }

  /**
   * @param environment of this process
   * @param launcher of the installation that this program is of, by the name that it was called by
   * @param configuration which the other program reads, too
   * @param luggage asked at the last moment
   */
  public Departure(
      Posix posix,
      Loop loop,
      Children children,
      Map<String, String> environment,
      Optional<Path> launcher,
      Path configuration,
      String version,
      Path runtimeDir,
      Luggage luggage) {
    this.posix = posix;
    this.loop = loop;
    this.children = children;
    this.environment = withoutPassed(environment);
    this.launcher = launcher;
    this.configuration = configuration.toAbsolutePath();
    this.version = version;
    this.runtimeDir = runtimeDir;
    this.luggage = luggage;
  }

  /** What a service manager has passed is carried, under other numbers. */
  private static Map<String, String> withoutPassed(Map<String, String> environment) {
    Map<String, String> all = new HashMap<>(environment);
    all.keySet().removeIf(name -> name.startsWith("LISTEN_"));
    return Map.copyOf(all);
  }

  private Handover handover(int number, List<PoolMemory> pools) throws IOException {
    return new Handover(
        number,
        version,
        Version.CURRENT.toString(),
        runtimeDir.toString(),
        own(),
        0,
        Descriptors.NONE,
        Map.of(),
        pools,
        "");
  }

  /** The command that this process runs. */
  private static List<String> own() throws IOException {
    byte[] words = Files.readAllBytes(Path.of("/proc/self/cmdline"));
    return List.of(new String(words, StandardCharsets.UTF_8).split("\0"));
  }

  /**
   * Looks for a program, and tries it.
   *
   * @param to the folder of an installation or source checkout; empty: where this one was started
   * @param number of the upgrade
   */
  public void prepare(Optional<Path> to, int number, Told told) {
    Optional<Path> asked = to.map(folder -> folder.resolve("bin/baton")).or(() -> launcher);
    if (asked.isEmpty()) {
      told.failed(
          "it is not known how this supervisor was started: name a folder (--to)", List.of());
      return;
    }
    Path program = asked.get();
    if (!Files.isExecutable(program)) {
      told.failed("there is no program at " + program, List.of());
      return;
    }
    told.progress("asking " + program);
    run(
        List.of(program.toString(), ASKED),
        environment,
        null,
        LONGEST_BUILD,
        told,
        outcome -> {
          List<String> command = outcome.out().lines().toList();
          if (!outcome.good() || command.isEmpty()) {
            told.failed(program + " " + outcome.end(), outcome.lines(LINES));
          } else {
            attempt(command, number, told);
          }
        });
  }

  /** With identical arguments and environment, but for the variable. */
  private void attempt(List<String> command, int number, Told told) {
    List<String> whole = new ArrayList<>(command);
    whole.addAll(List.of("run", configuration.toString()));
    Map<String, String> variables = new HashMap<>(environment);
    variables.put(Exec.VARIABLE, Exec.TRY + 3);
    told.progress("trying " + command.get(0));
    try (OwnedFd copy = Memory.write(posix, handover(number, List.of()))) {
      run(
          whole,
          variables,
          copy,
          LONGEST_TRIAL,
          told,
          outcome -> {
            Optional<String> words =
                outcome.out().lines().filter(l -> l.startsWith(Takeover.ABLE)).findFirst();
            if (outcome.good() && words.isPresent()) {
              told.ready(new Program(whole, number, words.get().substring(Takeover.ABLE.length())));
            } else {
              told.failed(
                  "the other program cannot take over: it " + outcome.end(), outcome.lines(LINES));
            }
          });
    } catch (IOException e) {
      told.failed("the handover cannot be written: " + e.getMessage(), List.of());
    }
  }

  private void run(
      List<String> command,
      Map<String, String> variables,
      OwnedFd given,
      Duration patience,
      Told told,
      Consumer<Errand.Outcome> then) {
    try {
      errand =
          new Errand(
              posix,
              loop,
              children,
              command,
              variables,
              given,
              patience,
              outcome -> {
                errand = null;
                then.accept(outcome);
              });
    } catch (IOException e) {
      told.failed(command.get(0) + " cannot be started: " + e.getMessage(), List.of());
    }
  }

  /** Ends what was started for it; that is told as a failure. */
  public void cancel() {
    if (errand != null) {
      errand.kill();
    }
  }
}
