package dev.baton.supervisor.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.supervisor.config.BackoffConfig;
import dev.baton.supervisor.config.ConfinementConfig;
import dev.baton.supervisor.config.DispatchConfig;
import dev.baton.supervisor.config.InheritedEnvironment;
import dev.baton.supervisor.config.JvmConfig;
import dev.baton.supervisor.config.OpenPolicyConfig;
import dev.baton.supervisor.config.PoolConfig;
import dev.baton.supervisor.config.PoolLogConfig;
import dev.baton.supervisor.config.StartMode;
import dev.baton.supervisor.config.SupervisionConfig;
import dev.baton.supervisor.core.WorkerId;
import dev.baton.sys.Accounts.Account;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a worker is started with, to the letter. */
class WorkerCommandTest {
  private static final WorkerId ID = new WorkerId("web", 2, 7);
  private static final Path EVIDENCE = Path.of("/run/baton/evidence/web-2.7");
  private static final List<Path> CLASS_PATH = List.of(Path.of("/r/a.jar"), Path.of("/r/classes"));

  private final Map<String, String> ours =
      Map.of(
          "NOTIFY_SOCKET", "/run/systemd/notify",
          "PATH", "/usr/bin",
          "HOME", "/root",
          "TZ", "Europe/Berlin",
          "LANG", "de_DE",
          "JAVA_TOOL_OPTIONS", "-Dsecret=1",
          "BATON_CHANNEL_FD", "99",
          "PASSWORD", "secret");
  private final WorkerCommand command =
      new WorkerCommand(
          Path.of("/jdk/bin/java"), Path.of("/lib/worker-api-runtime.jar"), Optional.empty(), ours);

  private static PoolConfig pool(
      JvmConfig jvm, Map<String, String> environment, Optional<Path> workingDirectory) {
    return pool(jvm, environment, workingDirectory, ConfinementConfig.NONE);
  }

  private static PoolConfig pool(
      JvmConfig jvm,
      Map<String, String> environment,
      Optional<Path> workingDirectory,
      ConfinementConfig confinement) {
    Duration some = Duration.ofSeconds(1);
    return new PoolConfig(
        "web",
        Optional.of("x.Plugin"),
        List.of("/src/a.jar"),
        3,
        List.of(),
        List.of(),
        Map.of(),
        jvm,
        environment,
        workingDirectory,
        some,
        some,
        some,
        1,
        0,
        BackoffConfig.DEFAULTS,
        StartMode.ALWAYS,
        some,
        DispatchConfig.DEFAULTS,
        SupervisionConfig.DEFAULTS,
        OpenPolicyConfig.NONE,
        Optional.empty(),
        Optional.empty(),
        confinement,
        PoolLogConfig.DEFAULTS);
  }

  private boolean sharesClassData(JvmConfig jvm) {
    WorkerCommand withArchive =
        new WorkerCommand(
            Path.of("/jdk/bin/java"),
            Path.of("/lib/worker-api-runtime.jar"),
            Optional.of(Path.of("/archives/worker.jsa")),
            ours);
    return withArchive
        .launch(pool(jvm, Map.of(), Optional.empty()), ID, CLASS_PATH, EVIDENCE, Confinement.NONE)
        .command()
        .contains("-XX:SharedArchiveFile=/archives/worker.jsa");
  }

  @Test
  void classDataIsSharedUnlessThePoolDecidesItself() {
    assertTrue(sharesClassData(JvmConfig.DEFAULTS));
    assertFalse(sharesClassData(jvm(Optional.of(Path.of("/other/bin/java")), List.of())));
    for (String option :
        List.of("-Xshare:off", "-XX:SharedArchiveFile=/x.jsa", "-XX:ArchiveClassesAtExit=/x")) {
      assertFalse(sharesClassData(jvm(Optional.empty(), List.of(option))), option);
    }
  }

  private static JvmConfig jvm(Optional<Path> java, List<String> options) {
    return new JvmConfig(java, options, Optional.empty(), true);
  }

  private Launch launch(PoolConfig pool) {
    return command.launch(pool, ID, CLASS_PATH, EVIDENCE, Confinement.NONE);
  }

  @Test
  void theUsualCommand() {
    assertEquals(
        List.of(
            "/jdk/bin/java",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:+HeapDumpOnOutOfMemoryError",
            "-XX:HeapDumpPath=/run/baton/evidence/web-2.7/heap.hprof",
            "-XX:ErrorFile=/run/baton/evidence/web-2.7/hs_err.log",
            "-cp",
            "/lib/worker-api-runtime.jar:/r/a.jar:/r/classes",
            "dev.baton.worker.WorkerMain"),
        launch(pool(JvmConfig.DEFAULTS, Map.of(), Optional.empty())).command());
  }

  @Test
  void aCommandWithEverythingChosen() {
    JvmConfig jvm =
        new JvmConfig(
            Optional.of(Path.of("/other/java")),
            List.of(
                "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=500${slot}",
                "-Dname=${pool}/${slot}#${run}",
                "-Dplain=$${pool}"),
            Optional.of(64L << 20),
            false);
    assertEquals(
        List.of(
            "/other/java",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED",
            "-Xmx67108864",
            "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=5002",
            "-Dname=web/2#7",
            "-Dplain=${pool}",
            "-cp",
            "/lib/worker-api-runtime.jar:/r/a.jar:/r/classes",
            "dev.baton.worker.WorkerMain"),
        launch(pool(jvm, Map.of(), Optional.empty())).command());
  }

