package dev.baton.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeerTextTest {
  @Test
  void addressesAreRead() throws Exception {
    assertEquals(
        new InetSocketAddress(InetAddress.getByAddress(new byte[] {10, 0, (byte) 200, 1}), 65535),
        PeerText.parse("10.0.200.1:65535"));
    assertEquals(new InetSocketAddress(InetAddress.getByName("::1"), 5), PeerText.parse("[::1]:5"));
    assertEquals(
        new InetSocketAddress(InetAddress.getByName("2001:db8::a:b"), 80),
        PeerText.parse("[2001:db8::a:b]:80"));
  }

  /** Never by a look-up of a name. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "", ":", ":1", "1.2.3.4", "1.2.3:4", "1.2.3.4.5:6", "1.2.3.256:7", "1.2.3.4:65536",
        "1.2.3.4:", "1.2.3.4:x", "a.b.c.d:1", "localhost:1", "[localhost]:1", "[]:1", "[::1]",
            "::1",
        "[::1:5", "[:::::]:5", "1..3.4:5", "1.2.3.+4:5", "[fe80::1%nowhere]:5"
      })
  void anythingElseIsNone(String text) {
    assertNull(PeerText.parse(text), text);
  }
}
