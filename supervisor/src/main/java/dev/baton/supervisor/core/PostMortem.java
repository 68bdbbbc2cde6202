package dev.baton.supervisor.core;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * All that is known of a worker's end.
 *
 * @param worker who
 * @param exit how its process ended
 * @param reason why it left, as far as that came before the end; may be empty
 * @param doing what it did until then
 * @param told whether it had been told to leave
 * @param uptime since its start was asked for, in nanoseconds
 * @param connections that the supervisor had handed to it and that were open; empty where it
 *     accepts itself
 * @param findings what was found afterwards
 */
public record PostMortem(
    WorkerId worker,
    Exit exit,
    String reason,
    Doing doing,
    boolean told,
    long uptime,
    OptionalLong connections,
    Findings findings) {

  /** What a worker is about, before it comes to its end. */
  public enum Doing {
    /** It has never said ready. */
    STARTING,
    /** It served. */
    READY,
    /** It finished its work, as it was told. */
    DRAINING,
    /** It had finished its work and was about to exit. */
    STOPPING
  }

  /**
   * What was found after the end.
   *
   * @param outOfMemory the sign that the kernel killed it for want of memory; empty when there is
   *     none, which does not mean that it did not
   * @param folder where it left what follows
   * @param left names of files: heap dump, crash file, thread dump
   * @param logTail the last lines of its log, oldest first
   */
  public record Findings(
      String outOfMemory, String folder, List<String> left, List<String> logTail) {
    /** Nothing was looked for. */
    public static final Findings NONE = new Findings("", "", List.of(), List.of());

    /** Copies the lists. */
    public Findings {
      left = List.copyOf(left);
      logTail = List.copyOf(logTail);
    }
  }

  /**
   * Before anything was looked for.
   *
   * @param w as it was before its end
   */
  public static PostMortem of(Worker w, Exit exit, OptionalLong connections, long now) {
    long uptime = Math.max(0, now - w.startedAt());
    return new PostMortem(
        w.id(), exit, w.reason(), doing(w), w.retired(), uptime, connections, Findings.NONE);
  }

  private static Doing doing(Worker w) {
    if (w.readyAt() == Worker.NONE) {
      return Doing.STARTING;
    }
    if (!w.retired()) {
      return Doing.READY; // what came after, such as the signals, is about its end
    }
    return w.state() == WorkerState.STOPPING ? Doing.STOPPING : Doing.DRAINING;
  }

  /** The same with what was found. */
  public PostMortem with(Findings found) {
    return new PostMortem(worker, exit, reason, doing, told, uptime, connections, found);
  }

  /** Whether it ended as it was told, so that nobody needs to look into it. */
  public boolean inOrder() {
    return told && exit.equals(Exit.code(0));
  }

  /** Why and how it ended: {@code "did not exit when asked to; killed by SIGKILL"}. */
  public String how() {
    return reason.isEmpty() ? exit.toString() : reason + "; " + exit;
  }

  /**
   * The rest in words: {@code "was ready, up 42 s, 3 connections open; left hs_err.log in DIR"}.
   */
  public String circumstances() {
    List<String> parts = new ArrayList<>();
    if (!findings.outOfMemory().isEmpty()) {
      parts.add(findings.outOfMemory());
    }
    parts.add("was " + doing.name().toLowerCase(java.util.Locale.ROOT) + ", up " + time() + open());
    if (!findings.left().isEmpty()) {
      parts.add("left " + String.join(", ", findings.left()) + " in " + findings.folder());
    }
    return String.join("; ", parts);
  }

  private String open() {
    if (connections.isEmpty()) {
      return "";
    }
    long n = connections.getAsLong();
    return ", " + (n == 0 ? "no" : n) + (n == 1 ? " connection" : " connections") + " open";
  }

  private String time() {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(uptime);
    if (seconds < 120) {
      return seconds + " s";
    }
    return seconds < 7200 ? seconds / 60 + " min" : seconds / 3600 + " h";
  }
}
