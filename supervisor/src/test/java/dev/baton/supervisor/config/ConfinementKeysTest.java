package dev.baton.supervisor.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The keys that confine a pool's workers. */
class ConfinementKeysTest {
  private static final String SIZE = "a size such as 512k, 64m, 1g or a whole number of bytes";
  private static final String VARIABLES = "yes, no, or a list of names of variables";
  private static final String CPUS = "CPUs such as 0, 0-3 or 0,2-3";

  @TempDir Path folder;

  private ConfinementConfig load(String keys) throws ConfigException {
    return Loaded.in(folder)
        .load("pools: {p: {plugin: a.B, " + keys + "}}")
        .pools()
        .get("p")
        .confinement();
  }

  @Test
  void everyKeyReachesItsRecord() throws ConfigException {
    assertEquals(
        new ConfinementConfig(
            Optional.of(List.of("adm", "12")),
            false,
            OptionalInt.of(0027),
            Map.of(
                ResourceLimit.NOFILE,
                1024L,
                ResourceLimit.NPROC,
                ResourceLimit.UNLIMITED,
                ResourceLimit.CORE,
                0L,
                ResourceLimit.AS,
                8L << 30,
                ResourceLimit.FSIZE,
                64L << 20),
            OptionalInt.of(-5),
            Optional.of(new CpuSet("0-2,5")),
            OptionalInt.of(500),
            new InheritedEnvironment(false, Set.of("LANG", "API_TOKEN")),
            Optional.of(
                new CgroupConfig(
                    Optional.of(Path.of("/sys/fs/cgroup/x")),
                    OptionalLong.of(512L << 20),
                    1.5,
                    OptionalInt.of(200),
                    true))),
        load(
            "user: nobody, groups: [adm, 12], noNewPrivileges: no, umask: 0027, limits: {nofile:"
                + " 1024, nproc: unlimited, core: 0, as: 8g, fsize: 64m}, nice: -5, cpuAffinity:"
                + " '5,0-1,2', oomScoreAdjust: 500, inheritEnvironment: [LANG, API_TOKEN], cgroup:"
                + " {parent: /sys/fs/cgroup/x, memoryMax: 512m, cpuMax: 1.5, pidsMax: 200,"
                + " required: yes}"));
  }

  @Test
  void whatIsLeftOut() throws ConfigException {
    assertEquals(ConfinementConfig.NONE, load("workers: 1"));
    assertEquals(
        ConfinementConfig.NONE,
        load("groups: , limits: , inheritEnvironment: no, noNewPrivileges: no"));
    assertTrue(load("user: nobody").noNewPrivileges(), "the default of another user");
    assertTrue(load("noNewPrivileges: yes").noNewPrivileges());
    assertTrue(load("inheritEnvironment: yes").inherited().all());
    assertEquals(Optional.of(List.of()), load("user: nobody, groups: []").groups());
    CgroupConfig plain = load("cgroup: ").cgroup().orElseThrow();
    assertEquals(Map.of(), plain.limits());
    assertFalse(plain.required());
  }

  @Test
  void aCgroupsLimitsAsTheKernelReadsThem() throws ConfigException {
    assertEquals(
        Map.of("memory.max", "67108864", "cpu.max", "25000 100000", "pids.max", "64"),
        load("cgroup: {memoryMax: 64m, cpuMax: 0.25, pidsMax: 64}")
            .cgroup()
            .orElseThrow()
            .limits());
  }

  @Test
  void whatIsMeantForTheSupervisorAloneIsNeverInherited() {
    InheritedEnvironment all = new InheritedEnvironment(true, Set.of());
    for (String ours : List.of("NOTIFY_SOCKET", "LISTEN_FDS", "WATCHDOG_USEC", "BATON_CONF")) {
      assertFalse(all.has(ours), ours);
    }
    assertTrue(all.has("API_TOKEN"));
    assertFalse(InheritedEnvironment.NONE.has("API_TOKEN"));
  }

  @Test
  void setsOfCpus() {
    CpuSet machine = CpuSet.parse("0-1,4").orElseThrow();
    assertEquals("0-1,4", machine.toString());
    assertEquals("0-2", CpuSet.parse("2,1,0-1").orElseThrow().list());
    assertEquals(Optional.empty(), CpuSet.parse("0,4").orElseThrow().without(machine));
    assertEquals(
        Optional.of(new CpuSet("2-3,5")), CpuSet.parse("0-5").orElseThrow().without(machine));
    for (String bad : List.of("", "a", "1-", "3-1", "0,,1", "8192", "-1", "0x1")) {
      assertEquals(Optional.empty(), CpuSet.parse(bad), bad);
    }
  }

