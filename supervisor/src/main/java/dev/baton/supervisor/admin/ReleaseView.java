package dev.baton.supervisor.admin;

/**
 * What a pool runs from, or has run from.
 *
 * @param hash of its content
 * @param state serving, tried, replaced, rejected or withdrawn
 * @param since when it came to that, in ISO 8601
 * @param source where it was copied from; empty for the configured class path
 */
public record ReleaseView(String hash, String state, String since, String source) {}
