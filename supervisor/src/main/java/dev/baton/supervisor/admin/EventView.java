package dev.baton.supervisor.admin;

/**
 * One entry of the journal.
 *
 * @param time ISO 8601
 * @param kind what happened, such as ready
 * @param subject the pool or the worker id; may be empty
 * @param text in words
 */
public record EventView(String time, String kind, String subject, String text) {}
