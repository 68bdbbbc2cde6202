package dev.baton.supervisor.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Reads a configuration file, YAML or (by its name, {@code *.json}) JSON. */
public final class ConfigLoader {

  private ConfigLoader() {}

  /**
   * Reads and checks a whole configuration. The same file, home and environment give equal results
   * on the same machine. Reads the file, for the default runtime directory the user's number, and
   * the numbers of the users and groups that the clients of a service are; does nothing else and
   * may be called from any thread.
   *
   * @param file relative to the current directory or absolute; problems show it as given
   * @param home the folder of the installation, {@code ${baton.home}}
   * @param environment where {@code ${NAME}} and the default runtime directory come from
   * @return the configuration; relative paths in it were resolved against the file's folder
   * @throws ConfigException with every problem, in the order of the lines; also when the file
   *     cannot be read
   */
  public static BatonConfig load(Path file, Path home, Map<String, String> environment)
      throws ConfigException {
    return load(file, home, environment, KeyUse.Recorder.NONE);
  }

  /** The same, and tells of every key that could be there. */
  static BatonConfig load(
      Path file, Path home, Map<String, String> environment, KeyUse.Recorder recorder)
      throws ConfigException {
    Problems problems = new Problems(file);
    Optional<String> text = FileText.read(file, problems);
    if (text.isEmpty()) {
      throw problems.exception();
    }
    boolean json = file.toString().endsWith(".json");
    Optional<LocatedNode.Mapping> root = TreeReader.read(text.get(), json, problems);
    if (root.isEmpty()) {
      throw problems.exception();
    }
    Path absolute = file.toAbsolutePath().normalize();
    Substitution variables = new Substitution(environment);
    variables.define("baton.home", home.toAbsolutePath().normalize().toString());
    Reading reading = new Reading(problems, variables, absolute.getParent(), recorder);
    Section section = new Section(reading, new Includes(reading).into(root.get()));
    section.has(Includes.KEY);
    BatonConfig config = read(section, reading, absolute, environment);
    problems.throwIfAny();
    return config;
  }

  private static BatonConfig read(
      Section root, Reading reading, Path file, Map<String, String> environment) {
    InstanceReader instance = new InstanceReader(reading, environment);
    String name = instance.name(root, file);
    Path runtimeDir = instance.runtimeDir(root, name);
    reading.variables().define("baton.runtime", runtimeDir.toString());

    Problems problems = reading.problems();
    NamedSections listeners = NamedSections.of(root, "listeners", problems);
    NamedSections files = NamedSections.of(root, "files", problems);
    NamedSections pools = NamedSections.of(root, "pools", problems);
    ListenerReader listener =
        new ListenerReader(reading, runtimeDir.resolve(InstanceReader.ADMIN_SOCKET));
    HeldFileReader held = new HeldFileReader(reading);
    Map<String, ListenerConfig> bound = listeners.read(listener::read);
    PoolListeners shared = new PoolListeners(reading, listeners.names(), bound);
    PoolReader pool = new PoolReader(reading, shared, files.names(), pools.names());
    BatonConfig config =
        new BatonConfig(
            name,
            file,
            runtimeDir,
            bound,
            files.read(held::read),
            pools.read(pool::read),
            logs(root.section("logs")),
            services(root.section("services"), new OpenServiceReader(reading, listener)),
            new AdminConfigReader(reading, listener, runtimeDir).read(root));
    root.finish();
    pool.finish();
    return config;
  }

  private static Optional<OpenServiceConfig> services(
      Section section, OpenServiceReader openService) {
    Optional<OpenServiceConfig> open = openService.read(section);
    section.finish();
    return open;
  }

  private static LogConfig logs(Section section) {
    LogConfig logs =
        new LogConfig(
            section.integer("keepPerSlot", 0, 1000, LogConfig.DEFAULTS.keepPerSlot()),
            section.integer("keepEvidence", 0, 1000, LogConfig.DEFAULTS.keepEvidence()),
            section
                .constant("supervisor", LogConfig.Format.class)
                .orElse(LogConfig.DEFAULTS.supervisor()));
    section.finish();
    return logs;
  }
}
