package dev.baton.supervisor.metrics;

import java.util.List;

/**
 * One figure at one moment. All samples of a name have the same keys, kind and help.
 *
 * @param name in Micrometer's way, words with dots between; the unit is told apart
 * @param kind what it does over time
 * @param unit such as {@code seconds}; empty for a number of things
 * @param help one sentence
 * @param labels keys and values in turn
 */
record Sample(String name, Kind kind, String unit, String help, List<String> labels, double value) {

  /** What a figure does over time. */
  enum Kind {
    /** It only rises, until what it belongs to is gone. */
    COUNTER,
    GAUGE
  }

  Sample {
    labels = List.copyOf(labels);
  }

  static Sample gauge(String name, String unit, String help, double value, String... labels) {
    return new Sample(name, Kind.GAUGE, unit, help, List.of(labels), value);
  }

  static Sample counter(String name, String unit, String help, double value, String... labels) {
    return new Sample(name, Kind.COUNTER, unit, help, List.of(labels), value);
  }

  /** What it is a figure of: two samples of the same are one meter at two moments. */
  Meter meter() {
    return new Meter(name, labels);
  }

  /** A name with labels. */
  record Meter(String name, List<String> labels) {}
}