  private static Stream<Arguments> mistakes() {
    Mistakes all = new Mistakes();
    all.pool("groups: [adm]", 4, "groups", "groups without a user", "both or none");
    String group = "the name or number of a group";
    all.pool("user: a\ngroups: ['a b']", 5, "groups[0]", "\"a b\"", group);
    all.pool("user: a\ngroups: [adm, adm]", 5, "groups[1]", "\"adm\"", "each group once");
    all.pool("noNewPrivileges: 1", 4, "noNewPrivileges", "1", "yes or no");
    String mask = "an octal mask with a leading zero, from 0000 to 0777, such as 0027";
    all.pool("umask: 27", 4, "umask", "27", mask);
    all.pool("umask: 0800", 4, "umask", "\"0800\"", mask);
    all.pool("nice: 20", 4, "nice", "20", "a whole number from -20 to 19");
    all.pool("cpuAffinity: 3-1", 4, "cpuAffinity", "\"3-1\"", CPUS);
    String score = "a whole number from -1000 to 1000";
    all.pool("oomScoreAdjust: 1001", 4, "oomScoreAdjust", "1001", score);
    String count = "a whole number, at least 16, or unlimited";
    all.pool("limits: {nofile: 8}", 4, "limits.nofile", "8", count);
    all.pool("limits: {nproc: 4k}", 4, "limits.nproc", "\"4k\"", count);
    all.pool("limits: {core: -1}", 4, "limits.core", "-1", SIZE + ", at least 0, or unlimited");
    String space = SIZE + ", at least 268435456, or unlimited";
    all.pool("limits: {as: 1m}", 4, "limits.as", "\"1m\"", space);
    String known = "one of as, core, fsize, nofile, nproc";
    all.pool("limits: {cpu: 1}", 4, "limits.cpu", "an unknown key", known);
    all.pool("inheritEnvironment: some", 4, "inheritEnvironment", "\"some\"", VARIABLES);
    all.pool("inheritEnvironment: {A: b}", 4, "inheritEnvironment", "a mapping", VARIABLES);
    String name = "the name of a variable, from letters, digits and _, no digit first";
    all.pool("inheritEnvironment: [A-B]", 4, "inheritEnvironment[0]", "\"A-B\"", name);
    String reserved = "a name that does not start with BATON_, which is reserved";
    all.pool("inheritEnvironment: [BATON_X]", 4, "inheritEnvironment[0]", "\"BATON_X\"", reserved);
    all.pool("cgroup: yes", 4, "cgroup", "\"yes\"", "a mapping");
    all.pool("cgroup: {memoryMax: 1m}", 4, "cgroup.memoryMax", "\"1m\"", SIZE + ", at least 16m");
    all.pool("cgroup: {cpuMax: 0}", 4, "cgroup.cpuMax", "0", "a number from 0.01 to 8192");
    all.pool(
        "cgroup: {pidsMax: 15}", 4, "cgroup.pidsMax", "15", "a whole number from 16 to 4194304");
    all.pool(
        "jvm: {heap: 64m}\ncgroup: {memoryMax: 64m}",
        5,
        "cgroup.memoryMax",
        "67108864 bytes, with a heap of 67108864",
        "more than the heap, as a JVM needs more than that");
    return all.cases();
  }

  @ParameterizedTest
  @MethodSource
  void mistakes(String text, String problem) {
    assertEquals(List.of(problem), Loaded.in(folder).problems(text));
  }

  @Test
  void allMistakesAreToldAtOnce() {
    List<String> keys = new ArrayList<>();
    for (String problem :
        Loaded.in(folder)
            .problems(
                "pools: {p: {plugin: a.B, umask: x, nice: x, limits: {nofile: x, fsize: x},"
                    + " cgroup: {cpuMax: x, other: 1}}}")) {
      keys.add(problem.replaceFirst("test.yaml:1: pools.p.([A-Za-z.]+): .*", "$1"));
    }
    assertEquals(
        Set.of("umask", "nice", "limits.nofile", "limits.fsize", "cgroup.cpuMax", "cgroup.other"),
        Set.copyOf(keys));
  }
}