  @Test
  void ofOurEnvironmentAWorkerGetsLittle() {
    assertEquals(
        Map.of(
            "PATH", "/usr/bin",
            "HOME", "/root",
            "TZ", "Europe/Berlin",
            "LANG", "C.UTF-8",
            "BATON_CHANNEL_FD", "3"),
        launch(pool(JvmConfig.DEFAULTS, Map.of(), Optional.empty())).environment());
  }

  @Test
  void whatIsConfiguredComesBeforeWhatIsInherited() {
    Map<String, String> configured =
        Map.of(
            "LANG", "fr_FR.UTF-8",
            "TZ", "UTC",
            "WHO", "${pool}-${slot}-${run}",
            "BATON_CHANNEL_FD", "77");
    assertEquals(
        Map.of(
            "PATH", "/usr/bin",
            "HOME", "/root",
            "TZ", "UTC",
            "LANG", "fr_FR.UTF-8",
            "WHO", "web-2-7",
            "BATON_CHANNEL_FD", "3"),
        launch(pool(JvmConfig.DEFAULTS, configured, Optional.empty())).environment());
  }

  private Launch launch(PoolConfig pool, WorkerUser user) {
    Confinement confinement =
        new Confinement(
            Optional.of(user),
            pool.confinement(),
            Map.of(Tool.SETPRIV, Path.of("/usr/bin/setpriv")),
            new Confinement.Surroundings(0, true));
    return command.launch(pool, ID, CLASS_PATH, EVIDENCE, confinement);
  }

  @Test
  void anotherUserComesFirstAndIsToldWhoItIs() {
    WorkerUser user =
        new WorkerUser(
            65534,
            12,
            Optional.empty(),
            Optional.of(new Account("nobody", 65534, 65534, Optional.of("/nonexistent"))));
    PoolConfig pool = pool(JvmConfig.DEFAULTS, Map.of("USER", "me"), Optional.empty());
    Launch launch = launch(pool, user);
    assertEquals(
        List.of(
            "/usr/bin/setpriv",
            "--reuid",
            "65534",
            "--regid",
            "12",
            "--init-groups",
            "--inh-caps=-all",
            "--ambient-caps=-all",
            "--",
            "/jdk/bin/java"),
        launch.command().subList(0, 10));
    assertEquals(
        Map.of(
            "PATH", "/usr/bin",
            "HOME", "/nonexistent",
            "USER", "me",
            "LOGNAME", "nobody",
            "TZ", "Europe/Berlin",
            "LANG", "C.UTF-8",
            "BATON_CHANNEL_FD", "3"),
        launch.environment());
    WorkerUser unnamed = new WorkerUser(54321, 12, Optional.empty(), Optional.empty());
    assertEquals(
        Set.of("PATH", "TZ", "LANG", "USER", "BATON_CHANNEL_FD"),
        launch(pool, unnamed).environment().keySet(),
        "the supervisor's HOME is not the worker's");
  }

  private PoolConfig inheriting(boolean all, String... names) {
    return pool(
        JvmConfig.DEFAULTS,
        Map.of("TZ", "UTC"),
        Optional.empty(),
        new ConfinementConfig(
            Optional.empty(),
            false,
            OptionalInt.empty(),
            Map.of(),
            OptionalInt.empty(),
            Optional.empty(),
            OptionalInt.empty(),
            new InheritedEnvironment(all, Set.of(names)),
            Optional.empty()));
  }

  @Test
  void moreIsInheritedWhereThePoolSaysSo() {
    assertEquals(
        Map.of(
            "PATH", "/usr/bin",
            "HOME", "/root",
            "TZ", "UTC",
            "LANG", "de_DE",
            "PASSWORD", "secret",
            "BATON_CHANNEL_FD", "3"),
        launch(inheriting(false, "PASSWORD", "LANG", "NOT_SET")).environment());
    assertEquals(
        Map.of(
            "PATH", "/usr/bin",
            "HOME", "/root",
            "TZ", "UTC",
            "LANG", "de_DE",
            "PASSWORD", "secret",
            "JAVA_TOOL_OPTIONS", "-Dsecret=1",
            "BATON_CHANNEL_FD", "3"),
        launch(inheriting(true)).environment(),
        "not what systemd tells the supervisor");
    assertEquals(
        Set.of("PATH", "TZ", "LANG", "PASSWORD", "JAVA_TOOL_OPTIONS", "BATON_CHANNEL_FD"),
        launch(inheriting(true), new WorkerUser(5, 5, Optional.empty(), Optional.empty()))
            .environment()
            .keySet());
  }

  @Test
  void theWorkingDirectoryCanDifferFromWorkerToWorker() {
    Launch launch =
        launch(pool(JvmConfig.DEFAULTS, Map.of(), Optional.of(Path.of("/work/${pool}-${slot}"))));
    assertEquals(Optional.of("/work/web-2"), launch.workingDirectory());
    assertEquals(
        Optional.empty(),
        launch(pool(JvmConfig.DEFAULTS, Map.of(), Optional.empty())).workingDirectory());
  }

  @Test
  void theEnvironmentIsPassedInAnOrderOfItsOwn() {
    Launch launch = launch(pool(JvmConfig.DEFAULTS, Map.of("A", "1=2"), Optional.empty()));
    assertEquals(
        List.of(
            "A=1=2",
            "BATON_CHANNEL_FD=3",
            "HOME=/root",
            "LANG=C.UTF-8",
            "PATH=/usr/bin",
            "TZ=Europe/Berlin"),
        launch.request(List.of(4, 5, 6, 7)).environment());
  }
}
