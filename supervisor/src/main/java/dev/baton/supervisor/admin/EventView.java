package dev.baton.supervisor.admin;

import java.util.Optional;

/**
 * One entry of the journal.
 *
 * @param time ISO 8601
 * @param kind what happened, such as ready
 * @param subject the pool or the worker id; may be empty
 * @param text in words
 * @param end where it is the end of a worker, all that is known of it
 */
public record EventView(
    String time, String kind, String subject, String text, Optional<EndView> end) {}
