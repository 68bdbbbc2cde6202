/**
 * The configuration file, turned into immutable records that have been checked as a whole.
 *
 * <p>{@link dev.baton.supervisor.config.ConfigLoader#load} is the only way in: it reads the file,
 * collects every {@link dev.baton.supervisor.config.Problem} there is and returns a {@link
 * dev.baton.supervisor.config.BatonConfig} only when there is none. Nothing here opens a socket,
 * looks up a host name or touches a file other than the configuration itself.
 *
 * <p>The way of a value: {@code FileText} (bytes to text, bounded) → {@code TreeReader} (text to
 * {@code LocatedNode}s, each with its line) → {@code Section} and the readers, one per record.
 */
package dev.baton.supervisor.config;
