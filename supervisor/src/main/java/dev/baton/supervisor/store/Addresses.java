package dev.baton.supervisor.store;

import dev.baton.sys.Constants;
import dev.baton.sys.SockAddr;
import java.net.InetAddress;

/** Socket addresses in words. */
final class Addresses {
  private static final int GROUPS = 8;

  private Addresses() {}

  /** {@code tcp://127.0.0.1:80} or {@code udp://[::1]:53}. */
  static String uri(String scheme, SockAddr bound) {
    String host =
        bound.family() == Constants.AF_INET6
            ? '[' + ipv6(bound.host()) + ']'
            : bound.host().getHostAddress();
    return scheme + "://" + host + ':' + bound.port();
  }

  /** The short form of RFC 5952, section 4, which the JDK does not write. */
  static String ipv6(InetAddress address) {
    byte[] bytes = address.getAddress();
    int[] groups = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      groups[i] = (bytes[2 * i] & 0xff) << 8 | bytes[2 * i + 1] & 0xff;
    }
    int start = -1;
    int length = 1; // a single zero group is not shortened
    for (int i = 0; i < GROUPS; i++) {
      int end = i;
      while (end < GROUPS && groups[end] == 0) {
        end++;
      }
      if (end - i > length) {
        start = i;
        length = end - i;
      }
    }
    if (start < 0) {
      return join(groups, 0, GROUPS);
    }
    return join(groups, 0, start) + "::" + join(groups, start + length, GROUPS);
  }

  private static String join(int[] groups, int from, int to) {
    StringBuilder text = new StringBuilder();
    for (int i = from; i < to; i++) {
      text.append(i == from ? "" : ":").append(Integer.toHexString(groups[i]));
    }
    return text.toString();
  }
}
