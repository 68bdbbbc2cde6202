package dev.baton.supervisor.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OomKillsTest {
  private static final Optional<String> OURS = Optional.of("/sup");

  @TempDir Path folder;
  private Path machine;
  private Path self;

  @BeforeEach
  void make() throws Exception {
    machine = folder.resolve("vmstat");
    self = Files.writeString(folder.resolve("self"), "4:memory:/x\n0::/sup\n");
    machine(0);
  }

  private void machine(int kills) throws IOException {
    Files.writeString(machine, "oom_kills_of_another_kind 7\noom_kill " + kills + "\n");
  }

  private void cgroup(String name, int kills) throws IOException {
    Files.createDirectories(folder.resolve(name));
    Files.writeString(
        folder.resolve(name).resolve("memory.events"), "oom 9\noom_kill " + kills + "\n");
  }

  private OomKills kills() {
    return new OomKills(name -> folder.resolve(name.substring(1)), machine, self);
  }

  @Test
  void aCgroupOfItsOwnTellsForCertain() throws Exception {
    cgroup("worker", 1);
    machine(1);
    assertTrue(kills().sign(Optional.of("/worker")).startsWith("out of memory: "));
    cgroup("worker", 0);
    assertEquals("", kills().sign(Optional.of("/worker")), "another process of the machine");
  }

  @Test
  void inASharedCgroupOnlyWhatIsNewCounts() throws Exception {
    cgroup("sup", 3);
    OomKills kills = kills();
    assertEquals("", kills.sign(OURS));
    cgroup("sup", 4);
    assertTrue(kills.sign(OURS).startsWith("out of memory: "));
    assertEquals("", kills.sign(OURS), "told before");
    cgroup("sup", 5);
    kills.look();
    assertEquals("", kills.sign(OURS), "before the worker started");
  }

  @Test
  void withoutACgroupTheMachineTellsWhatIsProbable() throws Exception {
    OomKills kills = kills();
    assertEquals("", kills.sign(Optional.empty()));
    machine(1);
    assertTrue(kills.sign(Optional.of("/gone (deleted)")).startsWith("probably out of memory: "));
  }

  @Test
  void withoutCountersNothingIsSaid() throws Exception {
    Files.delete(machine);
    OomKills kills = kills();
    assertEquals("", kills.sign(Optional.empty()));
    Files.writeString(machine, "oom_kill x\n");
    assertEquals("", kills.sign(OURS));
    assertEquals(Optional.empty(), OomKills.cgroup(folder.resolve("none")));
  }
}
