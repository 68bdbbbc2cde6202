package dev.baton.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.Installation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Everything at once: {@code mvn -Pfaults verify -Dbaton.faults.seconds=600 -Dbaton.faults.seed=7}.
 * The same seed and length give the same schedule; what the machine makes of it differs.
 */
@BatonTest
@Tag("alone")
class FaultSuiteIT {
  private static final int SECONDS = Integer.getInteger("baton.faults.seconds", 20);
  private static final int EXAMPLES = 20;
  private static final long SEED =
      Long.getLong("baton.faults.seed", ThreadLocalRandom.current().nextInt(1_000_000));

  /** The only one that is run, from 1; all when there is none. */
  private static final int LIFE = Integer.getInteger("baton.faults.life", 0);

  private final Installation installation = Installation.find();
  private final long start = System.nanoTime();
  @TempDir Path folder;

  @Test
  void everyClientAndEveryWorkerIsAccountedFor() throws Exception {
    say("baton.faults.seed=" + SEED + ", baton.faults.seconds=" + SECONDS);
    var schedule = FaultSchedule.of(SEED, SECONDS);
    for (int i = 0; i < schedule.lives().size(); i++) {
      if (LIFE > 0 && LIFE != i + 1) {
        continue;
      }
      var life = schedule.lives().get(i);
      say("life " + (i + 1) + " of " + schedule.lives().size() + ", " + life.seconds() + " s");
      var account = live(life, Files.createDirectory(folder.resolve("life" + i)));
      System.out.print(account);
      assertEquals(
          List.of(), account.unexplained().stream().limit(EXAMPLES).toList(), "seed " + SEED);
    }
  }

  private Account live(FaultSchedule.Life life, Path home) throws Exception {
    var instance = new Instance(installation, home);
    try (var disk = new SmallDisk(instance.conf().runtimeDir());
        var baton = BatonProcess.start(installation, instance.conf(), BatonProcess.AS_SHIPPED)) {
      var account = live(life, instance, baton, disk);
      if (!account.unexplained().isEmpty()) {
        System.out.println(baton.output());
      }
      return account;
    }
  }

  private Account live(
      FaultSchedule.Life life, Instance instance, BatonProcess baton, SmallDisk disk)
      throws Exception {
    try (var run = new LifeRun(life, instance, baton, disk, this::say)) {
      return run.run();
    } catch (Exception | AssertionError e) {
      say("failed with seed " + SEED + ": " + e);
      System.out.println(baton.output());
      throw e;
    }
  }

  private void say(String line) {
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf(Locale.ROOT, "%8.3f s  %s%n", seconds, line);
  }
}
