package dev.baton.worker;

import dev.baton.protocol.OpenHow;
import dev.baton.protocol.OpenHow.Access;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.Set;

/**
 * How {@link WorkerContext#open} is to open a file: {@code open(2)} in words, such as {@code
 * OpenRequest.write().create()}. Immutable; keep one in a constant.
 */
public final class OpenRequest {
  private static final OpenRequest READ = of(Access.READ);
  private static final OpenRequest WRITE = of(Access.WRITE);
  private static final OpenRequest READ_WRITE = of(Access.READ, Access.WRITE);
  private static final OpenRequest APPEND = of(Access.APPEND);

  private final OpenHow how;

  private OpenRequest(OpenHow how) {
    this.how = how;
  }

  private static OpenRequest of(Access first, Access... more) {
    return new OpenRequest(OpenHow.of(first, more));
  }

  /** For reading. */
  public static OpenRequest read() {
    return READ;
  }

  /** For writing. */
  public static OpenRequest write() {
    return WRITE;
  }

  /** For both. */
  public static OpenRequest readWrite() {
    return READ_WRITE;
  }

  /** For writing at the end, wherever that is by then (O_APPEND). */
  public static OpenRequest append() {
    return APPEND;
  }

  /** Makes it if it is not there (O_CREAT). */
  public OpenRequest create() {
    return with(Access.CREATE);
  }

  /** Makes it; an error if it is there, {@code EXISTS} (O_CREAT and O_EXCL). */
  public OpenRequest exclusive() {
    return with(Access.EXCLUSIVE);
  }

  /**
   * Empties it (O_TRUNC).
   *
   * @throws IllegalArgumentException when it is not to be written
   */
  public OpenRequest truncate() {
    return with(Access.TRUNCATE);
  }

  /**
   * It must be a directory (O_DIRECTORY): of use as a descriptor, or to {@code force} it to disk.
   *
   * @throws IllegalArgumentException when it is not only to be read
   */
  public OpenRequest directory() {
    return with(Access.DIRECTORY);
  }

  /**
   * The permissions of a file that is made; the supervisor's umask applies. 0640 when nothing is
   * said.
   *
   * @throws IllegalArgumentException when there are others than 0777
   */
  public OpenRequest mode(int permissions) {
    return new OpenRequest(new OpenHow(how.access(), permissions));
  }

  private OpenRequest with(Access more) {
    EnumSet<Access> access = EnumSet.copyOf(how.access());
    access.add(more);
    if (access.contains(Access.TRUNCATE) && !writes(access)) {
      throw new IllegalArgumentException("only what is written can be truncated");
    }
    if (access.contains(Access.DIRECTORY) && access.size() > 2) {
      throw new IllegalArgumentException("a directory can only be read, by read().directory()");
    }
    if (access.contains(Access.DIRECTORY) && writes(access)) {
      throw new IllegalArgumentException("a directory can only be read, by read().directory()");
    }
    return new OpenRequest(new OpenHow(access, how.mode()));
  }

  private static boolean writes(Set<Access> access) {
    return access.contains(Access.WRITE) || access.contains(Access.APPEND);
  }

  OpenHow how() {
    return how;
  }

  /**
   * The same for {@link java.nio.channels.FileChannel#open}: for tests of a plugin, in which its
   * context opens files itself. Without mode and directory, which it does not know.
   */
  public Set<OpenOption> options() {
    Set<OpenOption> options = new java.util.HashSet<>();
    for (Access access : how.access()) {
      switch (access) {
        case READ -> options.add(StandardOpenOption.READ);
        case WRITE -> options.add(StandardOpenOption.WRITE);
        case APPEND -> options.add(StandardOpenOption.APPEND);
        case CREATE -> options.add(StandardOpenOption.CREATE);
        case EXCLUSIVE -> options.add(StandardOpenOption.CREATE_NEW);
        case TRUNCATE -> options.add(StandardOpenOption.TRUNCATE_EXISTING);
        case DIRECTORY -> {
          // it is found out when it is read
        }
      }
    }
    return options;
  }

  /** {@code [READ, CREATE] 640}, in any order. */
  @Override
  public String toString() {
    return how.access() + " " + Integer.toOctalString(how.mode());
  }
}
