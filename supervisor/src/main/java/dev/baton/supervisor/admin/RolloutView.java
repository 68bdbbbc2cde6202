package dev.baton.supervisor.admin;

/**
 * A rollout under way.
 *
 * @param from the generation that serves until it is over
 * @param to the new one
 * @param stage canary, hold, all, or back when it is being taken back
 * @param paused whether it waits for the operator
 * @param text why it is being taken back, or empty
 */
public record RolloutView(int from, int to, String stage, boolean paused, String text) {}
