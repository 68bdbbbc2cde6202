package dev.baton.sys;

import static dev.baton.sys.Constants.AF_INET;
import static dev.baton.sys.Constants.AF_INET6;
import static dev.baton.sys.Constants.AF_UNIX;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A {@code struct sockaddr} ({@code ip(7)}, {@code ipv6(7)}, {@code unix(7)}). Immutable. */
public final class SockAddr {
  /** Bytes of {@code sun_path}, without its closing zero. */
  public static final int UNIX_PATH_MAX = 107;

  private static final int MAX = 110;

  private final byte[] bytes;

  private SockAddr(byte[] bytes) {
    this.bytes = bytes;
  }

  /** An IPv4 or IPv6 address with a port. */
  public static SockAddr inet(InetAddress address, int port) {
    byte[] host = address.getAddress();
    ByteBuffer b = ByteBuffer.allocate(host.length == 4 ? 16 : 28).order(ByteOrder.nativeOrder());
    b.putShort((short) (host.length == 4 ? AF_INET : AF_INET6));
    b.order(ByteOrder.BIG_ENDIAN).putShort((short) port);
    if (host.length == 4) {
      b.put(host);
    } else {
      b.putInt(0).put(host);
      b.order(ByteOrder.nativeOrder()).putInt(((Inet6Address) address).getScopeId());
    }
    return new SockAddr(b.array());
  }

  /**
   * A UNIX-domain path name.
   *
   * @throws IllegalArgumentException when it is longer than {@link #UNIX_PATH_MAX} bytes
   */
  public static SockAddr unix(String path) {
    byte[] name = path.getBytes(StandardCharsets.UTF_8);
    if (name.length > UNIX_PATH_MAX) {
      throw new IllegalArgumentException(
          path + " has " + name.length + " bytes; a socket's path has at most " + UNIX_PATH_MAX);
    }
    ByteBuffer b = ByteBuffer.allocate(2 + name.length + 1).order(ByteOrder.nativeOrder());
    b.putShort((short) AF_UNIX).put(name);
    return new SockAddr(b.array());
  }

  /**
   * A name in the abstract namespace ({@code unix(7)}): no file, gone with its socket.
   *
   * @param name without the {@code @} that people write before it, 1 to {@link #UNIX_PATH_MAX}
   *     bytes
   * @throws IllegalArgumentException when it is empty or longer
   */
  public static SockAddr abstractName(String name) {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    if (text.length == 0 || text.length > UNIX_PATH_MAX) {
      throw new IllegalArgumentException(
          "@"
              + name
              + " has "
              + text.length
              + " bytes; an abstract name has 1 to "
              + UNIX_PATH_MAX);
    }
    // Every byte up to the length belongs to the name, so no zero closes it.
    ByteBuffer b = ByteBuffer.allocate(3 + text.length).order(ByteOrder.nativeOrder());
    b.putShort((short) AF_UNIX).put((byte) 0).put(text);
    return new SockAddr(b.array());
  }

  /**
   * AF_UNSPEC: to connect a datagram socket to it ends its being connected ({@code connect(2)}).
   */
  public static SockAddr unspecified() {
    return new SockAddr(new byte[16]);
  }

  /** The address of a UNIX-domain socket that was never bound. */
  static SockAddr unnamed() {
    return of(
        ByteBuffer.allocate(2).order(ByteOrder.nativeOrder()).putShort((short) AF_UNIX).array());
  }

  static SockAddr of(byte[] bytes) {
    return new SockAddr(Arrays.copyOf(bytes, Math.min(bytes.length, MAX)));
  }

  byte[] bytes() {
    return bytes;
  }

  /** AF_UNIX, AF_INET or AF_INET6. */
  public int family() {
    return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getShort();
  }

  /** The port of an IP address; 0 for a path. */
  public int port() {
    return family() == AF_UNIX ? 0 : ByteBuffer.wrap(bytes).getShort(2) & 0xffff;
  }

  /** The host of an IP address; {@code null} for a path. */
  public InetAddress host() {
    try {
      switch (family()) {
        case AF_INET:
          return InetAddress.getByAddress(Arrays.copyOfRange(bytes, 4, 8));
        case AF_INET6:
          return Inet6Address.getByAddress(null, Arrays.copyOfRange(bytes, 8, 24), -1);
        default:
          return null;
      }
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // only thrown for a wrong length
    }
  }

  /**
   * The path of a UNIX-domain address, empty when it has none or an {@link #abstractName()}; {@code
   * null} for an IP address.
   */
  public String path() {
    if (family() != AF_UNIX) {
      return null;
    }
    int end = 2;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, 2, end - 2, StandardCharsets.UTF_8);
  }

  /** The abstract name of a UNIX-domain address, without the {@code @}; {@code null} for others. */
  public String abstractName() {
    boolean named = family() == AF_UNIX && bytes.length > 3 && bytes[2] == 0;
    return named ? new String(bytes, 3, bytes.length - 3, StandardCharsets.UTF_8) : null;
  }
}
