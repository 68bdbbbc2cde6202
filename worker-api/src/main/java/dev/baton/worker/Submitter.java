package dev.baton.worker;

import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Has a plugin's own executor serve a listener's connections. The executor gets a task for each,
 * but no particular one: a connection stays in the inbox, where it can be taken back, until a task
 * really runs. An executor may block or run tasks itself, so a thread of its own asks it; with
 * nothing to ask for, that thread reads the control channel for a while, where it may.
 */
final class Submitter implements ServingTakers {
  /** Of what this worker accepts by itself: the rest stays where other workers can have it. */
  private static final int MOST_AHEAD = 16;

  private final String listener;
  private final Executor executor;
  private final Consumer<Incoming> server;
  private final Handoffs handoffs;
  private final Complaints complaints;
  private Inbox inbox;
  private Leading leading;
  private int submitted;
  private boolean waiting;
  private boolean ended;

  /**
   * @param server serves one; never throws
   */
  Submitter(
      String listener,
      Executor executor,
      Consumer<Incoming> server,
      Handoffs handoffs,
      Complaints complaints) {
    this.listener = listener;
    this.executor = executor;
    this.server = server;
    this.handoffs = handoffs;
    this.complaints = complaints;
  }

  @Override
  public void start(Inbox from, Leading by) {
    inbox = from;
    leading = by;
    Thread thread = new Thread(this::submit, "connections-" + listener);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public synchronized void wake() {
    if (waiting) {
      waiting = false;
      notifyAll();
    }
  }

  @Override
  public synchronized void end() {
    ended = true;
    waiting = false;
    notifyAll();
  }

  @Override
  public synchronized void awaitRoom() throws InterruptedException {
    while (!ended && inbox.available() >= MOST_AHEAD) {
      wait();
    }
  }

  private void submit() {
    while (awaitWork()) {
      try {
        executor.execute(this::serveOne);
      } catch (RuntimeException e) {
        rejected(e);
      }
    }
  }

  /** Counts the task that is to be submitted; false when none will be any more. */
  private boolean awaitWork() {
    int spokenFor = submitted();
    if (inbox.available() <= spokenFor) {
      leading.lead(inbox, spokenFor);
    }
    return awaitCall();
  }

  private synchronized int submitted() {
    return submitted;
  }

  private synchronized boolean awaitCall() {
    while (inbox.available() <= submitted) {
      if (ended && inbox.over()) {
        return false;
      }
      waiting = true;
      try {
        wait();
      } catch (InterruptedException e) {
        // a task that ran on this thread was interrupted, and is over
      }
    }
    submitted++;
    return true;
  }

  private void serveOne() {
    Incoming connection = inbox.take();
    begun();
    if (connection != null) {
      server.accept(connection);
    }
  }

  private synchronized void begun() {
    submitted--;
    waiting = false;
    notifyAll();
  }

  private void rejected(RuntimeException why) {
    Incoming back = inbox.recallLast();
    begun();
    if (back != null) {
      complaints.rejected(back, why);
      handoffs.reject(back);
    }
  }
}
