package dev.baton.sys;

import static dev.baton.sys.Constants.AF_INET;
import static dev.baton.sys.Constants.AF_INET6;
import static dev.baton.sys.Constants.AF_UNIX;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/**
 * The address of who connected or sent, as {@link Posix#accept4(int, PeerAddress)} and {@link
 * Posix#recvfrom} fill it: native memory made once and used again, so that looking at a client's
 * address allocates nothing. Not thread-safe.
 *
 * <p>An IPv4 client of an IPv6 socket ({@code ::ffff:1.2.3.4}, {@code ipv6(7)}) looks like one of
 * an IPv4 socket, but for {@link #toSockAddr}.
 *
 * <pre>
 *   sockaddr_in   0 family | 2 port | 4 address (4)
 *   sockaddr_in6  0 family | 2 port | 4 flow | 8 address (16) | 24 scope
 * </pre>
 */
public final class PeerAddress {
  /** The most bytes that {@link #text} writes. */
  public static final int TEXT_MAX = 64;

  private static final int CAPACITY = 128;
  private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
  private static final long MAPPED = 0xffff;

  private final Pointer memory;
  private final Pointer length;

  /** The address family and the first 8 bytes, read at most once for every address. */
  private boolean read;

  private int family;
  private long head;

  /** Room for one address; none is in it yet. */
  public PeerAddress() {
    Runtime runtime = Runtime.getSystemRuntime();
    memory = Memory.allocateDirect(runtime, CAPACITY, true);
    length = Memory.allocateDirect(runtime, 4, true);
  }

  Pointer memory() {
    return memory;
  }

  Pointer length() {
    return length;
  }

  /** Gives the kernel the whole room again: the length is what the call before left in it. */
  void prepare() {
    read = false;
    length.putInt(0, CAPACITY);
    memory.putShort(0, (short) 0);
  }

  /** AF_INET, AF_INET6 or AF_UNIX; 0 when there is no address. */
  public int family() {
    return mapped() ? AF_INET : raw();
  }

  private int raw() {
    if (!read) {
      read = true;
      head = big(0);
      int host = (int) (head >>> 48);
      family = length.getInt(0) < 2 ? 0 : LITTLE ? Short.reverseBytes((short) host) : (short) host;
    }
    return family;
  }

  private boolean mapped() {
    return raw() == AF_INET6 && big(8) == 0 && big(16) >>> 32 == MAPPED;
  }

  /** The port of an IP address; else 0. */
  public int port() {
    int raw = raw();
    return raw == AF_INET || raw == AF_INET6 ? (int) (head >>> 32) & 0xffff : 0;
  }

  /** The upper 64 bits of an IPv6 address; 0 for any other. */
  public long high() {
    return raw() == AF_INET6 ? big(8) : 0;
  }

  /** The lower 64 bits of an IPv6 address, the 32 bits of an IPv4 one; else 0. */
  public long low() {
    switch (raw()) {
      case AF_INET:
        return head & 0xffffffffL;
      case AF_INET6:
        return mapped() ? big(16) & 0xffffffffL : big(16);
      default:
        return 0;
    }
  }

  private long big(int at) {
    long value = memory.getLong(at);
    return LITTLE ? Long.reverseBytes(value) : value;
  }

  /**
   * Writes {@code 1.2.3.4:5678} or {@code [::1]:567} in ASCII, IPv6 in the form of RFC 5952 with a
   * scope as {@code [fe80::1%2]:567}; nothing for a UNIX-domain address. Allocates nothing.
   *
   * @return bytes written, at most {@link #TEXT_MAX}
   * @throws ArrayIndexOutOfBoundsException when there is no room
   */
  public int text(byte[] target, int offset) {
    switch (family()) {
      case AF_INET:
        return AddressText.ipv4((int) low(), port(), target, offset) - offset;
      case AF_INET6:
        int scope = memory.getInt(24);
        return AddressText.ipv6(big(8), big(16), scope, port(), target, offset) - offset;
      default:
        return 0;
    }
  }

  /** A copy, as the kernel gave it; a UNIX-domain one without a name has an empty path. */
  public SockAddr toSockAddr() {
    int used = Math.min(length.getInt(0), CAPACITY);
    if (used < 2) {
      return SockAddr.unnamed();
    }
    byte[] bytes = new byte[used];
    memory.get(0, bytes, 0, used);
    return SockAddr.of(bytes);
  }

  @Override
  public String toString() {
    byte[] bytes = new byte[TEXT_MAX];
    int used = text(bytes, 0);
    String text = new String(bytes, 0, used, StandardCharsets.US_ASCII);
    return used > 0 ? text : raw() == AF_UNIX ? "unix" : "none";
  }
}
