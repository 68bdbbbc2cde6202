package dev.baton.supervisor.store;

/**
 * One thing that was wrong with a listener.
 *
 * @param listener its name
 * @param found what was wrong, in words: {@code "it was shut down"}
 * @param done what was done about it, in words: {@code "listening again"}
 * @param replaced whether the listener is another socket now, at the same address: workers that
 *     were lent the old one must be offered it anew
 */
public record GuardFinding(String listener, String found, String done, boolean replaced) {
  @Override
  public String toString() {
    return "listener " + listener + ": " + found + "; " + done;
  }
}
