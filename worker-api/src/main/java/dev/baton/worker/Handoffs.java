package dev.baton.worker;

import dev.baton.channel.Received;
import dev.baton.protocol.Descriptor.Kind;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.Numbers;
import dev.baton.protocol.ProtocolException;
import dev.baton.protocol.ToSupervisor.Refuse;
import dev.baton.protocol.ToWorker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The connections that the supervisor hands over: each goes to the inbox of its listener, or back.
 * Those that wait are owned here. Thread-safe, but for what only the thread that reads calls.
 */
final class Handoffs {
  private static final int MOST_IN_A_MESSAGE = 1024;

  private final Outbox outbox;
  private final Reports reports;
  private final Complaints complaints;
  private final Map<String, Inbox> inboxes = new ConcurrentHashMap<>();
  private volatile boolean draining;
  private volatile boolean alone;
  private volatile Leading leading = Leading.NONE;
  // The thread that reads alone: what came since the last delivery.
  private final List<Inbox> filled = new ArrayList<>();
  private final long[] refused = new long[Reports.BATCH];
  private int refusedCount;

  Handoffs(Outbox outbox, Complaints complaints) {
    this.outbox = outbox;
    this.complaints = complaints;
    this.reports = new Reports(outbox);
    outbox.onFlushed(() -> inboxes.values().forEach(Inbox::claimsSaid));
  }

  Reports reports() {
    return reports;
  }

  /** How who serves what is handed over may read. Before the first message is read. */
  void leading(Leading by) {
    leading = by;
  }

  Leading leading() {
    return leading;
  }

  /**
   * Takes connections of a listener from now on, unless a drain has begun.
   *
   * @param unix whether it is a UNIX-domain listener
   */
  Inbox open(String listener, boolean unix, Takers takers) {
    Inbox inbox = new Inbox(listener, unix, reports, takers);
    inboxes.put(listener, inbox);
    if (draining) {
      refuse(inbox.shut());
    }
    return inbox;
  }

  /** Takes none any more, and refuses those that wait. */
  void close(Inbox inbox) {
    inboxes.remove(inbox.listener(), inbox);
    refuse(inbox.shut());
  }

  /**
   * One was handed over. The thread that reads; nobody is woken before {@link #deliver}.
   *
   * @throws ProtocolException when the message tells of something else
   */
  void connection(Received<ToWorker> received, ToWorker.Connection message)
      throws ProtocolException {
    if (message.fds().size() != 1 || message.fds().get(0).kind() != Kind.CONNECTION) {
      throw new ProtocolException(
          ErrorCode.DESCRIPTORS, "a connection message has one descriptor, a connection");
    }
    Inbox inbox = draining ? null : inboxes.get(message.listener());
    if (inbox != null) {
      Incoming connection =
          Incoming.handedOff(
              message.connection(),
              message.listener(),
              message.peer(),
              received.fds().take(0),
              reports);
      if (inbox.put(connection)) {
        if (!filled.contains(inbox)) {
          filled.add(inbox);
        }
        return;
      }
      connection.drop();
    } else {
      received.close();
    }
    refused[refusedCount++] = message.connection();
    if (refusedCount == refused.length) {
      sayRefused();
    }
  }

  /**
   * This process has no number left for one: the plugin would not get it, so another worker may.
   * The thread that reads.
   */
  void lost(ToWorker.Connection message) {
    complaints.noNumber(message.listener());
    refused[refusedCount++] = message.connection();
    sayRefused();
  }

  /**
   * Nothing more is there to be read now: wakes who takes. The thread that reads.
   *
   * @param own the inbox that this thread itself takes from: nobody is woken for one connection
   *     there; may be null
   * @return whether somebody was woken who may read himself
   */
  boolean deliver(Inbox own) {
    boolean leaders = false;
    for (int i = 0; i < filled.size(); i++) {
      Inbox inbox = filled.get(i);
      leaders |= inbox.led();
      if (inbox != own || inbox.available() > 1) {
        inbox.announce();
      }
    }
    filled.clear();
    sayRefused();
    return leaders;
  }

  private void sayRefused() {
    if (refusedCount > 0) {
      outbox.send(new Refuse(Numbers.of(refused, refusedCount)));
      refusedCount = 0;
    }
  }

  /** Gives back what the plugin has not taken, in one answer. The thread that reads. */
  void recall(ToWorker.Recall recall) {
    sayRefused();
    long[] wanted = recall.connections().toLongs();
    Arrays.sort(wanted);
    List<Incoming> back = new ArrayList<>();
    inboxes.values().forEach(inbox -> back.addAll(inbox.recall(wanted)));
    reports.flush(); // what is not among them was claimed: said before
    outbox.send(new Refuse(dropped(back, 0, back.size())));
  }

  /** Takes none any more: a drain begins. */
  void drain() {
    draining = true;
    inboxes.values().forEach(inbox -> refuse(inbox.shut()));
  }

  /**
   * The supervisor is gone, and with it its copies of what waits here: nobody but this worker can
   * serve that. What was refused and not said so is of no use to another supervisor. The thread
   * that reads.
   */
  void left() {
    alone = true;
    refusedCount = 0;
    for (Inbox inbox : inboxes.values()) {
      inbox.keepAll();
    }
  }

  /** Another supervisor is there, and keeps copies of what it hands over. */
  void adopted() {
    alone = false;
  }

  /** Whether a drain has begun. */
  boolean draining() {
    return draining;
  }

  /**
   * A supervisor is waited for no longer: as a drain. Where the last one may live, what could not
   * be claimed is nobody's.
   */
  void orphaned() {
    drain();
    if (alone) {
      return;
    }
    for (Inbox inbox : inboxes.values()) {
      for (Incoming unsaid : inbox.takeUnsaid()) {
        unsaid.drop();
        reports.closed(unsaid.id());
      }
    }
  }

  /** Gives one back that its taker cannot have, or closes it where nobody else may have it. */
  void reject(Incoming connection) {
    if (connection.refusable()) {
      refuse(List.of(connection));
    } else {
      connection.drop();
      reports.closed(connection.id());
    }
  }

  private void refuse(List<Incoming> back) {
    for (int from = 0; from < back.size(); from += MOST_IN_A_MESSAGE) {
      int to = Math.min(back.size(), from + MOST_IN_A_MESSAGE);
      outbox.send(new Refuse(dropped(back, from, to)));
    }
  }

  /** Our copies are closed before the supervisor hears of it. */
  private static Numbers dropped(List<Incoming> connections, int from, int to) {
    long[] numbers = new long[to - from];
    for (int i = from; i < to; i++) {
      connections.get(i).drop();
      numbers[i - from] = connections.get(i).id();
    }
    return Numbers.of(numbers, numbers.length);
  }

  /** Says what was not said, and closes what waits. */
  void close() {
    reports.flush();
    inboxes.values().forEach(inbox -> inbox.empty().forEach(Incoming::drop));
  }
}
