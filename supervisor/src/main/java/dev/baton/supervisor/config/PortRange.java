package dev.baton.supervisor.config;

/**
 * Ports from one to another, both included.
 *
 * @param from 0 to {@code to}
 * @param to up to 65535
 */
public record PortRange(int from, int to) {

  /** Every port, and 0, with which the kernel chooses one for a bind. */
  public static final PortRange ANY = new PortRange(0, 65535);

  /** Checks the order and the range. */
  public PortRange {
    if (from < 0 || to < from || to > 65535) {
      throw new IllegalArgumentException("no range of ports: " + from + " to " + to);
    }
  }

  /** Whether the port is one of these. */
  public boolean contains(int port) {
    return port >= from && port <= to;
  }

  /** As the configuration writes it: {@code *}, {@code 80} or {@code 8000-8099}. */
  @Override
  public String toString() {
    if (equals(ANY)) {
      return "*";
    }
    return from == to ? String.valueOf(from) : from + "-" + to;
  }
}
