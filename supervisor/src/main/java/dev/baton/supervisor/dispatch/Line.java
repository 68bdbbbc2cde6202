package dev.baton.supervisor.dispatch;

import dev.baton.channel.HandOffSocket;
import dev.baton.supervisor.core.WorkerId;

/** The way to one worker, by its index in the ledger. */
final class Line {
  final WorkerId worker;
  final HandOffSocket socket;

  /** Whether the poller watches for room in the channel. */
  boolean watched;

  /** Whether to try again at a time, since the poller could not watch ({@link System#nanoTime}). */
  boolean retries;

  long retryAt;

  /** Whether the worker gets no more, since it drains or is to be killed. */
  boolean leaving;

  Line(WorkerId worker, HandOffSocket socket) {
    this.worker = worker;
    this.socket = socket;
  }
}
