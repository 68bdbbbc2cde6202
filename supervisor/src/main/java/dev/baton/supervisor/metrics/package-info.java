/** Figures for Prometheus, from snapshots of the state; {@code docs/metrics.md} lists them. */
package dev.baton.supervisor.metrics;
