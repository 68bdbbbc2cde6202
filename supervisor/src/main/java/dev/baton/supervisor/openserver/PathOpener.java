package dev.baton.supervisor.openserver;

import static dev.baton.sys.Constants.AT_FDCWD;
import static dev.baton.sys.Constants.O_APPEND;
import static dev.baton.sys.Constants.O_CREAT;
import static dev.baton.sys.Constants.O_EXCL;
import static dev.baton.sys.Constants.O_NOCTTY;
import static dev.baton.sys.Constants.O_PATH;
import static dev.baton.sys.Constants.RESOLVE_BENEATH;
import static dev.baton.sys.Constants.RESOLVE_NO_MAGICLINKS;
import static dev.baton.sys.Constants.RESOLVE_NO_SYMLINKS;
import static dev.baton.sys.Constants.S_IFBLK;
import static dev.baton.sys.Constants.S_IFCHR;
import static dev.baton.sys.Constants.S_IFDIR;
import static dev.baton.sys.Constants.S_IFIFO;
import static dev.baton.sys.Constants.S_IFLNK;
import static dev.baton.sys.Constants.S_IFREG;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Descriptor;
import dev.baton.protocol.ErrorCode;
import dev.baton.supervisor.config.FileKind;
import dev.baton.supervisor.openserver.PathPolicy.Rule;
import dev.baton.sys.Errno;
import dev.baton.sys.FileStatus;
import dev.baton.sys.OpenFlags;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.util.Locale;

/**
 * Opens a file that a policy allows. Nothing is looked at by its path and then opened by its path
 * again: the kernel walks once, beneath the rule's root ({@code openat2(2)}), to a descriptor that
 * only names the file (O_PATH); what that is decides; and the very same file is opened through it.
 * So no device is opened before it was looked at, and O_TRUNC empties only what was allowed.
 *
 * <p>One thread.
 */
final class PathOpener {
  /** Times that a walk is begun again because of a rename elsewhere. */
  private static final int WALKS = 128;

  /** Times that a file may come and go between looking for it and making it. */
  private static final int CREATIONS = 16;

  private final Posix posix;
  private final ProcFds self;
  private final Sparing sparing;
  private final FileStatus status = new FileStatus();

  /**
   * @param self borrowed
   */
  PathOpener(Posix posix, ProcFds self, Sparing sparing) {
    this.posix = posix;
    this.self = self;
    this.sparing = sparing;
  }

  /** Decides and opens; may block as long as the file system does. */
  Decision open(PathPolicy policy, String path, Wish wish) throws Refusal {
    RequestPath asked = RequestPath.of(path, wish.directory());
    Refusal first = null;
    for (Rule rule : policy.rules()) {
      if (rule.covers(asked, wish)) {
        try {
          OwnedFd opened = open(rule, rule.below(asked), wish);
          return Decision.given(opened, Descriptor.Kind.FILE, rule.reason());
        } catch (Refusal e) {
          if (e.code() != ErrorCode.NOT_ALLOWED) {
            throw e;
          }
          first = first == null ? e : first;
        }
      }
    }
    throw first == null ? policy.notAllowed() : first;
  }

  private OwnedFd open(Rule rule, byte[] path, Wish wish) throws Refusal {
    try (OwnedFd root = root(rule)) {
      for (int i = 0; i < CREATIONS; i++) {
        if (!wish.exclusive()) {
          try (OwnedFd found = find(root, rule, path, wish)) {
            if (found != null) {
              return reopen(found, wish);
            }
          }
        }
        OwnedFd made = make(root, rule, path, wish);
        if (made != null) {
          return made;
        }
      }
      throw notMade(root, rule, path);
    } catch (SysException e) {
      throw Refusal.of(e);
    }
  }

  private OwnedFd root(Rule rule) throws Refusal {
    int resolve = RESOLVE_NO_MAGICLINKS | (rule.follow() ? 0 : RESOLVE_NO_SYMLINKS);
    try {
      int flags = O_PATH | OpenFlags.DIRECTORY;
      int number = posix.openat2(AT_FDCWD, rule.root(), flags, 0, resolve);
      return sparing.first(OwnedFd.of(posix, number, "root"));
    } catch (SysException e) {
      if (e.errno() == Errno.ELOOP) {
        throw Refusal.notAllowed(
            rule.follow()
                ? "the root of the rule leads through a link that is never followed"
                : "the root of the rule leads through a symbolic link, and the rule follows none");
      }
      throw Refusal.of(e, "the root of the rule");
    }
  }

