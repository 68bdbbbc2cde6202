package dev.baton.sys;

/** The two ends of a {@code socketpair(2)}; both belong to the caller. */
public record FdPair(int first, int second) {}
