package dev.baton.supervisor.dispatch;

import static dev.baton.sys.Constants.EPOLLERR;
import static dev.baton.sys.Constants.EPOLLHUP;
import static dev.baton.sys.Constants.EPOLLOUT;

import dev.baton.channel.HandOffSocket;
import dev.baton.protocol.ConnectionFrame;
import dev.baton.protocol.Numbers;
import dev.baton.supervisor.core.WorkerId;
import dev.baton.supervisor.core.dispatch.Fault;
import dev.baton.supervisor.core.dispatch.Hands;
import dev.baton.supervisor.core.dispatch.Ledger;
import dev.baton.sys.PeerAddress;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Carries out what the ledger decides: sends frames with a connection each, keeps and closes our
 * copies, looks at those of a dead worker. Only for the dispatch thread.
 */
final class HandOffs implements Hands, AutoCloseable {
  private final Poller poller;
  private final DispatchEvents events;
  private final Warnings warnings;
  private final long pause;
  private final Examiner examiner;
  private final ConnectionFrame[] frames;
  private final byte[] peer = new byte[PeerAddress.TEXT_MAX];
  private final Copies copies;
  private Ledger ledger;
  private Consumer<Boolean> gate;
  private Line[] lines = {};
  private long fresh = -1;
  private boolean recalled;
  private boolean acted;

  /**
   * @param names of the listeners, by index
   * @param pause until a channel that cannot be watched is tried again
   */
  HandOffs(
      Posix posix,
      Poller poller,
      DispatchEvents events,
      Warnings warnings,
      List<String> names,
      long pause) {
    this.poller = poller;
    this.events = events;
    this.warnings = warnings;
    this.pause = pause;
    this.examiner = new Examiner(posix);
    this.copies = new Copies(posix);
    this.frames = names.stream().map(ConnectionFrame::new).toArray(ConnectionFrame[]::new);
  }

  /** The two that it works with, which need it first. */
  void connect(Ledger itsLedger, Consumer<Boolean> itsGate) {
    ledger = itsLedger;
    gate = itsGate;
  }

  /** A worker of that index is there. */
  void added(int index, WorkerId worker, HandOffSocket socket) {
    if (index >= lines.length) {
      lines = Arrays.copyOf(lines, index + 1);
    }
    lines[index] = new Line(worker, socket);
  }

  /** It is gone. */
  void removed(int index) {
    unwatch(lines[index]);
    lines[index].socket.close();
    lines[index] = null;
  }

  void leaving(int index) {
    lines[index].leaving = true;
  }

  /** Whether there is a worker that is neither draining nor to be killed. */
  boolean someStay() {
    for (Line line : lines) {
      if (line != null && !line.leaving) {
        return true;
      }
    }
    return false;
  }

  /** Takes charge of an accepted connection that the ledger knows. */
  void keep(int place, int number, int listener, PeerAddress who) {
    copies.keep(place, number, listener, who);
  }

  /** The same with one that another dispatcher had. */
  void keep(int place, int listener, Moved moved) {
    copies.keep(place, listener, moved);
  }

  /** Lets go of a connection that waits and that the ledger knows; our copy goes with it. */
  Moved take(long connection, List<String> names) {
    int place = ledger.place(connection);
    byte[] who = Arrays.copyOf(peer, copies.peer(place, peer));
    return new Moved(
        connection,
        names.get(copies.listener(place)),
        copies.take(place),
        copies.family(place),
        who,
        ledger.clientHash(connection));
  }

  /** This connection has only just been accepted, so that its client is not asked after. */
  void fresh(long connection) {
    fresh = connection;
  }

  /** Whether a connection was handed over or let go of since this was asked last. */
  boolean takeActed() {
    boolean some = acted;
    acted = false;
    return some;
  }

  /** Whether something was recalled since this was asked last. */
  boolean takeRecalled() {
    boolean some = recalled;
    recalled = false;
    return some;
  }

