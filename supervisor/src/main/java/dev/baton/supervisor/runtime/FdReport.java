package dev.baton.supervisor.runtime;

import dev.baton.protocol.Descriptor.Kind;
import dev.baton.supervisor.admin.FdHolderView;
import dev.baton.supervisor.admin.FdView;
import dev.baton.supervisor.process.OpenDescriptors.Open;
import dev.baton.supervisor.process.OpenDescriptors.Seen;
import dev.baton.supervisor.store.Inode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Compares the books with what processes have open. Pure. A socket keeps its number over every
 * copy, so a socket of ours in a process that was not lent it, or that has one more of it than it
 * was lent, is a copy that nobody should hold.
 */
final class FdReport {
  /** What a worker inherits besides 0, 1 and 2. */
  private static final int CHANNEL = 3;

  private static final Seen NOT_ASKED = new Seen(List.of(), "the process has ended");

  private final FdBooks books;
  private final Map<Long, Seen> seen;
  private final Map<Inode, String> channels = new HashMap<>();

  private FdReport(FdBooks books, Map<Long, Seen> seen) {
    this.books = books;
    this.seen = seen;
    for (FdBooks.OfWorker w : books.workers()) {
      w.channel()
          .ifPresent(i -> channels.put(i, "the supervisor's end of the channel of " + w.id()));
      ownEnd(w).ifPresent(i -> channels.put(i, "the channel of " + w.id()));
    }
  }

  /**
   * The supervisor, then every worker.
   *
   * @param seen what could be seen of each process, by pid
   */
  static List<FdHolderView> of(FdBooks books, Map<Long, Seen> seen) {
    FdReport report = new FdReport(books, seen);
    List<FdHolderView> holders = new ArrayList<>();
    holders.add(report.supervisor());
    books.workers().forEach(w -> holders.add(report.worker(w)));
    return holders;
  }

  private Optional<Inode> ownEnd(FdBooks.OfWorker w) {
    return seen.getOrDefault(w.pid(), NOT_ASKED).open().stream()
        .filter(o -> o.number() == CHANNEL && socket(o))
        .findFirst()
        .flatMap(Open::inode);
  }

  private static boolean socket(Open open) {
    return open.target().startsWith("socket:");
  }

  private FdHolderView supervisor() {
    Seen mine = seen.getOrDefault(books.pid(), NOT_ASKED);
    Map<Inode, FdBooks.Kept> kept = new HashMap<>();
    books.store().forEach(k -> kept.put(k.what().inode(), k));
    Map<Inode, FdBooks.OfWorker> ends = new HashMap<>();
    books.workers().forEach(w -> w.channel().ifPresent(i -> ends.put(i, w)));
    List<FdView> rows = new ArrayList<>();
    List<Inode> met = new ArrayList<>();
    Map<String, Integer> others = new TreeMap<>();
    for (Open open : mine.open()) {
      Inode inode = open.inode().orElse(null);
      boolean again = met.contains(inode);
      met.add(inode);
      if (kept.containsKey(inode)) {
        rows.add(held(open.number(), kept.get(inode), again));
      } else if (ends.containsKey(inode)) {
        FdBooks.OfWorker w = ends.get(inode);
        String name = w.id().toString();
        OptionalLong since = seconds(books.now() - w.startedAt());
        rows.add(
            again
                ? new FdView(open.number(), "channel", name, "copy", since, false, "to hand off by")
                : new FdView(open.number(), "channel", name, "own", since, false, ""));
      } else if (channels.containsKey(inode)) {
        rows.add(stray(open.number(), "channel", "", "a copy of " + channels.get(inode)));
      } else {
        others.merge(sort(open), 1, Integer::sum);
      }
    }
    if (!mine.obstacle().isEmpty()) {
      books.store().forEach(k -> rows.add(held(-1, k, false)));
    }
    return new FdHolderView(
        "supervisor", books.pid(), 0, "serving", mine.obstacle(), Optional.empty(), rows, others);
  }

  private static FdView held(int number, FdBooks.Kept kept, boolean again) {
    String detail = kept.what().detail();
    return new FdView(
        number,
        lower(kept.what().kind()),
        kept.what().name(),
        again ? "copy" : "own",
        seconds(kept.nanos()),
        false,
        again ? "to accept from, or to lend" : detail);
  }

  private FdHolderView worker(FdBooks.OfWorker w) {
    Seen its = seen.getOrDefault(w.pid(), NOT_ASKED);
    List<FdView> rows = new ArrayList<>();
    Map<String, Integer> others = new TreeMap<>();
    List<LentBook.Lent> found = new ArrayList<>();
    for (Open open : its.open()) {
      Optional<FdView> row = row(w, open, found);
      row.ifPresentOrElse(rows::add, () -> others.merge(sort(open), 1, Integer::sum));
    }
    for (LentBook.Lent lent : w.lent()) {
      if (!found.contains(lent) && lent.fate() == LentBook.Fate.LENT) {
        rows.add(notFound(w, lent, !its.obstacle().isEmpty()));
      }
    }
    return new FdHolderView(
        w.id().toString(),
        w.pid(),
        w.generation(),
        lower(w.state().summary()),
        its.obstacle(),
        w.traffic(),
        rows,
        others);
  }

