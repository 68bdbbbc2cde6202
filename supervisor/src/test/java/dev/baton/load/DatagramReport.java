package dev.baton.load;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What a {@link DatagramLoad} has counted. Immutable.
 *
 * @param sent datagrams that the kernel took
 * @param answered of them, those with at least one answer
 * @param duplicates further answers to one datagram
 * @param unreachable ICMP messages that said that nobody is there
 * @param late datagrams that were not sent, since the generator was behind its schedule
 * @param junk answers to nothing that was sent
 * @param workers how many answers each worker gave
 * @param byClient which workers answered each client, by the client's number
 * @param missing numbers of the first datagrams without an answer
 * @param kernel what the kernel counted meanwhile, for everybody on the machine
 * @param duration from the start to the last datagram
 */
public record DatagramReport(
    long sent,
    long answered,
    long duplicates,
    long unreachable,
    long late,
    long junk,
    Map<String, Long> workers,
    Map<Integer, Set<String>> byClient,
    List<Integer> missing,
    UdpCounters kernel,
    Duration duration) {
  /** Datagrams without an answer. */
  public long lost() {
    return sent - answered;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%d lost of %d in %.2f s (%.0f/s), %d duplicates, %d unreachable, %d late, %d junk;"
            + " missing %s; kernel: %s%n  answered by %s%n",
        lost(),
        sent,
        duration.toNanos() / 1e9,
        sent * 1e9 / Math.max(1, duration.toNanos()),
        duplicates,
        unreachable,
        late,
        junk,
        missing,
        kernel,
        workers);
  }
}
