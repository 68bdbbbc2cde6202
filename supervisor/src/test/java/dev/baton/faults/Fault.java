package dev.baton.faults;

/**
 * One fault of a schedule: all that is random about it is in here.
 *
 * @param kind what is done
 * @param pool to whom, where the kind is about a pool or a worker
 * @param choice not negative; which of the workers, steps or misdeeds that there are, by its
 *     remainder
 * @param millis how long it lasts, where it does
 * @param pauseMillis how long nothing is done before it
 */
record Fault(FaultKind kind, String pool, int choice, int millis, int pauseMillis) {

  /** The element that the choice names, after {@code skip} other choices were made. */
  <T> T choose(java.util.List<T> from, int skip) {
    int rest = choice;
    for (int i = 0; i < skip; i++) {
      rest /= 8; // what is chosen from has rarely more elements
    }
    return from.get(rest % from.size());
  }

  @Override
  public String toString() {
    return String.format("%s %s choice %d, %d ms", kind, pool, choice, millis);
  }
}
