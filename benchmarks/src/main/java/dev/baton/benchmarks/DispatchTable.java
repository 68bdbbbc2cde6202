package dev.baton.benchmarks;

import static dev.baton.benchmarks.Contestants.C_HAND_OFF;
import static dev.baton.benchmarks.Contestants.DISPATCH;
import static dev.baton.benchmarks.Contestants.NODE_HAND_OFF;
import static dev.baton.benchmarks.Contestants.SHARED;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The figures of the dispatch benchmark, and its goals. For one thread. */
final class DispatchTable {
  private static final double LEAST_RATE_OF_C = 0.95;
  private static final double MOST_CPU_OF_C = 1.25;
  private static final double MOST_CPU_OF_SHARED = 1.6;
  private static final double MOST_SUPERVISOR_MICROS = 11;
  private static final double LEAST_RATE_OF_NODE = 2.5;
  private static final double MOST_BYTES = 64;
  private static final double MOST_END_MICROS = 50;

  private final Table<String> rate = new Table<>();
  private final Table<String> cpu = new Table<>();
  private final Table<String> handOff = new Table<>();
  private final Table<String> answer = new Table<>();
  private final Table<String> end = new Table<>();
  private final List<Double> allocated = new ArrayList<>();
  private final Set<String> servers = new LinkedHashSet<>();
  private final Set<String> handingOff = new LinkedHashSet<>();

  /**
   * Adds a turn of one server.
   *
   * @param alone medians and 99th percentiles in nanoseconds: to the answer, from there to its end
   */
  void add(String server, Measurement measured, long[] alone) {
    servers.add(server);
    rate.add(server, measured.perSecond());
    cpu.add(server, measured.cpuMicrosPerRequest());
    handOff.add(server, measured.handOffMicrosPerRequest());
    if (measured.handOffSeconds() > 0) {
      handingOff.add(server);
    }
    answer.add(server, alone[0] / 1e3);
    end.add(server, alone[2] / 1e3);
  }

  /** Adds the bytes that the supervisor allocates for one hand-off. */
  void addAllocation(double bytes) {
    allocated.add(bytes);
  }

  List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    rows.add(rateOver(C_HAND_OFF).goal(Goal.Kind.AT_LEAST, LEAST_RATE_OF_C));
    rows.add(cpuOver(C_HAND_OFF).goal(Goal.Kind.AT_MOST, MOST_CPU_OF_C));
    rows.add(cpuOver(SHARED).goal(Goal.Kind.AT_MOST, MOST_CPU_OF_SHARED));
    rows.add(
        Row.of("dispatch: CPU of the supervisor per connection, us", handOff.of(DISPATCH), 2)
            .goal(Goal.Kind.AT_MOST, MOST_SUPERVISOR_MICROS));
    if (servers.contains(NODE_HAND_OFF)) {
      rows.add(rateOver(NODE_HAND_OFF).goal(Goal.Kind.AT_LEAST, LEAST_RATE_OF_NODE));
    }
    rows.add(
        Row.of(
                "dispatch: allocated in the supervisor per hand-off, bytes",
                new Series(allocated),
                1)
            .goal(Goal.Kind.AT_MOST, MOST_BYTES));
    rows.add(
        Row.of("dispatch: end-of-file after the answer, us", end.of(DISPATCH), 1)
            .goal(Goal.Kind.AT_MOST, MOST_END_MICROS));
    rows.add(Row.of("dispatch: answers come later than in shared mode by, us", later(), 1));
    for (String server : servers) {
      rows.add(Row.of(server + ": connections a second", rate.of(server), 0));
    }
    for (String server : servers) {
      rows.add(Row.of(server + ": server CPU per connection, us", cpu.of(server), 1));
    }
    for (String server : handingOff) {
      String figure = server + ": CPU of the process that accepts, per connection, us";
      rows.add(Row.of(figure, handOff.of(server), 1));
    }
    for (String server : servers) {
      rows.add(Row.of(server + ": from connect to the answer, us", answer.of(server), 1));
    }
    for (String server : servers) {
      rows.add(Row.of(server + ": from the answer to end-of-file, us", end.of(server), 1));
    }
    return rows;
  }

  private Row rateOver(String other) {
    return Row.of("connections a second: dispatch / " + other, rate.ratio(DISPATCH, other), 3);
  }

  private Row cpuOver(String other) {
    return Row.of("server CPU per connection: dispatch / " + other, cpu.ratio(DISPATCH, other), 3);
  }

  private Series later() {
    List<Double> shared = answer.of(SHARED).values();
    List<Double> dispatch = answer.of(DISPATCH).values();
    List<Double> later = new ArrayList<>();
    for (int i = 0; i < dispatch.size(); i++) {
      later.add(dispatch.get(i) - shared.get(i));
    }
    return new Series(later);
  }
}
