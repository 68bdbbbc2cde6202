package dev.baton.sys;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressTextTest {
  private static String ipv6(long high, long low, int scope, int port) {
    byte[] target = new byte[3 + PeerAddress.TEXT_MAX];
    int end = AddressText.ipv6(high, low, scope, port, target, 3);
    assertTrue(end - 3 <= PeerAddress.TEXT_MAX);
    return new String(target, 3, end - 3, US_ASCII);
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, 0",
    "1.2.3.4, 5678",
    "10.20.30.40, 9",
    "127.0.0.1, 80",
    "255.255.255.255, 65535",
    "100.10.1.109, 10000"
  })
  void ipv4(String host, int port) throws Exception {
    byte[] target = new byte[PeerAddress.TEXT_MAX];
    int address = ByteBuffer.wrap(InetAddress.getByName(host).getAddress()).getInt();
    int end = AddressText.ipv4(address, port, target, 2);
    assertEquals(host + ":" + port, new String(target, 2, end - 2, US_ASCII));
  }

  /** The examples of RFC 5952, sections 4 and 5. */
  @ParameterizedTest
  @CsvSource({
    "0:0:0:0:0:0:0:0, ::",
    "0:0:0:0:0:0:0:1, ::1",
    "1:0:0:0:0:0:0:0, 1::",
    "2001:db8:0:0:0:0:2:1, 2001:db8::2:1",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "2001:DB8:AAAA:BBBB:CCCC:DDDD:EEEE:1, 2001:db8:aaaa:bbbb:cccc:dddd:eeee:1",
    "0:1:2:3:4:5:6:0, 0:1:2:3:4:5:6:0",
    "0:0:2:3:4:5:0:0, ::2:3:4:5:0:0",
    "fe80:0:0:0:10a:f00:0:9, fe80::10a:f00:0:9"
  })
  void ipv6Forms(String full, String shortest) throws Exception {
    ByteBuffer bits = ByteBuffer.wrap(InetAddress.getByName(full).getAddress());
    assertEquals("[" + shortest + "]:443", ipv6(bits.getLong(), bits.getLong(), 0, 443));
  }

  @Property(tries = 3000)
  void ipv6IsReadBack(
      @ForAll @Size(16) byte[] bytes,
      @ForAll @IntRange(max = 0xffff) int zeroed,
      @ForAll @IntRange(max = 65535) int port)
      throws Exception {
    for (int i = 0; i < 16; i++) {
      if ((zeroed >> (i / 2) & 1) == 0) {
        bytes[i] = 0;
      }
    }
    ByteBuffer bits = ByteBuffer.wrap(bytes);
    String text = ipv6(bits.getLong(0), bits.getLong(8), 0, port);
    int close = text.indexOf(']');
    byte[] read = InetAddress.getByName(text.substring(1, close)).getAddress();
    byte[] expected = InetAddress.getByAddress(bytes).getAddress(); // IPv4, where it is mapped
    assertArrayEquals(expected, read, text);
    assertEquals(":" + port, text.substring(close + 1));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2147483647, 2147483647", "-1, 4294967295"})
  void aScopeIsANumberWithoutSign(int scope, String text) {
    assertEquals(
        "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%" + text + "]:65535", ipv6(-1, -1, scope, 65535));
  }
}
