package dev.baton.supervisor.admin;

import dev.baton.supervisor.core.PostMortem;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * How a worker came to its end.
 *
 * @param worker the worker id
 * @param how why and how, in words
 * @param circumstances the rest, in words
 * @param exitCode 0 where a signal ended it; -1 when unknown
 * @param signal such as SIGKILL; empty where none ended it
 * @param coreDumped whether it left a core file
 * @param outOfMemory the sign that the kernel killed it for want of memory; empty when there is
 *     none
 * @param doing starting, ready, draining or stopping
 * @param told whether it had been told to leave
 * @param uptimeSeconds since it was started
 * @param connections handed to it and open; empty where it accepts itself
 * @param folder of what it left
 * @param left names of files there
 * @param logTail the last lines of its log
 */
public record EndView(
    String worker,
    String how,
    String circumstances,
    int exitCode,
    String signal,
    boolean coreDumped,
    String outOfMemory,
    String doing,
    boolean told,
    long uptimeSeconds,
    OptionalLong connections,
    String folder,
    List<String> left,
    List<String> logTail) {

  /** Copies the lists. */
  public EndView {
    left = List.copyOf(left);
    logTail = List.copyOf(logTail);
  }

  /** As operators see it. */
  public static EndView of(PostMortem end) {
    return new EndView(
        end.worker().toString(),
        end.how(),
        end.circumstances(),
        end.exit().code(),
        end.exit().signalName(),
        end.exit().coreDumped(),
        end.findings().outOfMemory(),
        end.doing().name().toLowerCase(Locale.ROOT),
        end.told(),
        TimeUnit.NANOSECONDS.toSeconds(end.uptime()),
        end.connections(),
        end.findings().folder(),
        end.findings().left(),
        end.findings().logTail());
  }
}
