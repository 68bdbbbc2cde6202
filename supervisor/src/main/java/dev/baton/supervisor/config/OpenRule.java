package dev.baton.supervisor.config;

import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What may be opened below one folder. Immutable.
 *
 * @param root the folder, absolute and without {@code .} and {@code ..}
 * @param access what may be done; never empty
 * @param match a {@link Glob} for the path relative to the root; empty: everything
 * @param follow whether symbolic links that stay below the root are followed; else a path that
 *     leads through one is refused
 * @param kinds what may be opened; never empty
 */
public record OpenRule(
    Path root,
    Set<OpenAccess> access,
    Optional<String> match,
    boolean follow,
    Set<FileKind> kinds) {

  /** Copies the sets, which keep the order of their constants. */
  public OpenRule {
    Objects.requireNonNull(match, "match");
    if (!root.isAbsolute()) {
      throw new IllegalArgumentException("not an absolute path: " + root);
    }
    if (access.isEmpty() || kinds.isEmpty()) {
      throw new IllegalArgumentException("a rule that allows nothing");
    }
    access = Collections.unmodifiableSet(EnumSet.copyOf(access));
    kinds = Collections.unmodifiableSet(EnumSet.copyOf(kinds));
  }
}
