package dev.baton.benchmarks;

import dev.baton.e2e.kit.Installation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What to measure, and how long.
 *
 * @param installation the distribution and the JDK that runs it
 * @param checkout a source checkout that was built; empty to leave its launcher out
 * @param wrk the load generator; empty for our own
 * @param pairs how many pairs of runs are compared
 * @param rounds in how many rounds, each with JVMs of its own
 * @param run how long each run of a pair takes
 * @param warmup how long each JVM is under load first, at least
 * @param connections how many there are at once
 * @param repeats of what is started or restarted
 * @param idle how long an idle supervisor is watched
 */
record Settings(
    Installation installation,
    Optional<Path> checkout,
    Optional<Path> wrk,
    int pairs,
    int rounds,
    Duration run,
    Duration warmup,
    int connections,
    int repeats,
    Duration idle) {}
