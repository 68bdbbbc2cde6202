package dev.baton.supervisor.cli;

import dev.baton.supervisor.config.BatonConfig;
import dev.baton.supervisor.config.FileAccess;
import dev.baton.supervisor.config.FileConfig;
import dev.baton.supervisor.config.ListenerConfig;
import dev.baton.supervisor.config.PoolConfig;
import dev.baton.supervisor.store.ReleaseStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tries what a start would need, as far as that can be tried without acting: nothing is bound,
 * opened for writing, or created.
 */
final class Trials {

  private final BatonConfig config;
  private final List<String> problems = new ArrayList<>();
  private final Map<Path, Optional<String>> javaCommands = new HashMap<>();

  private Trials(BatonConfig config) {
    this.config = config;
  }

  /** Every problem, in the order of the configuration. */
  static List<String> of(BatonConfig config) {
    Trials trials = new Trials(config);
    config.listeners().values().forEach(trials::listener);
    config.files().values().forEach(trials::file);
    config.pools().values().forEach(trials::pool);
    return trials.problems;
  }

  private void listener(ListenerConfig listener) {
    listener
        .address()
        .unixName()
        .filter(name -> !name.isAbstract())
        .ifPresent(name -> parent("listeners." + listener.name() + ".address", name.path()));
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
  }

  private void problem(String key, String text) {
    problems.add(key + ": " + text);
  }
}
