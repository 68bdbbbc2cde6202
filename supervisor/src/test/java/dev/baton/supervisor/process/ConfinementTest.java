package dev.baton.supervisor.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.supervisor.config.ConfinementConfig;
import dev.baton.supervisor.config.CpuSet;
import dev.baton.supervisor.config.InheritedEnvironment;
import dev.baton.supervisor.config.ResourceLimit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What comes before a worker's command, and what the kernel then says of the process. */
class ConfinementTest {
  private static final Confinement.Surroundings AT_TWO = new Confinement.Surroundings(2, true);
  private static final Map<Tool, Path> TOOLS = new EnumMap<>(Tool.class);

  static {
    TOOLS.put(Tool.SHELL, Path.of("/bin/sh"));
    TOOLS.put(Tool.PRLIMIT, Path.of("/bin/prlimit"));
    TOOLS.put(Tool.NICE, Path.of("/bin/nice"));
    TOOLS.put(Tool.TASKSET, Path.of("/bin/taskset"));
    TOOLS.put(Tool.SETPRIV, Path.of("/bin/setpriv"));
  }

  @TempDir Path folder;

  private static ConfinementConfig config(
      boolean noNewPrivileges,
      OptionalInt umask,
      Map<ResourceLimit, Long> limits,
      OptionalInt nice,
      Optional<CpuSet> cpus,
      OptionalInt oomScore) {
    return new ConfinementConfig(
        Optional.empty(),
        noNewPrivileges,
        umask,
        limits,
        nice,
        cpus,
        oomScore,
        InheritedEnvironment.NONE,
        Optional.empty());
  }

  private static ConfinementConfig everything() {
    return config(
        true,
        OptionalInt.of(0027),
        Map.of(
            ResourceLimit.NOFILE, 400L,
            ResourceLimit.CORE, 0L,
            ResourceLimit.FSIZE, ResourceLimit.UNLIMITED),
        OptionalInt.of(5),
        CpuSet.parse("0"),
        OptionalInt.of(300));
  }

  private static ConfinementConfig onlyNice(int nice) {
    return config(
        false,
        OptionalInt.empty(),
        Map.of(),
        OptionalInt.of(nice),
        Optional.empty(),
        OptionalInt.empty());
  }

  @Test
  void aWorkerLikeTheSupervisorNeedsNothing() {
    assertEquals(List.of(), Confinement.NONE.prefix());
    assertEquals(
        List.of(),
        new Confinement(
                Optional.empty(), onlyNice(2), TOOLS, new Confinement.Surroundings(2, false))
            .prefix(),
        "it is what we are");
  }

  @Test
  void everyToolBecomesTheNextAndTheUserComesLast() {
    WorkerUser user = new WorkerUser(7, 8, Optional.of(List.of(9, 10)), Optional.empty());
    Confinement confinement = new Confinement(Optional.of(user), everything(), TOOLS, AT_TWO);
    List<String> words = confinement.prefix();
    assertEquals(List.of("/bin/sh", "-c"), words.subList(0, 2));
    String script = words.get(2);
    assertTrue(
        script.startsWith(
            "set -e; umask 0027; echo 300 > /proc/self/oom_score_adj; n=0; until ! read -r _ <"
                + " /proc/self/autogroup || { echo 5 > /proc/self/autogroup; }"),
        script);
    assertTrue(script.endsWith("; exec \"$@\""), script);
    assertEquals(
        List.of(
            "baton",
            "/bin/prlimit",
            "--nofile=400",
            "--core=0",
            "--fsize=unlimited",
            "/bin/nice",
            "-n",
            "3",
            "/bin/taskset",
            "-c",
            "0",
            "/bin/setpriv",
            "--reuid",
            "7",
            "--regid",
            "8",
            "--groups",
            "9,10",
            "--inh-caps=-all",
            "--ambient-caps=-all",
            "--no-new-privs",
            "--"),
        words.subList(3, words.size()));
  }

