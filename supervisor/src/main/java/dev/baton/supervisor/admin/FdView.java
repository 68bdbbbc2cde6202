package dev.baton.supervisor.admin;

import java.util.OptionalLong;

/**
 * One descriptor of one process.
 *
 * @param number in its process; -1 when it is in the books and not, or not visibly, in the process
 * @param kind listener, file, channel or log
 * @param name as configured; the worker's id for a channel; may be empty
 * @param held own, copy, offered, claimed, custody, replaced, revoked, closed or stray
 * @param sinceSeconds for how long, by the supervisor's books; empty where they do not tell
 * @param stray whether nobody should hold it
 * @param note in words; may be empty
 */
public record FdView(
    int number,
    String kind,
    String name,
    String held,
    OptionalLong sinceSeconds,
    boolean stray,
    String note) {}
