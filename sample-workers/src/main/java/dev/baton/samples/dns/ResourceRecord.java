package dev.baton.samples.dns;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * A resource record without its name (RFC 1035, 3.2.1).
 *
 * @param type one of the constants of this class
 * @param ttl in seconds
 * @param data as on the wire
 */
record ResourceRecord(int type, int ttl, byte[] data) {
  static final int A = 1;
  static final int NS = 2;
  static final int SOA = 6;
  static final int HINFO = 13;
  static final int TXT = 16;
  static final int AAAA = 28;
  static final int OPT = 41;
  static final int ANY = 255;

  private static final int MOST_STRING_BYTES = 255;
  private static final int MOST_TEXT_BYTES = 4000;
  private static final int REFRESH_SECONDS = 3600;
  private static final int EXPIRE_SECONDS = 604_800;
  private static final String BYTE = "(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])";
  private static final Pattern IPV4 = Pattern.compile(BYTE + "(\\." + BYTE + "){3}");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

  /** An address of a host (RFC 1035, 3.4.1). */
  static ResourceRecord a(String address, int ttl) {
    return new ResourceRecord(A, ttl, literal(address, IPV4, 4, "an IPv4 address"));
  }

  /** An IPv6 address of a host (RFC 3596). */
  static ResourceRecord aaaa(String address, int ttl) {
    return new ResourceRecord(AAAA, ttl, literal(address, IPV6, 16, "an IPv6 address"));
  }

  /** The pattern keeps names away, which would be looked up. */
  private static byte[] literal(String text, Pattern pattern, int bytes, String allowed) {
    try {
      if (pattern.matcher(text).matches()) {
        byte[] address = InetAddress.getByName(text).getAddress();
        if (address.length == bytes) {
          return address;
        }
      }
    } catch (UnknownHostException e) {
      // said below
    }
    throw new IllegalArgumentException("found \"" + text + "\", allowed is " + allowed);
  }

  /** A text, as character strings of at most 255 bytes (RFC 1035, 3.3.14). */
  static ResourceRecord txt(String text, int ttl) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > MOST_TEXT_BYTES) {
      throw new IllegalArgumentException(
          "found a text of " + bytes.length + " bytes, allowed are " + MOST_TEXT_BYTES);
    }
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    int from = 0;
    do {
      int count = Math.min(MOST_STRING_BYTES, bytes.length - from);
      data.write(count);
      data.write(bytes, from, count);
      from += count;
    } while (from < bytes.length);
    return new ResourceRecord(TXT, ttl, data.toByteArray());
  }

  /** What "any" gets: the least that is no lie (RFC 8482, 4.2). */
  static ResourceRecord notAll(int ttl) {
    byte[] data = "\7RFC8482\0".getBytes(StandardCharsets.US_ASCII);
    return new ResourceRecord(HINFO, ttl, data);
  }

  static ResourceRecord ns(Name server, int ttl) {
    return new ResourceRecord(NS, ttl, server.bytes());
  }

  /** The start of a zone; its last field says how long "there is none" holds (RFC 2308, 4). */
  static ResourceRecord soa(Name zone, int ttl) {
    byte[] server = zone.bytes();
    byte[] label = "\12hostmaster".getBytes(StandardCharsets.US_ASCII);
    ByteBuffer data = ByteBuffer.allocate(2 * server.length + label.length + 5 * Integer.BYTES);
    data.put(server).put(label).put(server).putInt(1);
    data.putInt(REFRESH_SECONDS).putInt(REFRESH_SECONDS).putInt(EXPIRE_SECONDS).putInt(ttl);
    return new ResourceRecord(SOA, ttl, data.array());
  }
}
