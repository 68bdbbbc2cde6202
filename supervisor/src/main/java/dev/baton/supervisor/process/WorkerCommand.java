package dev.baton.supervisor.process;

import dev.baton.supervisor.config.InheritedEnvironment;
import dev.baton.supervisor.config.JvmConfig;
import dev.baton.supervisor.config.PoolConfig;
import dev.baton.supervisor.config.WorkerVariables;
import dev.baton.supervisor.core.WorkerId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The command line and environment of a worker JVM. Pure. */
public final class WorkerCommand {
  /** Where a worker finds the number of its control channel. */
  public static final String CHANNEL_VARIABLE = "BATON_CHANNEL_FD";

  private static final String MAIN = "dev.baton.worker.WorkerMain";
  private static final List<String> INHERITED = List.of("PATH", "HOME", "TMPDIR", "TZ");
  private static final List<String> OUR_NAMES = List.of("HOME", "USER", "LOGNAME");

  private final Path defaultJava;
  private final Path runtimeJar;
  private final Optional<Path> archive;
  private final Map<String, String> environment;

  /**
   * @param defaultJava the command where a pool names none
   * @param runtimeJar the jar with the SDK and all it needs
   * @param archive class data of the runtime jar, made by that {@code java}
   * @param environment the supervisor's own, of which a worker gets little
   */
  public WorkerCommand(
      Path defaultJava, Path runtimeJar, Optional<Path> archive, Map<String, String> environment) {
    this.defaultJava = defaultJava;
    this.runtimeJar = runtimeJar;
    this.archive = archive;
    this.environment = Map.copyOf(environment);
  }

  /**
   * What to start for one worker.
   *
   * @param classPath the plugin's own
   * @param evidence where the JVM leaves heap dumps and crash files
   * @param confinement what its process may do
   */
  public Launch launch(
      PoolConfig pool, WorkerId id, List<Path> classPath, Path evidence, Confinement confinement) {
    List<String> command = new ArrayList<>(confinement.prefix());
    command.add(java(pool).toString());
    // Descriptors become channels by members of sun.nio.ch, and jffi loads its library.
    command.add("--add-opens=java.base/sun.nio.ch=ALL-UNNAMED");
    command.add("--enable-native-access=ALL-UNNAMED");
    archive
        .filter(file -> mayShareClassData(pool.jvm()))
        .ifPresent(
            file -> {
              command.add("-XX:SharedArchiveFile=" + file);
              command.add("-Xlog:cds*=off"); // what an archive does not fit is nobody's problem
            });
    confinement.processors().ifPresent(number -> command.add("-XX:ActiveProcessorCount=" + number));
    command.addAll(jvmOptions(pool.jvm(), id, evidence));
    command.add("-cp");
    command.add(
        Stream.concat(Stream.of(runtimeJar), classPath.stream())
            .map(Path::toString)
            .collect(Collectors.joining(":")));
    command.add(MAIN);
    return new Launch(
        command,
        environment(pool, id, confinement.user()),
        pool.workingDirectory().map(d -> expand(d.toString(), id)).or(Optional::empty));
  }

  private Path java(PoolConfig pool) {
    return pool.jvm().java().orElse(defaultJava);
  }

  /** What a worker's process must be able to read, besides the plugin. */
  public List<Path> needed(PoolConfig pool) {
    return List.of(java(pool), runtimeJar);
  }

  /** Where this process looks for commands; null where nothing says so. */
  public String searchPath() {
    return environment.get("PATH");
  }

  /** Not another JVM than the archive's, and not where the operator decides about archives. */
  private static boolean mayShareClassData(JvmConfig jvm) {
    return jvm.java().isEmpty()
        && jvm.options().stream()
            .noneMatch(
                o ->
                    o.startsWith("-Xshare")
                        || o.startsWith("-XX:SharedArchiveFile")
                        || o.startsWith("-XX:ArchiveClassesAtExit"));
  }

  private static List<String> jvmOptions(JvmConfig jvm, WorkerId id, Path evidence) {
    List<String> options = new ArrayList<>();
    if (jvm.defaults()) {
      options.add("-XX:+ExitOnOutOfMemoryError");
      options.add("-XX:+HeapDumpOnOutOfMemoryError");
      options.add("-XX:HeapDumpPath=" + evidence.resolve("heap.hprof"));
      options.add("-XX:ErrorFile=" + evidence.resolve("hs_err.log"));
    }
    jvm.heapBytes().ifPresent(bytes -> options.add("-Xmx" + bytes));
    jvm.options().forEach(o -> options.add(expand(o, id)));
    return options;
  }

  /** An empty environment makes JDK 17 read and write ASCII, hence LANG. */
  private Map<String, String> environment(PoolConfig pool, WorkerId id, Optional<WorkerUser> user) {
    Map<String, String> result = new LinkedHashMap<>();
    InheritedEnvironment more = pool.confinement().inherited();
    result.put("LANG", "C.UTF-8");
    environment.forEach(
        (name, value) -> {
          if (INHERITED.contains(name) || more.has(name)) {
            result.put(name, value);
          }
        });
    user.ifPresent(
        who -> {
          OUR_NAMES.forEach(result::remove); // they are not the worker's
          result.putAll(who.environment());
        });
    pool.environment().forEach((name, value) -> result.put(name, expand(value, id)));
    result.put(CHANNEL_VARIABLE, String.valueOf(ProcessMaker.CHANNEL));
    return result;
  }

  private static String expand(String text, WorkerId id) {
    return WorkerVariables.expand(text, id.pool(), id.slot(), id.run());
  }
}
