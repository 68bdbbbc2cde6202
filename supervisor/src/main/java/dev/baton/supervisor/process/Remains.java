package dev.baton.supervisor.process;

import dev.baton.supervisor.core.Exit;
import java.util.Optional;

/**
 * What is known of a process that has ended, for the {@link Inquest}.
 *
 * @param exit how
 * @param killed whether KILL was sent to it by us
 * @param cgroup the cgroup it ended in, as {@code /proc/PID/cgroup} names it; empty when unknown
 * @param dumpAsked where its log ended when it was asked for a thread dump; negative when it was
 *     not
 */
public record Remains(Exit exit, boolean killed, Optional<String> cgroup, long dumpAsked) {}