  @Override
  public Handed hand(long connection, int worker) {
    acted = true;
    int place = ledger.place(connection);
    Line line = lines[worker];
    if (connection != fresh && gone(place)) {
      return Handed.GONE;
    }
    ConnectionFrame frame = frames[copies.listener(place)];
    int length = frame.fill(connection, peer, copies.peer(place, peer));
    try {
      return switch (line.socket.send(frame.bytes(), length, copies.get(place))) {
        case SENT -> Handed.SENT;
        case FULL -> full(worker);
        case SCARCE -> scarce("too many connections on their way, or no memory; clients wait");
        case GONE -> Handed.FULL; // and never writable again: its end is told to the loop
      };
    } catch (SysException e) {
      return scarce(e.getMessage() + "; tried again");
    }
  }

  private boolean gone(int place) {
    try {
      return examiner.gone(copies.get(place), copies.family(place));
    } catch (SysException e) {
      return false; // the worker will see
    }
  }

  private Handed scarce(String why) {
    warnings.say("scarce " + why, "cannot hand over connections: " + why, System.nanoTime());
    return Handed.SCARCE;
  }

  private Handed full(int worker) {
    Line line = lines[worker];
    if (!line.watched) {
      try {
        poller.add(line.socket, EPOLLOUT, Poller.WORKER + worker);
        line.watched = true;
      } catch (SysException e) {
        line.retries = true;
        line.retryAt = System.nanoTime() + pause;
      }
    }
    return Handed.FULL;
  }

  /** Where that fails it stays watched, so that its next event is the next attempt. */
  private void unwatch(Line line) {
    if (line.watched) {
      try {
        poller.remove(line.socket);
        line.watched = false;
      } catch (SysException e) {
        String text = line.worker + " cannot be left: " + e.getMessage();
        warnings.say("unwatch", text, System.nanoTime());
      }
    }
  }

  /** The poller says something about a channel that was full. */
  void channelReady(int index, int what) {
    Line line = index < lines.length ? lines[index] : null;
    if (line != null && line.watched) {
      unwatch(line);
      if (!line.watched && (what & (EPOLLHUP | EPOLLERR)) == 0) {
        ledger.writable(index);
      }
    }
  }

  /** When a channel that could not be watched is tried again, or the end of time. */
  long nextRetry() {
    long next = Long.MAX_VALUE;
    for (Line line : lines) {
      if (line != null && line.retries) {
        next = Math.min(next, line.retryAt);
      }
    }
    return next;
  }

  void retry(long now) {
    for (int i = 0; i < lines.length; i++) {
      Line line = lines[i];
      if (line != null && line.retries && line.retryAt <= now) {
        line.retries = false;
        ledger.writable(i);
      }
    }
  }

  @Override
  public void closeOurCopy(long connection) {
    acted = true;
    copies.close(ledger.place(connection));
  }

  @Override
  public void recall(int worker, long[] connections, int count) {
    recalled = true;
    events.recall(lines[worker].worker, Numbers.of(connections, count));
  }

  @Override
  public Found examine(long connection) {
    int place = ledger.place(connection);
    try {
      return examiner.examine(copies.get(place), copies.family(place));
    } catch (SysException e) {
      String text = "cannot tell whether a dead worker touched a connection, which is closed: ";
      warnings.say("examine", text + e.getMessage(), System.nanoTime());
      return Found.TOUCHED;
    }
  }

  @Override
  public void kill(int worker, Fault fault, long connection) {
    lines[worker].leaving = true;
    String which = " (connection " + connection + ")";
    events.fault(lines[worker].worker, fault.text() + which);
  }

  @Override
  public void accepting(boolean on) {
    gate.accept(on);
  }

  @Override
  public void close() {
    for (int i = 0; i < lines.length; i++) {
      if (lines[i] != null) {
        removed(i);
      }
    }
    copies.close();
  }
}
