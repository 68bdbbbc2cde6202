package dev.baton.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Measurements of two servers, taken in pairs close in time, so that what disturbs a machine for
 * minutes disturbs both alike. Which one comes first alternates. For one thread.
 */
final class Pairs {
  private final List<Measurement> reference = new ArrayList<>();
  private final List<Measurement> tested = new ArrayList<>();

  /** How one side is measured. */
  @FunctionalInterface
  interface Side {
    /** Takes one measurement. */
    Measurement measure() throws IOException, InterruptedException;
  }

  /** Takes one more pair; an exception of a side leaves none. */
  void add(Side first, Side second) throws IOException, InterruptedException {
    boolean turned = size() % 2 == 1;
    Measurement a = turned ? null : first.measure();
    Measurement b = second.measure();
    reference.add(turned ? first.measure() : a);
    tested.add(b);
  }

  /** How many there are. */
  int size() {
    return tested.size();
  }

  /** The last measurement of the reference. */
  Measurement lastReference() {
    return reference.get(reference.size() - 1);
  }

  /** The last measurement of what is compared with it. */
  Measurement lastTested() {
    return tested.get(tested.size() - 1);
  }

  /** A figure of the reference. */
  Series reference(ToDoubleFunction<Measurement> figure) {
    return new Series(reference.stream().mapToDouble(figure).boxed().toList());
  }

  /** A figure of what is compared with it. */
  Series tested(ToDoubleFunction<Measurement> figure) {
    return new Series(tested.stream().mapToDouble(figure).boxed().toList());
  }

  /** The figure of each pair as tested / reference. */
  Series ratio(ToDoubleFunction<Measurement> figure) {
    return tested(figure).dividedBy(reference(figure));
  }
}
