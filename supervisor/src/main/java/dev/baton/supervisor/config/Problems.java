package dev.baton.supervisor.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects what is wrong with one file, so that the operator sees all of it at once. */
final class Problems {

  /** Beyond this nobody reads on; a file of junk could give hundreds of thousands. */
  static final int MOST = 1000;

  private final Path file;
  private final Set<Problem> problems = new LinkedHashSet<>();
  private int unshown;

  Problems(Path file) {
    this.file = file;
  }

  void add(int line, String key, String found, String allowed) {
    Problem problem = new Problem(file, line, key, found, allowed);
    if (problems.size() < MOST) {
      problems.add(problem);
    } else if (!problems.contains(problem)) {
      unshown++;
    }
  }

  void throwIfAny() throws ConfigException {
    if (!problems.isEmpty()) {
      throw exception();
    }
  }

  /** For places where reading cannot go on; there must be a problem. */
  ConfigException exception() {
    List<Problem> sorted = new ArrayList<>(problems);
    sorted.sort(Comparator.comparingInt(Problem::line));
    if (unshown > 0) {
      sorted.add(new Problem(file, 0, "", unshown + " more problems", "none"));
    }
    return new ConfigException(sorted);
  }
}