  private static QuietStarts quiet(boolean sessions, boolean threads) {
    return new QuietStarts(
        null, new QuietStarts.Means(2, sessions, threads, false, Optional.empty()));
  }

  @Test
  void theNiceValuesOfAQuietStartComeLater() {
    Confinement confinement = new Confinement(Optional.empty(), onlyNice(5), TOOLS, AT_TWO);
    QuietStarts sessions = quiet(true, false);
    QuietStarts threads = quiet(false, true);
    QuietStarts both = quiet(true, true);
    assertEquals(List.of("/bin/nice", "-n", "3"), confinement.leavingTo(sessions).prefix());
    List<String> shell = confinement.leavingTo(threads).prefix();
    assertEquals(List.of("/bin/sh", "-c"), shell.subList(0, 2));
    assertEquals(List.of("baton"), shell.subList(3, shell.size()));
    assertEquals(List.of(), confinement.leavingTo(both).prefix());
  }

  @Test
  void aCgroupIsEnteredBeforeAnythingElse() {
    Confinement confinement =
        new Confinement(Optional.empty(), everything(), TOOLS, AT_TWO)
            .in(Optional.of(new WorkerCgroup(Path.of("/cg/it's"))));
    List<String> words = confinement.prefix();
    assertTrue(
        words.get(2).startsWith("set -e; echo 0 > \"$1\"; shift; umask 0027; "), words.get(2));
    assertEquals(List.of("baton", "/cg/it's/cgroup.procs", "/bin/prlimit"), words.subList(3, 6));
  }

  private static List<String> run(Confinement confinement, String... command) throws Exception {
    List<String> all = new ArrayList<>(confinement.prefix());
    all.addAll(List.of(command));
    Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(10, TimeUnit.SECONDS), "still running");
    assertEquals(0, process.exitValue(), said);
    return said.lines().toList();
  }

  private static Map<Tool, Path> found() throws IOException {
    Map<Tool, Path> tools = new EnumMap<>(Tool.class);
    for (Tool tool : Tool.values()) {
      tools.put(tool, tool.find("key", null));
    }
    return tools;
  }

  /** Nothing here takes a right. */
  @Test
  void theKernelConfirmsIt() throws Exception {
    Confinement confinement =
        new Confinement(Optional.empty(), everything(), found(), Confinement.Surroundings.read());
    List<String> status = run(confinement, "cat", "/proc/self/status");
    assertTrue(status.contains("Umask:\t0027"), status::toString);
    assertTrue(status.contains("NoNewPrivs:\t1"), status::toString);
    assertTrue(status.contains("Cpus_allowed_list:\t0"), status::toString);
    List<String> limits = run(confinement, "cat", "/proc/self/limits");
    assertTrue(
        limits.stream().anyMatch(l -> l.matches("Max open files +400 +400 .*")), limits::toString);
    assertTrue(
        limits.stream().anyMatch(l -> l.matches("Max core file size +0 +0 .*")), limits::toString);
    assertEquals(List.of("300"), run(confinement, "cat", "/proc/self/oom_score_adj"));
    assertEquals(List.of("5"), run(confinement, "nice"));
    List<String> variables = run(confinement, "env");
    assertTrue(variables.stream().noneMatch(v -> v.startsWith("PWD=")), "the shell's own variable");
  }

  @Test
  void aMissingCommandIsNamedWithThePackageAndTheKey() throws Exception {
    assertEquals(
        "a pool with `limits` needs prlimit (Debian: util-linux); it is in none of /none:relative",
        assertThrows(IOException.class, () -> Tool.PRLIMIT.find("limits", "/none:relative"))
            .getMessage());
    Path command = Files.writeString(folder.resolve("taskset"), "#!/bin/sh\n");
    assertThrows(IOException.class, () -> Tool.TASKSET.find("cpuAffinity", folder.toString()));
    Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertEquals(command, Tool.TASKSET.find("cpuAffinity", "/none:x:" + folder));
  }
}
