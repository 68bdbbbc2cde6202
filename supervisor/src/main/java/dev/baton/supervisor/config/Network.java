package dev.baton.supervisor.config;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * A block of IP addresses (RFC 4632, RFC 4291 2.3). An IPv4-mapped IPv6 address (RFC 4291 2.5.5.2)
 * counts as the IPv4 address that it stands for; other than that the families are apart. Immutable.
 *
 * @param address 4 or 16 bytes in network order; what is beyond the prefix is zero
 * @param prefix how many leading bits its addresses share
 */
public record Network(byte[] address, int prefix) {

  private static final int MAPPED = 12;

  /** Copies the address and checks both. */
  public Network {
    address = unmapped(address.clone());
    if (address.length != 4 && address.length != 16) {
      throw new IllegalArgumentException("an address of " + address.length + " bytes");
    }
    if (prefix < 0 || prefix > address.length * 8) {
      throw new IllegalArgumentException(
          "a prefix of " + prefix + " is not from 0 to " + address.length * 8);
    }
    if (!Arrays.equals(address, masked(address, prefix))) {
      throw new IllegalArgumentException("bits beyond the prefix of " + prefix);
    }
  }

  /** The block that an address is in, whatever its further bits. */
  static Network around(InetAddress address, int prefix) {
    byte[] bytes = unmapped(address.getAddress());
    if (prefix < 0 || prefix > bytes.length * 8) {
      throw new IllegalArgumentException("no prefix of such an address: " + prefix);
    }
    return new Network(masked(bytes, prefix), prefix);
  }

  /** A copy. */
  @Override
  public byte[] address() {
    return address.clone();
  }

  /** Whether the address is in this block; its zone does not matter. */
  public boolean contains(InetAddress other) {
    byte[] bytes = unmapped(other.getAddress());
    return bytes.length == address.length && Arrays.equals(address, masked(bytes, prefix));
  }

  private static byte[] masked(byte[] bytes, int prefix) {
    byte[] kept = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      int bits = Math.max(0, Math.min(8, prefix - i * 8));
      kept[i] = (byte) (bytes[i] & (0xff00 >> bits));
    }
    return kept;
  }

  /** The JDK does the same for texts, but not for every way in which bytes become an address. */
  private static byte[] unmapped(byte[] bytes) {
    boolean mapped = bytes.length == 16 && bytes[10] == -1 && bytes[11] == -1;
    for (int i = 0; mapped && i < 10; i++) {
      mapped = bytes[i] == 0;
    }
    return mapped ? Arrays.copyOfRange(bytes, MAPPED, 16) : bytes;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Network network
        && prefix == network.prefix
        && Arrays.equals(address, network.address);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(address) + prefix;
  }

  /** As the configuration writes it: {@code 127.0.0.1}, {@code 10.0.0.0/8}, {@code [fd00::]/8}. */
  @Override
  public String toString() {
    try {
      InetAddress shown = InetAddress.getByAddress(address);
      String host = shown.getHostAddress();
      String text = shown instanceof Inet6Address ? '[' + host + ']' : host;
      return prefix == address.length * 8 ? text : text + '/' + prefix;
    } catch (UnknownHostException e) {
      throw new IllegalStateException("4 or 16 bytes are always an address", e);
    }
  }
}
