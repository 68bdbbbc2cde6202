package dev.baton.sys;

/** IP addresses in text, written into a caller's bytes (RFC 5952). Pure; allocates nothing. */
final class AddressText {
  private AddressText() {}

  /** Writes {@code 1.2.3.4:80}; returns where it ends. */
  static int ipv4(int address, int port, byte[] target, int from) {
    int at = from;
    for (int shift = 24; shift >= 0; shift -= 8) {
      at = decimal(address >>> shift & 0xff, target, at);
      target[at++] = (byte) (shift == 0 ? ':' : '.');
    }
    return decimal(port, target, at);
  }

  /** Writes {@code [::1]:80}, or {@code [fe80::1%2]:80} with a scope; returns where it ends. */
  static int ipv6(long high, long low, int scope, int port, byte[] target, int from) {
    int at = from;
    target[at++] = '[';
    at = groups(high, low, target, at);
    if (scope != 0) {
      target[at++] = '%';
      at = decimal(scope, target, at);
    }
    target[at++] = ']';
    target[at++] = ':';
    return decimal(port, target, at);
  }

  /** The longest run of two or more zero groups, the first of equals, becomes {@code ::}. */
  private static int groups(long high, long low, byte[] target, int from) {
    int start = -1;
    int longest = 1;
    for (int i = 0; i < 8; i++) {
      int run = 0;
      while (i + run < 8 && group(high, low, i + run) == 0) {
        run++;
      }
      if (run > longest) {
        start = i;
        longest = run;
      }
    }
    int at = from;
    for (int i = 0; i < 8; ) {
      if (i == start) {
        target[at++] = ':';
        target[at++] = ':';
        i += longest;
        continue;
      }
      if (i > 0 && i != start + longest) {
        target[at++] = ':';
      }
      at = hex(group(high, low, i), target, at);
      i++;
    }
    return at;
  }

  private static int group(long high, long low, int i) {
    return (int) ((i < 4 ? high : low) >>> 48 - 16 * (i & 3)) & 0xffff;
  }

  private static int hex(int value, byte[] target, int from) {
    int at = from;
    for (int shift = 12; shift >= 0; shift -= 4) {
      int digit = value >>> shift & 0xf;
      if (digit != 0 || at > from || shift == 0) {
        target[at++] = (byte) (digit < 10 ? '0' + digit : 'a' + digit - 10);
      }
    }
    return at;
  }

  /** The value is unsigned. No division of longs, which is a call where C1 compiles. */
  private static int decimal(int value, byte[] target, int from) {
    int high = value >= 0 ? value / 10 : Integer.divideUnsigned(value, 10);
    int at = high == 0 ? from : decimal(high, target, from);
    target[at] = (byte) ('0' + value - 10 * high);
    return at + 1;
  }
}
