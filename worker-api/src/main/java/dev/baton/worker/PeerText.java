package dev.baton.worker;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** The client's address as a {@code connection} message has it. */
final class PeerText {
  private static final int MOST_PORT = 65_535;

  private PeerText() {}

  /**
   * Reads {@code 1.2.3.4:5678} or {@code [::1]:567}.
   *
   * @return null for any other text; the kernel knows the address, too
   */
  static InetSocketAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    int port = number(text, colon + 1, text.length(), MOST_PORT);
    if (colon < 1 || port < 0) {
      return null;
    }
    try {
      if (text.charAt(0) != '[') {
        byte[] address = ipv4(text, colon);
        return address == null
            ? null
            : new InetSocketAddress(InetAddress.getByAddress(address), port);
      }
      // With a colon inside it is a literal, for which no name service is asked.
      boolean literal = text.charAt(colon - 1) == ']' && text.indexOf(':') < colon - 1;
      return literal
          ? new InetSocketAddress(InetAddress.getByName(text.substring(0, colon)), port)
          : null;
    } catch (UnknownHostException e) {
      return null;
    }
  }

  private static byte[] ipv4(String text, int end) {
    byte[] address = new byte[4];
    int from = 0;
    for (int i = 0; i < 4; i++) {
      int dot = i == 3 ? end : text.indexOf('.', from);
      int value = dot < 0 || dot > end ? -1 : number(text, from, dot, 255);
      if (value < 0) {
        return null;
      }
      address[i] = (byte) value;
      from = dot + 1;
    }
    return address;
  }

  /** The decimal number in a part of a text; -1 when there is none up to {@code most}. */
  private static int number(String text, int from, int to, int most) {
    if (from >= to || to - from > 5) {
      return -1;
    }
    int value = 0;
    for (int i = from; i < to; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value <= most ? value : -1;
  }
}