  /** Empty where it is the worker's own affair. */
  private Optional<FdView> row(FdBooks.OfWorker w, Open open, List<LentBook.Lent> found) {
    OptionalLong lived = seconds(books.now() - w.startedAt());
    if (open.number() == 0) {
      return Optional.empty();
    }
    if (open.number() < CHANNEL) {
      String name = open.target().substring(open.target().lastIndexOf('/') + 1);
      return Optional.of(new FdView(open.number(), "log", name, "own", lived, false, ""));
    }
    if (open.number() == CHANNEL && socket(open)) {
      String name = w.id().toString();
      return Optional.of(new FdView(open.number(), "channel", name, "own", lived, false, ""));
    }
    Inode inode = open.inode().orElse(null);
    for (LentBook.Lent lent : w.lent()) {
      if (inode != null && lent.inode().equals(Optional.of(inode))) {
        boolean again = found.contains(lent);
        found.add(lent);
        return Optional.of(again ? again(open, lent) : lent(w, open.number(), lent));
      }
    }
    if (channels.containsKey(inode)) {
      return Optional.of(stray(open.number(), "channel", "", "a copy of " + channels.get(inode)));
    }
    return books.store().stream()
        .map(FdBooks.Kept::what)
        .filter(h -> h.inode().equals(inode))
        .findFirst()
        .map(h -> stray(open.number(), lower(h.kind()), h.name(), notLent(h.kind())));
  }

  private static String notLent(Kind kind) {
    return kind == Kind.FILE
        ? "was not lent to it: a copy, or opened by its path"
        : "was not lent to it";
  }

  /** It has one already; of a file that need not be a copy. */
  private static FdView again(Open open, LentBook.Lent lent) {
    String kind = lower(lent.what().kind());
    return lent.what().kind() == Kind.FILE
        ? new FdView(
            open.number(),
            kind,
            lent.what().name(),
            "copy",
            OptionalLong.empty(),
            false,
            "the same file once more: a copy, or opened by its path")
        : stray(open.number(), kind, lent.what().name(), "one more than was lent to it");
  }

  private FdView lent(FdBooks.OfWorker w, int number, LentBook.Lent lent) {
    String kind = lower(lent.what().kind());
    String name = lent.what().name();
    if (lent.fate() == LentBook.Fate.REVOKED) {
      return stray(number, kind, name, "was revoked, and should be closed");
    }
    String held = lent.fate() == LentBook.Fate.REPLACED ? "replaced" : held(w, lent);
    if (held.equals("unclaimed")) {
      return stray(number, kind, name, "was not claimed when it became ready: should be closed");
    }
    return new FdView(number, kind, name, held, seconds(books.now() - lent.since()), false, "");
  }

  private static String held(FdBooks.OfWorker w, LentBook.Lent lent) {
    return switch (lent.what().purpose()) {
      case CUSTODY -> "custody";
      case USE -> {
        if (w.claimed().contains(lent.what().name())) {
          yield "claimed";
        }
        yield switch (w.state()) {
          case STARTING, HANDSHAKING, SPARE -> "offered";
          default -> "unclaimed";
        };
      }
    };
  }

  /** In the books, and not in the process, or not to be seen there. */
  private FdView notFound(FdBooks.OfWorker w, LentBook.Lent lent, boolean unseen) {
    String held = held(w, lent);
    String note = unseen ? "by the books alone" : "closed by the worker";
    return new FdView(
        -1,
        lower(lent.what().kind()),
        lent.what().name(),
        unseen ? held : "closed",
        seconds(books.now() - lent.since()),
        false,
        held.equals("unclaimed") ? "was not claimed" : note);
  }

  private static FdView stray(int number, String kind, String name, String note) {
    return new FdView(number, kind, name, "stray", OptionalLong.empty(), true, note);
  }

  /** What the kernel's name for it tells. */
  private static String sort(Open open) {
    String target = open.target();
    if (target.startsWith("/memfd:")) {
      return "memory";
    }
    if (target.startsWith("/dev/")) {
      return "device";
    }
    if (target.startsWith("/")) {
      return "file";
    }
    return target.startsWith("anon_inode:")
        ? target.substring("anon_inode:".length()).replaceAll("[\\[\\]]", "")
        : target.replaceAll(":.*", "");
  }

  private static OptionalLong seconds(long nanos) {
    return OptionalLong.of(Math.max(0, TimeUnit.NANOSECONDS.toSeconds(nanos)));
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
