package dev.baton.supervisor.cli;

import dev.baton.supervisor.config.BatonConfig;
import dev.baton.supervisor.config.FileAccess;
import dev.baton.supervisor.config.FileConfig;
import dev.baton.supervisor.config.ListenerConfig;
import dev.baton.supervisor.config.OpenPolicyConfig;
import dev.baton.supervisor.config.OpenServiceConfig;
import dev.baton.supervisor.config.PoolConfig;
import dev.baton.supervisor.process.OwnRights;
import dev.baton.supervisor.store.ReleaseStore;
import dev.baton.sys.Accounts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * Tries what a start would need, as far as that can be tried without acting: nothing is bound,
 * opened for writing, or created.
 */
final class Trials {

  private final BatonConfig config;
  private final Map<String, String> environment;
  private final List<String> problems = new ArrayList<>();
  private final Map<Path, Optional<String>> javaCommands = new HashMap<>();

  private Trials(BatonConfig config, Map<String, String> environment) {
    this.config = config;
    this.environment = environment;
  }

  /**
   * Every problem, in the order of the configuration.
   *
   * @param environment that of the supervisor
   */
  static List<String> of(BatonConfig config, Map<String, String> environment) {
    Trials trials = new Trials(config, environment);
    config.listeners().values().forEach(trials::listener);
    config.files().values().forEach(trials::file);
    config.pools().values().forEach(trials::pool);
    config.openService().ifPresent(trials::service);
    return trials.problems;
  }

  private void listener(ListenerConfig listener) {
    String key = "listeners." + listener.name();
    account(key + ".unix.owner", "user", listener.unix().owner(), Accounts::uid);
    account(key + ".unix.group", "group", listener.unix().group(), Accounts::gid);
    listener
        .address()
        .unixName()
        .filter(name -> !name.isAbstract())
        .ifPresent(name -> parent(key + ".address", name.path()));
  }

  private void file(FileConfig file) {
    String key = "files." + file.name() + ".path";
    Path path = file.path();
    boolean reads = file.access() == FileAccess.READ || file.access() == FileAccess.READ_WRITE;
    if (Files.isDirectory(path)) {
      problem(key, path + " is a folder, not a file");
    } else if (!Files.exists(path)) {
      if (parent(key, path) && !file.create()) {
        problem(key, path + " does not exist; \"create: true\" would make it");
      }
    } else if (reads && !Files.isReadable(path)) {
      problem(key, "we may not read " + path);
    } else if (file.access() != FileAccess.READ && !Files.isWritable(path)) {
      problem(key, "we may not write to " + path);
    }
  }

  /** The supervisor makes its runtime directory, but no other folder. */
  private boolean parent(String key, Path path) {
    Path folder = path.getParent();
    if (folder == null || folder.equals(config.runtimeDir()) || Files.isDirectory(folder)) {
      return true;
    }
    problem(key, "the folder " + folder + " does not exist");
    return false;
  }

  private void pool(PoolConfig pool) {
    String key = "pools." + pool.name();
    ReleaseStore.problems(pool.classPath()).forEach(text -> problem(key + ".classPath", text));
    pool.jvm()
        .java()
        .flatMap(java -> javaCommands.computeIfAbsent(java, JavaCommand::problem))
        .ifPresent(text -> problem(key + ".jvm.java", text));
    pool.workingDirectory()
        .filter(folder -> folder.toString().indexOf('$') < 0 && !Files.isDirectory(folder))
        .ifPresent(
            folder ->
                problem(key + ".workingDirectory", "the folder " + folder + " does not exist"));
    policy(key, pool.openPolicy());
    confinement(key, pool);
  }

  private void service(OpenServiceConfig service) {
    String key = "services.open";
    if (!service.address().isAbstract()) {
      parent(key + ".address", service.address().path());
    }
    account(key + ".unix.owner", "user", service.unix().owner(), Accounts::uid);
    account(key + ".unix.group", "group", service.unix().group(), Accounts::gid);
    for (int i = 0; i < service.clients().size(); i++) {
      policy(key + ".clients[" + i + ']', service.clients().get(i).policy());
    }
  }

  private void account(
      String key, String kind, Optional<String> name, Function<String, OptionalInt> find) {
    name.filter(text -> find.apply(text).isEmpty())
        .ifPresent(text -> problem(key, "this machine has no " + kind + " named " + text));
  }

  private void policy(String key, OpenPolicyConfig policy) {
    PolicyTrials.of(policy, config.runtimeDir())
        .forEach((where, text) -> problem(key + '.' + where, text));
  }

  private void confinement(String key, PoolConfig pool) {
    if (pool.user().isPresent() && !OwnRights.changeUser()) {
      problem(key + ".user", "only root can run workers as another user");
    }
    new ConfinementTrials(pool, environment)
        .problems()
        .forEach((where, text) -> problem(key + '.' + where, text));
  }

  private void problem(String key, String text) {
    problems.add(key + ": " + text);
  }
}
