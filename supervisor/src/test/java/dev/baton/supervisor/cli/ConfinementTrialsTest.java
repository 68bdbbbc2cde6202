package dev.baton.supervisor.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.supervisor.config.BatonConfig;
import dev.baton.supervisor.config.ConfigException;
import dev.baton.supervisor.config.ConfigLoader;
import dev.baton.supervisor.config.CpuSet;
import dev.baton.supervisor.config.PoolConfig;
import dev.baton.supervisor.config.ResourceLimit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code baton check} finds of confinement, for processes with few rights and with many. */
class ConfinementTrialsTest {
  private static final Map<String, String> USUAL = Map.of("PATH", "/usr/bin:/bin");
  private static final List<String> LIMITS =
      List.of(
          "Limit                     Soft Limit           Hard Limit           Units     ",
          "Max file size             unlimited            unlimited            bytes     ",
          "Max core file size        0                    1048576              bytes     ",
          "Max open files            1024                 4096                 files     ",
          "Max nice priority         15                   15                   ");

  @TempDir Path folder;

  private static OwnProcess process(boolean mayAll) {
    return new OwnProcess(
        LIMITS, OptionalInt.of(3), OptionalInt.of(0), CpuSet.parse("0-1"), mayAll, mayAll);
  }

  private PoolConfig pool(String keys) throws IOException, ConfigException {
    Path file =
        Files.writeString(folder.resolve("c.yaml"), "pools: {p: {plugin: a.B, " + keys + "}}");
    BatonConfig config = ConfigLoader.load(file, folder, Map.of());
    return config.pools().get("p");
  }

  private Map<String, String> problems(String keys, boolean mayAll) throws Exception {
    return new ConfinementTrials(pool(keys), USUAL, process(mayAll)).problems();
  }

  @Test
  void whatTakesARightIsAProblemWithoutIt() throws Exception {
    String keys = "limits: {nofile: 4097, core: unlimited, fsize: 1g}, nice: 2, oomScoreAdjust: -1";
    assertEquals(
        Map.of(
            "limits.nofile",
            "4097 is more than our own hard limit 4096, which takes CAP_SYS_RESOURCE",
            "limits.core",
            "unlimited is more than our own hard limit 1048576, which takes CAP_SYS_RESOURCE",
            "nice",
            "2 is below our own, 3: that takes CAP_SYS_NICE",
            "oomScoreAdjust",
            "-1 is below our own, 0: that takes CAP_SYS_RESOURCE"),
        problems(keys, false));
    assertEquals(Map.of(), problems(keys, true));
    assertEquals(
        Map.of(),
        problems(
            "limits: {nofile: 4096, core: 0}, nice: 3, oomScoreAdjust: 0, umask: 0077", false));
  }

  @Test
  void aNiceLimitIsARight() throws Exception {
    String file = "nice: 2";
    List<String> generous = List.of("Max nice priority         20                   20 ");
    OwnProcess self =
        new OwnProcess(
            generous, OptionalInt.of(3), OptionalInt.of(0), CpuSet.parse("0"), false, false);
    assertEquals(Map.of(), new ConfinementTrials(pool(file), USUAL, self).problems());
  }

  @Test
  void cpusThatThereAreNotAreNamed() throws Exception {
    assertEquals(Map.of(), problems("cpuAffinity: 0-1", false));
    assertEquals(
        Map.of("cpuAffinity", "this machine has no CPU 2-3 (it has 0-1)"),
        problems("cpuAffinity: 1-3", true));
  }

  @Test
  void everyMissingCommandIsNamedAtItsKey() throws Exception {
    Map<String, String> nowhere = Map.of("PATH", folder.toString());
    PoolConfig pool =
        pool(
            "user: nobody, limits: {core: 0}, nice: 5, cpuAffinity: 0, umask: 0077,"
                + " oomScoreAdjust: 5, cgroup: {}");
    Map<String, String> problems = new ConfinementTrials(pool, nowhere, process(true)).problems();
    for (var need :
        Map.of(
                "user", "setpriv (Debian: util-linux)",
                "limits", "prlimit (Debian: util-linux)",
                "nice", "nice (Debian: coreutils)",
                "cpuAffinity", "taskset (Debian: util-linux)",
                "umask", "sh (Debian: dash)",
                "oomScoreAdjust", "sh (Debian: dash)",
                "cgroup", "sh (Debian: dash)")
            .entrySet()) {
      assertEquals(
          "a pool with `%s` needs %s; it is in none of %s"
              .formatted(need.getKey(), need.getValue(), folder),
          problems.get(need.getKey()));
    }
    assertEquals(
        "a pool with `noNewPrivileges` needs setpriv (Debian: util-linux); it is in none of "
            + folder,
        new ConfinementTrials(pool("noNewPrivileges: yes"), nowhere, process(false))
            .problems()
            .get("noNewPrivileges"));
  }

  @Test
  void groupsThatThereAreNotAreNamed() throws Exception {
    assertEquals(
        Map.of("user", "this machine has no group none-such"),
        problems("user: root, groups: [root, none-such]", true));
  }

  @Test
  void aCgroupThatCannotBeHadIsAWarningOrIfRequiredAProblem() throws Exception {
    String none = folder + " is no cgroup (version 2)";
    PoolConfig optional = pool("cgroup: {parent: " + folder + "}");
    ConfinementTrials trials = new ConfinementTrials(optional, USUAL, process(true));
    assertEquals(Map.of(), trials.problems());
    assertEquals(List.of("pool p: cgroup, as seen from here: " + none), trials.warnings());
    PoolConfig required = pool("cgroup: {parent: " + folder + ", required: yes}");
    trials = new ConfinementTrials(required, USUAL, process(true));
    assertEquals(Map.of("cgroup", none), trials.problems());
    assertEquals(List.of(), trials.warnings());
  }

  @Test
  void aVariableToInheritThatIsNotSetIsAWarning() throws Exception {
    PoolConfig pool = pool("inheritEnvironment: [PATH, NOT_SET]");
    assertEquals(
        List.of("pool p: inheritEnvironment: NOT_SET is not set"),
        new ConfinementTrials(pool, USUAL, process(false)).warnings());
  }

  @Test
  void thisProcessCanBeRead() {
    OwnProcess self = OwnProcess.read();
    assertTrue(self.nice().isPresent() && self.oomScoreAdjust().isPresent(), self::toString);
    assertTrue(self.cpus().isPresent() && self.niceLimit().isPresent(), self::toString);
    for (var limit : ResourceLimit.values()) {
      assertTrue(self.hardLimit(limit).isPresent(), limit.toString());
    }
  }
}
