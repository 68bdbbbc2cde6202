package dev.baton.faults;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * What happens in a run, and in which order; wholly given by the seed and the length.
 *
 * @param seed of all that is random
 * @param lives one after the other, each of a supervisor of its own
 */
record FaultSchedule(long seed, List<Life> lives) {
  /** A supervisor is started anew so often at most. */
  private static final int LONGEST_LIFE = 60;

  /** Shorter ones have fewer workers at once. */
  private static final int LONG_RUN = 60;

  /** What a start and an end take, of the seconds that a life has. */
  private static final int START_AND_END = 6;

  private static final int SHORTEST_MILLIS = 200;
  private static final int LONGEST_MILLIS = 1500;
  private static final int LONGEST_PAUSE = 300;

  /**
   * One life of a supervisor.
   *
   * @param seconds how long faults go on between the start and the end
   * @param faults in their order; more than there is time for
   * @param most how many workers a pool is scaled to
   * @param command whether it is stopped during its last rollout by a command, not by TERM
   */
  record Life(int seconds, List<Fault> faults, int most, boolean command) {}

  /** The schedule of a run of so many seconds. */
  static FaultSchedule of(long seed, int seconds) {
    var random = new Random(seed);
    int count = Math.max(1, seconds / LONGEST_LIFE);
    var lives = new ArrayList<Life>();
    for (int i = 0; i < count; i++) {
      int length = Math.max(1, seconds / count - START_AND_END);
      var faults = new ArrayList<Fault>();
      while (faults.size() < length * 4) {
        faults.addAll(bag(random));
      }
      lives.add(
          new Life(length, List.copyOf(faults), seconds < LONG_RUN ? 4 : 32, random.nextBoolean()));
    }
    return new FaultSchedule(seed, List.copyOf(lives));
  }

  /** Each kind once, so that a short run has seen most of them; workers die oftener. */
  private static List<Fault> bag(Random random) {
    var kinds = new ArrayList<>(Arrays.asList(FaultKind.values()));
    kinds.add(FaultKind.KILL_WORKER);
    kinds.add(FaultKind.KILL_AT_STEP);
    Collections.shuffle(kinds, random);
    var faults = new ArrayList<Fault>();
    for (var kind : kinds) {
      var pool = Instance.POOLS.get(random.nextInt(Instance.POOLS.size()));
      int choice = random.nextInt(Integer.MAX_VALUE);
      int millis = SHORTEST_MILLIS + random.nextInt(LONGEST_MILLIS - SHORTEST_MILLIS);
      faults.add(new Fault(kind, pool, choice, millis, random.nextInt(LONGEST_PAUSE)));
    }
    return faults;
  }
}
