/**
 * An HTTP/1.1 load generator that counts what became of every request, for tests of zero loss and
 * for the benchmarks.
 *
 * <p>It asks one question of a server that is being restarted, killed or upgraded: which requests
 * were not answered, and how did the client notice? So every request ends in exactly one {@link
 * dev.baton.load.Outcome}, nothing is retried, and what the generator itself did not manage is
 * counted apart.
 *
 * <p>The generator and its report use the JDK alone.
 */
package dev.baton.load;
