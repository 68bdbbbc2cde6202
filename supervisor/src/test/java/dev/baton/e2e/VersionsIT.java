package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Deadline;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.OtherVersion;
import dev.baton.e2e.kit.OtherVersion.Part;
import dev.baton.e2e.kit.Sample;
import dev.baton.load.LoadGenerator;
import dev.baton.load.LoadPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Supervisors and workers of different versions of the protocol. */
@BatonTest
@Timeout(120)
class VersionsIT {
  private static final Duration SOON = Duration.ofSeconds(20);

  private final Installation installation = Installation.find();
  @TempDir Path folder;

  private ConfFile conf() throws IOException {
    var conf = ConfFile.in(folder).tcp("shared").tcp("handed");
    conf.dispatch("handed", "round-robin");
    return conf.pool(
        "hello",
        pool ->
            pool.sample(installation, Sample.HELLO)
                .workers(2)
                .listeners("shared", "handed")
                .heap("48m"));
  }

  /** A minor more, with workers of the minor before; and back, with workers of the one after. */
  @Test
  void aMinorApartServesInBothDirections() throws Exception {
    var next =
        OtherVersion.make(installation, folder.resolve("next"), 1, 1, EnumSet.allOf(Part.class));
    try (var baton = BatonProcess.start(installation, conf());
        var load = new LoadGenerator()) {
      load.start(
          LoadPlan.newConnections(baton.target("shared")).rate(50),
          LoadPlan.keepAlive(baton.target("handed"), 5).rate(50),
          LoadPlan.newConnections(baton.target("handed")).rate(50));
      var before = pids(baton);
      baton.run("upgrade", "--to", next.toString()).expect(0);
      assertEquals(before, pids(baton), baton::output);
      runFrom(installation.dist(), before);
      baton.run("restart", "hello").expect(0);
      var newer = pids(baton);
      runFrom(next, newer);
      baton.run("upgrade", "--to", installation.dist().toString()).expect(0);
      assertEquals(newer, pids(baton), baton::output);
      baton.run("fds").expect(0);
      baton.run("restart", "hello").expect(0);
      runFrom(installation.dist(), pids(baton));
      var report = load.stop();
      assertEquals(0, report.lost(), report::toString);
    }
  }

  @Test
  void anUpgradeToAnotherMajorIsRefused() throws Exception {
    var next =
        OtherVersion.make(installation, folder.resolve("next"), 2, 0, EnumSet.allOf(Part.class));
    try (var baton = BatonProcess.start(installation, conf()).allowErrors()) {
      var before = pids(baton);
      var refused = baton.run("upgrade", "--to", next.toString()).expect(1);
      assertTrue(
          refused.stderr().contains("the workers speak protocol 1.0, and this program 2.0"),
          refused::toString);
      assertEquals(before, pids(baton), baton::output);
    }
  }

  @Test
  void aWorkerOfAnotherMajorIsRefusedWithBothNamed() throws Exception {
    var mixed =
        OtherVersion.make(installation, folder.resolve("mixed"), 2, 0, EnumSet.of(Part.WORKER));
    var other = new Installation(mixed, installation.javaHome());
    try (var baton = BatonProcess.launch(other, conf()).allowErrors()) {
      Deadline.await(
          SOON,
          "it says why",
          () -> baton.output().contains("speaks protocol 2.0, this supervisor 1.0"),
          baton::output);
    }
  }

  private static List<Long> pids(BatonProcess baton) throws IOException {
    return baton.workers("hello").stream().map(w -> w.pid()).toList();
  }

  /** Of which installation a worker's runtime is. */
  private static void runFrom(Path dist, List<Long> pids) throws IOException {
    for (long pid : pids) {
      var command = Files.readString(Path.of("/proc", String.valueOf(pid), "cmdline"));
      assertTrue(command.contains(dist.resolve("lib/worker") + "/"), command);
    }
  }
}
