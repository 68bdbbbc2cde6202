package dev.baton.testkit;

import dev.baton.fd.FdLedger;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.function.ThrowingConsumer;

/**
 * Runs a scenario once for every system call that it makes, with that call failing, and checks that
 * each time no descriptor is left and nothing unchecked was thrown.
 */
public final class FaultMatrix {
  /** No path here makes that many calls; a scenario that never ends does. */
  private static final int MOST = 2000;

  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private FaultMatrix() {}

  /** As {@link #forEachCall(Posix, Errno, List, ThrowingConsumer)}, with no call spared. */
  public static Outcome forEachCall(Posix real, Errno errno, ThrowingConsumer<Posix> scenario) {
    return forEachCall(real, errno, List.of(), scenario);
  }

  /**
   * Runs the scenario cleanly, which must succeed, and then with its 1st, 2nd, ... call failing,
   * until a run ends before the call that was to fail: timing decides how often some scenarios
   * receive, so the clean run does not say how many calls there are. A failure may change which
   * calls follow. A checked exception is a fine outcome, and so is success (a call whose failure is
   * harmless); an unchecked one is a defect, as is a descriptor left open.
   *
   * @param spared methods that never fail, such as {@code waitpid} and {@code kill}
   * @return how many calls failed and how many of these were noticed
   */
  public static Outcome forEachCall(
      Posix real, Errno errno, List<String> spared, ThrowingConsumer<Posix> scenario) {
    FdLedger.enable();
    FaultyPosix clean = faulty(real, 0, errno, spared);
    run(clean, scenario, "the clean run", true);
    if (clean.counted() == 0) {
      throw new AssertionError("the clean run made no call");
    }
    int noticed = 0;
    for (int k = 1; k <= MOST; k++) {
      FaultyPosix faulty = faulty(real, k, errno, spared);
      boolean thrown = run(faulty, scenario, "call " + k + " failing, " + errno, false);
      if (!faulty.failed()) {
        return new Outcome(k - 1, noticed);
      }
      if (thrown) {
        noticed++;
      }
    }
    throw new AssertionError("more than " + MOST + " calls: " + clean.calls());
  }

  /** How many calls were made to fail, and how often the scenario told of it by an exception. */
  public record Outcome(int calls, int noticed) {}

  private static FaultyPosix faulty(Posix real, int k, Errno errno, List<String> spared) {
    return new FaultyPosix(real, k, errno).sparing(spared.toArray(String[]::new));
  }

  private static boolean run(
      FaultyPosix posix, ThrowingConsumer<Posix> scenario, String what, boolean mustSucceed) {
    OpenDescriptors before = OpenDescriptors.now();
    Throwable thrown = null;
    try {
      scenario.accept(posix.posix());
    } catch (Throwable e) {
      thrown = e;
    }
    boolean defect = thrown instanceof RuntimeException || thrown instanceof Error;
    if (defect || (mustSucceed && thrown != null)) {
      throw new AssertionError(what + ": " + thrown + "; calls: " + posix.calls(), thrown);
    }
    String left = before.leftSince(PATIENCE);
    if (!left.isEmpty()) {
      throw new AssertionError(what + " left " + left + "; calls: " + posix.calls(), thrown);
    }
    return thrown != null;
  }
}
