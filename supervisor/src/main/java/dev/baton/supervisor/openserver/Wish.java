package dev.baton.supervisor.openserver;

import static dev.baton.sys.Constants.O_APPEND;
import static dev.baton.sys.Constants.O_NOCTTY;
import static dev.baton.sys.Constants.O_NONBLOCK;
import static dev.baton.sys.Constants.O_RDONLY;
import static dev.baton.sys.Constants.O_RDWR;
import static dev.baton.sys.Constants.O_TRUNC;
import static dev.baton.sys.Constants.O_WRONLY;

import dev.baton.protocol.OpenHow;
import dev.baton.protocol.OpenHow.Access;
import dev.baton.supervisor.config.OpenAccess;
import dev.baton.sys.OpenFlags;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How a file is to be opened, as {@code open(2)} and the policy see it.
 *
 * @param flags access mode and O_APPEND: what the file keeps
 * @param truncate with O_TRUNC, on what is there already
 * @param create made if it is not there
 * @param exclusive made, and refused if it is there
 * @param directory must be one
 * @param mode permission bits of a file that is made
 * @param needed accesses that a rule has to grant, as bits; see {@link #bits}
 */
record Wish(
    int flags,
    boolean truncate,
    boolean create,
    boolean exclusive,
    boolean directory,
    int mode,
    int needed) {

  private static final int PERMISSIONS = 0777;

  /** Checks that the words go together. */
  static Wish of(OpenHow how) throws Refusal {
    boolean write = how.has(Access.WRITE);
    boolean append = how.has(Access.APPEND);
    boolean directory = how.has(Access.DIRECTORY);
    boolean read = how.has(Access.READ) || directory;
    boolean truncate = how.has(Access.TRUNCATE);
    boolean exclusive = how.has(Access.EXCLUSIVE);
    boolean create = exclusive || how.has(Access.CREATE);
    if (!read && !write && !append) {
      throw Refusal.badRequest("the access must have read, write or append");
    }
    if (directory && (write || append || truncate || create)) {
      throw Refusal.badRequest("a directory is only for reading");
    }
    if (truncate && !write) {
      throw Refusal.badRequest("truncate goes only with write");
    }
    int needed = 0;
    needed |= read ? bit(OpenAccess.READ) : 0;
    needed |= write ? bit(OpenAccess.WRITE) : append ? bit(OpenAccess.APPEND) : 0;
    needed |= create ? bit(OpenAccess.CREATE) : 0;
    int flags = !write && !append ? O_RDONLY : read ? O_RDWR : O_WRONLY;
    int kept = flags | (append ? O_APPEND : 0);
    return new Wish(kept, truncate, create, exclusive, directory, how.mode() & PERMISSIONS, needed);
  }

  /** The accesses that a rule grants, as bits; whoever may write may append. */
  static int bits(Set<OpenAccess> granted) {
    int bits = 0;
    for (OpenAccess each : granted) {
      bits |= bit(each);
    }
    return granted.contains(OpenAccess.WRITE) ? bits | bit(OpenAccess.APPEND) : bits;
  }

  private static int bit(OpenAccess access) {
    return 1 << access.ordinal();
  }

  /** For opening what was looked at: never waits, never gets a terminal. */
  int openFlags() {
    return flags
        | O_NOCTTY
        | O_NONBLOCK
        | (truncate ? O_TRUNC : 0)
        | (directory ? OpenFlags.DIRECTORY : 0);
  }

  /** {@code [read, create]}. */
  static String words(OpenHow how) {
    return how.access().stream()
        .sorted()
        .map(word -> word.name().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(", ", "[", "]"));
  }
}
