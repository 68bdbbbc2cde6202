package dev.baton.supervisor.cli;

import dev.baton.supervisor.config.AddressRule;
import dev.baton.supervisor.config.OpenPolicyConfig;
import dev.baton.supervisor.config.OpenRule;
import dev.baton.supervisor.config.UnixName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Tries what a policy names: rules that could never allow anything are a mistake. */
final class PolicyTrials {

  private final Path runtimeDir;
  private final Map<String, String> problems = new LinkedHashMap<>();

  private PolicyTrials(Path runtimeDir) {
    this.runtimeDir = runtimeDir;
  }

  /** The problems by the keys that have them, which begin below the policy's own key. */
  static Map<String, String> of(OpenPolicyConfig policy, Path runtimeDir) {
    PolicyTrials trials = new PolicyTrials(runtimeDir);
    for (int i = 0; i < policy.open().size(); i++) {
      trials.root("open[" + i + "].root", policy.open().get(i));
    }
    for (int i = 0; i < policy.connect().size(); i++) {
      trials.socket("connect[" + i + ']', policy.connect().get(i));
    }
    return trials.problems;
  }

  /** The runtime directory is made at the start. */
  private void root(String key, OpenRule rule) {
    Path root = rule.root();
    if (Files.isDirectory(root)) {
      if (!rule.follow()) {
        link(root)
            .ifPresent(
                link -> problems.put(key, leads(root, link) + real(root) + ", or \"follow: yes\""));
      }
    } else if (Files.exists(root)) {
      problems.put(key, root + " is not a folder");
    } else if (!root.equals(runtimeDir)) {
      problems.put(key, "the folder " + root + " does not exist");
    }
  }

  /** Whoever listens there may come later, and may make the folder. */
  private void socket(String key, AddressRule rule) {
    Optional<Path> path = rule.unix().filter(name -> !name.isAbstract()).map(UnixName::path);
    path.flatMap(PolicyTrials::link)
        .ifPresent(link -> problems.put(key, leads(path.get(), link) + real(path.get())));
  }

  private static String leads(Path path, Path link) {
    String where = path.equals(link) ? " is a symbolic link" : " leads through the link " + link;
    return path + where + ", which is never followed here: write ";
  }

  /** The first of a path's names that is a symbolic link. */
  private static Optional<Path> link(Path path) {
    Path reached = path.getRoot();
    for (Path name : path) {
      reached = reached.resolve(name);
      if (Files.isSymbolicLink(reached)) {
        return Optional.of(reached);
      }
    }
    return Optional.empty();
  }

  private static String real(Path path) {
    try {
      return path.toRealPath().toString();
    } catch (IOException e) {
      return "the path that it leads to";
    }
  }
}
