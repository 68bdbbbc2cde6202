package dev.baton.load;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/**
 * Clients of the greeting plugin to be made.
 *
 * @param target where to connect to
 * @param rate clients a second; 0: the next one when a place is free
 * @param connections how many clients there are at once at most
 * @param total how many clients there are in all; 0: until it is stopped
 * @param patient whether a client writes only after its greeting, and not at once
 * @param timeout how long a client waits for everything
 * @param sources the addresses clients come from, in turn; empty: the kernel chooses
 */
public record GreetingPlan(
    Target target,
    double rate,
    int connections,
    int total,
    boolean patient,
    Duration timeout,
    List<InetAddress> sources) {
  private static final int AT_ONCE = 512;
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  /** Checks the numbers. */
  public GreetingPlan {
    sources = List.copyOf(sources);
    if (rate < 0 || connections < 1 || total < 0 || timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException(
          "a rate from 0, connections from 1 and a timeout are needed: " + this);
    }
  }

  /** Clients at a rate; they write at once, and at most 512 are there. */
  public static GreetingPlan rate(Target target, double rate) {
    return new GreetingPlan(target, rate, AT_ONCE, 0, false, TIMEOUT, List.of());
  }

  /** So many clients at once, each followed by the next. */
  public static GreetingPlan atOnce(Target target, int connections) {
    return new GreetingPlan(target, 0, connections, 0, false, TIMEOUT, List.of());
  }

  /** The same with clients that write only after their greeting. */
  public GreetingPlan waitingForGreeting() {
    return new GreetingPlan(target, rate, connections, total, true, timeout, sources);
  }

  /** The same with so many clients in all. */
  public GreetingPlan only(int total) {
    return new GreetingPlan(target, rate, connections, total, patient, timeout, sources);
  }

  /** The same with another timeout. */
  public GreetingPlan timeout(Duration timeout) {
    return new GreetingPlan(target, rate, connections, total, patient, timeout, sources);
  }

  /** The same with another bound on clients. */
  public GreetingPlan connections(int connections) {
    return new GreetingPlan(target, rate, connections, total, patient, timeout, sources);
  }

  /** The same from these addresses, in turn. */
  public GreetingPlan from(List<InetAddress> sources) {
    return new GreetingPlan(target, rate, connections, total, patient, timeout, sources);
  }
}
