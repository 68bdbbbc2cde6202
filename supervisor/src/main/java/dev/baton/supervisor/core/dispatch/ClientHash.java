package dev.baton.supervisor.core.dispatch;

/**
 * The same client always at the same slot, whichever run serves there. Rendezvous hashing: client
 * and slot together give a score, the highest wins. So when a slot is lost only its own clients
 * move, and they come back with it. Nothing is remembered, so this also holds from one supervisor
 * to the next.
 *
 * <p>A slot that is at a limit is passed over like a lost one, for the connections that come
 * meanwhile: nobody waits for his slot while another worker has room.
 *
 * <p>Weights as in Schindelhauer and Schomaker, "Weighted Distributed Hash Tables" (2005): the
 * score is {@code weight / -ln(u)} with u uniform in (0, 1).
 */
public final class ClientHash implements Policy {
  private static final long MAPPED_IPV4 = 0xffff_0000_0000L;

  /** Has no state. */
  public ClientHash() {}

  @Override
  public int choose(Candidates candidates, long clientHash) {
    int best = 0;
    double bestScore = -1;
    for (int i = 0; i < candidates.size(); i++) {
      double score = score(clientHash, candidates.slot(i), candidates.weight(i));
      if (score > bestScore) {
        best = i;
        bestScore = score;
      }
    }
    return best;
  }

  private static double score(long clientHash, int slot, int weight) {
    long bits = mix(clientHash ^ mix(slot + 1L));
    double unit = ((bits >>> 11) + 0.5) * 0x1.0p-53; // never 0 or 1
    return weight / -StrictMath.log(unit); // strict: the same on every JVM
  }

  /**
   * The hash of a client's address, without its port.
   *
   * @param high the first 8 bytes of the IPv6 address; 0 for IPv4
   * @param low the last 8; for IPv4 {@code 0xffff_0000_0000L | address}, its mapped form, so that a
   *     client is the same on an IPv4 and on a dual-stack listener
   */
  public static long of(long high, long low) {
    return mix(mix(high + 0x9E3779B97F4A7C15L) ^ low);
  }

  /**
   * The hash of a client's address as {@link java.net.InetAddress#getAddress} gives it.
   *
   * @throws IllegalArgumentException if it has neither 4 nor 16 bytes
   */
  public static long of(byte[] address) {
    return switch (address.length) {
      case 4 -> of(0, MAPPED_IPV4 | bits(address, 0, 4));
      case 16 -> of(bits(address, 0, 8), bits(address, 8, 16));
      default ->
          throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + address.length);
    };
  }

  private static long bits(byte[] bytes, int from, int to) {
    long value = 0;
    for (int i = from; i < to; i++) {
      value = value << 8 | bytes[i] & 0xff;
    }
    return value;
  }

  /** SplitMix64's finalizer: neighbouring addresses and slots give unrelated results. */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
