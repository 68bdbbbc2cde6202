/**
 * Measures Baton: started by {@code benchmarks/run}, described in {@code docs/benchmarks.md}. Never
 * part of a timed test.
 */
package dev.baton.benchmarks;
