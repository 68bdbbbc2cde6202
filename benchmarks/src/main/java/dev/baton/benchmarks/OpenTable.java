package dev.baton.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The figures of the open benchmark, and its goal. For one thread. */
final class OpenTable {
  /** As many as the SDK has in flight. */
  private static final int MANY = 128;

  private static final double LEAST_RATE = 10_000;

  /** How the file is opened. */
  enum Way {
    /** By the worker itself. */
    DIRECT("direct", 1, "FileChannel.open"),
    /** By the supervisor; the worker waits for each. */
    ONE("asked", 1, "through the supervisor, one at a time"),
    /** By the supervisor; the worker asks for others meanwhile. */
    MANY_AT_ONCE("asked", MANY, "through the supervisor, " + MANY + " in flight");

    private final String word;
    private final int inFlight;
    private final String text;

    Way(String word, int inFlight, String text) {
      this.word = word;
      this.inFlight = inFlight;
      this.text = text;
    }

    /** The beginning of the plugin's command. */
    String command() {
      return word + " " + inFlight;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * Some seconds of it.
   *
   * @param opens how many, each with its close
   * @param nanos how long they took
   * @param supervisor seconds of CPU
   * @param worker seconds of CPU
   */
  record Turn(long opens, long nanos, double supervisor, double worker) {
    double perSecond() {
      return opens * 1e9 / nanos;
    }

    double micros() {
      return nanos / 1e3 / opens;
    }

    double supervisorMicros() {
      return supervisor * 1e6 / opens;
    }

    double workerMicros() {
      return worker * 1e6 / opens;
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%,.0f a second, %.1f us each; CPU %.1f us of the supervisor, %.1f us of the worker",
          perSecond(),
          micros(),
          supervisorMicros(),
          workerMicros());
    }
  }

  private final Table<Way> rate = new Table<>();
  private final Table<Way> micros = new Table<>();
  private final Table<Way> supervisor = new Table<>();
  private final Table<Way> worker = new Table<>();
  private final Table<Way> cpu = new Table<>();

  /** Adds the next turn of one way; each turn has all of them. */
  void add(Way way, Turn turn) {
    rate.add(way, turn.perSecond());
    micros.add(way, turn.micros());
    supervisor.add(way, turn.supervisorMicros());
    worker.add(way, turn.workerMicros());
    cpu.add(way, turn.supervisorMicros() + turn.workerMicros());
  }

  List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    rows.add(
        Row.of(Way.MANY_AT_ONCE + ": opens a second", rate.of(Way.MANY_AT_ONCE), 0)
            .goal(Goal.Kind.AT_LEAST, LEAST_RATE));
    rows.add(Row.of("time: " + Way.ONE + " / " + Way.DIRECT, micros.ratio(Way.ONE, Way.DIRECT), 1));
    rows.add(
        Row.of(
            "CPU: " + Way.MANY_AT_ONCE + " / " + Way.DIRECT,
            cpu.ratio(Way.MANY_AT_ONCE, Way.DIRECT),
            1));
    for (Way way : List.of(Way.DIRECT, Way.ONE)) {
      rows.add(Row.of(way + ": from the call to the close, us", micros.of(way), 1));
    }
    for (Way way : Way.values()) {
      rows.add(Row.of(way + ": CPU of the worker per open, us", worker.of(way), 1));
    }
    for (Way way : List.of(Way.ONE, Way.MANY_AT_ONCE)) {
      rows.add(Row.of(way + ": CPU of the supervisor per open, us", supervisor.of(way), 1));
    }
    return rows;
  }
}
