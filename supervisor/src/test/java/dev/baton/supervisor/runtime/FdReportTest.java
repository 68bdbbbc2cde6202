package dev.baton.supervisor.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.protocol.Descriptor;
import dev.baton.protocol.Descriptor.Kind;
import dev.baton.protocol.Descriptor.Purpose;
import dev.baton.supervisor.admin.FdHolderView;
import dev.baton.supervisor.admin.FdView;
import dev.baton.supervisor.core.WorkerId;
import dev.baton.supervisor.core.WorkerState;
import dev.baton.supervisor.process.OpenDescriptors.Open;
import dev.baton.supervisor.process.OpenDescriptors.Seen;
import dev.baton.supervisor.store.Holding;
import dev.baton.supervisor.store.Inode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The books against what processes have open. */
class FdReportTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long NOW = 100 * SECOND;
  private static final long SUPERVISOR = 1;

  private final Map<Long, Seen> seen = new HashMap<>();
  private final List<FdBooks.OfWorker> workers = new ArrayList<>();
  private final LentBook book = new LentBook();

  private static Inode inode(long number) {
    return new Inode(8, number);
  }

  private static Open socket(int number, long inode) {
    return new Open(number, "socket:[" + inode + "]", Optional.of(inode(inode)));
  }

  private static Open file(int number, String path, long inode) {
    return new Open(number, path, Optional.of(inode(inode)));
  }

  /** A worker whose channel's ends are 10 and 11 times its pid. */
  private void worker(long pid, WorkerState state, Set<String> claimed, Open... more) {
    List<Open> open = new ArrayList<>();
    open.add(file(0, "/dev/null", 5));
    open.add(file(1, "/run/logs/web-0.1.log", 6));
    open.add(socket(3, 11 * pid));
    open.addAll(List.of(more));
    seen.put(pid, new Seen(open, ""));
    workers.add(
        new FdBooks.OfWorker(
            new WorkerId("web", (int) pid, 1),
            pid,
            2,
            state,
            NOW - 9 * SECOND,
            book.all(),
            claimed,
            Optional.of(inode(10 * pid)),
            Optional.empty()));
  }

  private List<FdHolderView> report() {
    List<Open> own = new ArrayList<>(List.of(socket(5, 100), socket(6, 101), file(7, "/key", 102)));
    workers.forEach(w -> own.add(socket(20 + (int) w.pid(), 10 * w.pid())));
    own.add(new Open(90, "anon_inode:[eventpoll]", Optional.of(inode(1))));
    seen.putIfAbsent(SUPERVISOR, new Seen(own, ""));
    List<FdBooks.Kept> store =
        List.of(
            new FdBooks.Kept(new Holding(Kind.LISTENER, "a", "", inode(100), 0), 60 * SECOND),
            new FdBooks.Kept(new Holding(Kind.LISTENER, "b", "", inode(101), 0), 60 * SECOND),
            new FdBooks.Kept(new Holding(Kind.FILE, "key", "", inode(102), 0), 60 * SECOND));
    return FdReport.of(new FdBooks(SUPERVISOR, NOW, store, workers, NOW), seen);
  }

  private static String rows(FdHolderView holder) {
    return holder.fds().stream()
        .map(f -> (f.number() + " " + f.kind() + " " + f.name() + " " + f.held()).strip())
        .collect(Collectors.joining(", "));
  }

  private static String strays(FdHolderView holder) {
    return holder.fds().stream()
        .filter(FdView::stray)
        .map(f -> f.number() + " " + f.name() + ": " + f.note())
        .collect(Collectors.joining(", "));
  }

  private void lend(String name, long inode) {
    Descriptor what =
        name.equals("key")
            ? Descriptor.file(name, "read")
            : Descriptor.listener(name, "tcp://127.0.0.1:1", "shared");
    book.lent(what, Optional.of(inode(inode)), NOW - 7 * SECOND);
  }

  @Test
  void whatIsInOrder() {
    lend("a", 100);
    lend("key", 102);
    worker(
        40,
        WorkerState.READY,
        Set.of("a", "key"),
        socket(7, 100),
        file(8, "/key", 102),
        socket(9, 555),
        file(10, "/lib/x.jar", 7));
    List<FdHolderView> all = report();
    assertEquals(
        "5 listener a own, 6 listener b own, 7 file key own, 60 channel web/40#1 own",
        rows(all.get(0)));
    assertEquals(Map.of("eventpoll", 1), all.get(0).others());
    assertEquals(60, all.get(0).fds().get(0).sinceSeconds().getAsLong());
    FdHolderView w = all.get(1);
    assertEquals(
        "1 log web-0.1.log own, 3 channel web/40#1 own, 7 listener a claimed, 8 file key claimed",
        rows(w));
    assertEquals(9, w.fds().get(0).sinceSeconds().getAsLong());
    assertEquals(7, w.fds().get(2).sinceSeconds().getAsLong());
    assertEquals(Map.of("socket", 1, "file", 1, "device", 1), w.others());
    assertEquals("web/40#1 g2 serving", w.owner() + " g" + w.generation() + " " + w.state());
    assertEquals("", strays(all.get(0)) + strays(w));
  }

  @Test
  void copiesThatNobodyShouldHold() {
    lend("a", 100);
    worker(
        40,
        WorkerState.READY,
        Set.of("a"),
        socket(7, 100),
        socket(8, 100),
        socket(9, 101),
        file(10, "/key", 102),
        socket(11, 400),
        socket(12, 11 * 41));
    worker(41, WorkerState.READY, Set.of());
    assertEquals(
        "8 a: one more than was lent to it, 9 b: was not lent to it, "
            + "10 key: was not lent to it: a copy, or opened by its path, "
            + "11 : a copy of the supervisor's end of the channel of web/40#1, "
            + "12 : a copy of the channel of web/41#1",
        strays(report().get(1)));
  }

  @Test
  void anOfferMustBeClaimedByReady() {
    lend("a", 100);
    worker(40, WorkerState.HANDSHAKING, Set.of(), socket(7, 100));
    worker(41, WorkerState.READY, Set.of(), socket(7, 100));
    List<FdHolderView> all = report();
    assertTrue(rows(all.get(1)).endsWith("7 listener a offered"), rows(all.get(1)));
    assertEquals("7 a: was not claimed when it became ready: should be closed", strays(all.get(2)));
  }

  @Test
  void whatIsInCustodyNeedsNoClaim() {
    Descriptor kept =
        new Descriptor(Kind.LISTENER, "a", Purpose.CUSTODY, "tcp://127.0.0.1:1", "dispatch", null);
    book.lent(kept, Optional.of(inode(100)), NOW);
    worker(40, WorkerState.READY, Set.of(), socket(7, 100));
    FdHolderView w = report().get(1);
    assertTrue(rows(w).endsWith("7 listener a custody"), rows(w));
    assertEquals("", strays(w));
  }

  @Test
  void formerOnes() {
    lend("a", 300);
    book.revoked("a");
    lend("key", 301);
    lend("key", 102);
    worker(
        40,
        WorkerState.DRAINING,
        Set.of("a", "key"),
        socket(7, 300),
        file(8, "/key (deleted)", 301),
        file(9, "/key", 102));
    FdHolderView w = report().get(1);
    assertEquals("7 a: was revoked, and should be closed", strays(w));
    assertTrue(rows(w).endsWith("8 file key replaced, 9 file key claimed"), rows(w));
  }

  @Test
  void whatTheWorkerHasClosed() {
    lend("a", 100);
    lend("b", 101);
    worker(40, WorkerState.DRAINING, Set.of("a"));
    FdHolderView w = report().get(1);
    assertTrue(rows(w).endsWith("-1 listener a closed, -1 listener b closed"), rows(w));
    assertEquals("was not claimed", w.fds().get(3).note());
  }

  @Test
  void whoCannotBeSeenIsToldWhyAndByTheBooks() {
    lend("a", 100);
    worker(40, WorkerState.READY, Set.of("a"), socket(7, 100));
    seen.put(40L, new Seen(List.of(), "/proc/40/fd may not be read"));
    FdHolderView w = report().get(1);
    assertEquals("/proc/40/fd may not be read", w.unseen());
    assertEquals("-1 listener a claimed", rows(w));
    assertEquals("by the books alone", w.fds().get(0).note());
  }

  @Test
  void theBookForgetsWhatIsLongGone() {
    for (int i = 0; i < 100; i++) {
      lend("key", 102 + i);
    }
    assertEquals(33, book.all().size());
    assertEquals(Optional.of(inode(201)), book.all().get(32).inode());
  }
}
