package dev.baton.supervisor.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Collects what is wrong with a configuration, so that the operator sees all of it at once. Where
 * something stands is one number, a place: a line of the file that is read, or of one that it
 * includes. Those of the file itself are its lines.
 */
final class Problems {

  /** Beyond this nobody reads on; a file of junk could give hundreds of thousands. */
  static final int MOST = 1000;

  static final int MOST_FILES = 1000;

  /** A file has at most so many bytes, and so fewer lines. */
  private static final int LINE_BITS = 21;

  private final All all;
  private final int base;

  private record At(int place, Problem problem) {}

  private static final class All {
    private final List<Path> files = new ArrayList<>();
    private final Set<At> problems = new LinkedHashSet<>();
    private int unshown;
  }

  Problems(Path file) {
    this(new All(), file);
  }

  private Problems(All all, Path file) {
    this.all = all;
    this.base = all.files.size() << LINE_BITS;
    all.files.add(file);
  }

  /** For the reading of a file that this one includes; at most {@link #MOST_FILES}. */
  Problems included(Path file) {
    return new Problems(all, file);
  }

  /** Where a line of this file is; 0 for the file as a whole. */
  int place(int line) {
    return base + line;
  }

  /** A place for people, as seen from a line of another place. */
  String words(int place, int from) {
    boolean same = place >> LINE_BITS == from >> LINE_BITS;
    return same ? "line " + line(place) : file(place) + ":" + line(place);
  }

  private Path file(int place) {
    return all.files.get(place >> LINE_BITS);
  }

  private static int line(int place) {
    return place & (1 << LINE_BITS) - 1;
  }

  void add(int place, String key, String found, String allowed) {
    At at = new At(place, new Problem(file(place), line(place), key, found, allowed));
    if (all.problems.size() < MOST) {
      all.problems.add(at);
    } else if (!all.problems.contains(at)) {
      all.unshown++;
    }
  }

  void throwIfAny() throws ConfigException {
    if (!all.problems.isEmpty()) {
      throw exception();
    }
  }

  /** For places where reading cannot go on; there must be a problem. */
  ConfigException exception() {
    List<Problem> sorted =
        new ArrayList<>(
            all.problems.stream()
                .sorted(Comparator.comparingInt(At::place))
                .map(At::problem)
                .toList());
    if (all.unshown > 0) {
      sorted.add(new Problem(all.files.get(0), 0, "", all.unshown + " more problems", "none"));
    }
    return new ConfigException(sorted);
  }
}