  /** The file without opening it; null when there is none and it is to be made. */
  private OwnedFd find(OwnedFd root, Rule rule, byte[] path, Wish wish) throws Refusal {
    OwnedFd found;
    try {
      int flags = O_PATH | (wish.directory() ? OpenFlags.DIRECTORY : 0);
      found = OwnedFd.of(posix, walk(root, rule, path, flags, 0), "found file");
    } catch (SysException e) {
      if (wish.create() && e.errno() == Errno.ENOENT) {
        return null;
      }
      throw walked(e, rule);
    }
    try {
      check(rule, found);
      return found;
    } catch (Refusal | RuntimeException e) {
      found.close();
      throw e;
    }
  }

  private void check(Rule rule, OwnedFd found) throws Refusal {
    try {
      found.use(n -> posix.statx(n, status));
    } catch (SysException e) {
      throw Refusal.of(e);
    }
    FileKind kind =
        switch (status.kind()) {
          case S_IFREG -> FileKind.FILE;
          case S_IFDIR -> FileKind.DIRECTORY;
          case S_IFIFO -> FileKind.FIFO;
          case S_IFCHR, S_IFBLK -> FileKind.DEVICE;
          default -> throw Refusal.notAllowed("a socket cannot be opened");
        };
    if (!rule.allows(kind)) {
      String what = kind.name().toLowerCase(Locale.ROOT);
      throw Refusal.notAllowed("it is a " + what + "; the rule allows kinds " + rule.kinds());
    }
  }

  private OwnedFd reopen(OwnedFd found, Wish wish) throws SysException {
    OwnedFd opened = self.open(found, wish.openFlags());
    try {
      opened.use(n -> posix.setStatusFlags(n, wish.flags() & O_APPEND)); // no O_NONBLOCK any more
      return opened;
    } catch (SysException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /** A new file; null when there is one already and that is no matter. */
  private OwnedFd make(OwnedFd root, Rule rule, byte[] path, Wish wish) throws Refusal {
    if (!rule.allows(FileKind.FILE)) {
      throw Refusal.notAllowed("no file is made here; the rule allows kinds " + rule.kinds());
    }
    int flags = wish.flags() | O_CREAT | O_EXCL | O_NOCTTY;
    try {
      return OwnedFd.of(posix, walk(root, rule, path, flags, wish.mode()), "made file");
    } catch (SysException e) {
      if (e.errno() == Errno.EEXIST && !wish.exclusive()) {
        return null;
      }
      throw walked(e, rule);
    }
  }

  /** There always was one when it was made, and never when it was looked for. */
  private Refusal notMade(OwnedFd root, Rule rule, byte[] path) {
    try (OwnedFd link =
        OwnedFd.of(posix, walk(root, rule, path, O_PATH | OpenFlags.NOFOLLOW, 0), "link")) {
      link.use(n -> posix.statx(n, status));
      if (status.kind() == S_IFLNK) {
        return Refusal.notAllowed("a symbolic link to nothing is there; none is made through it");
      }
    } catch (SysException e) {
      return Refusal.of(e);
    }
    return new Refusal(ErrorCode.BUSY, "others make and remove this file all the time");
  }

  private int walk(OwnedFd root, Rule rule, byte[] path, int flags, int mode) throws SysException {
    int resolve =
        RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | (rule.follow() ? 0 : RESOLVE_NO_SYMLINKS);
    for (int i = 1; ; i++) {
      try {
        return root.borrow(n -> posix.openat2(n, path, flags, mode, resolve));
      } catch (SysException e) {
        if (e.errno() != Errno.EAGAIN || i == WALKS) {
          throw e;
        }
        Thread.onSpinWait();
      }
    }
  }

  private static Refusal walked(SysException e, Rule rule) {
    return switch (e.errno()) {
      case EXDEV -> Refusal.notAllowed("a symbolic link leads out of the root of the rule");
      case ELOOP ->
          Refusal.notAllowed(
              rule.follow()
                  ? "a magic link, or too many symbolic links"
                  : "a symbolic link is on the way, and the rule follows none");
      case EAGAIN -> new Refusal(ErrorCode.BUSY, "folders on the way are renamed all the time");
      default -> Refusal.of(e);
    };
  }
}
