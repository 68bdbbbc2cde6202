/**
 * The operator commands. {@link dev.baton.supervisor.cli.BatonCli} parses them (picocli); all but
 * {@code run} and {@code check} are short-lived clients of the admin API, over a small HTTP client
 * of their own: their start is most of their life, so nothing heavy is loaded for them.
 */
package dev.baton.supervisor.cli;
