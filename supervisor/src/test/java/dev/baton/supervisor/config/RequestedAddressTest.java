package dev.baton.supervisor.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What somebody may ask for, and which rules cover it. */
class RequestedAddressTest {

  @TempDir Path folder;

  private List<AddressRule> rules(String key, String... texts) throws ConfigException {
    String list = "['" + String.join("', '", texts) + "']";
    OpenPolicyConfig policy =
        Loaded.in(folder)
            .load("pools: {p: {plugin: a.B, " + key + ": " + list + "}}")
            .pools()
            .get("p")
            .openPolicy();
    return key.equals("connect") ? policy.connect() : policy.bind();
  }

  @Test
  void partsOfAnAddress() throws Exception {
    RequestedAddress.Internet tcp =
        (RequestedAddress.Internet) RequestedAddress.parse("tcp://127.0.0.1:5432");
    assertEquals("tcp", tcp.scheme());
    assertEquals(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 5432), tcp.inet());
    RequestedAddress.Internet udp =
        (RequestedAddress.Internet) RequestedAddress.parse("udp://[::1]:0");
    assertEquals("udp", udp.scheme());
    assertEquals(new InetSocketAddress(InetAddress.getByName("::1"), 0), udp.inet());
    RequestedAddress.Local local =
        (RequestedAddress.Local) RequestedAddress.parse("unix:/run/db.sock");
    assertEquals("unix", local.scheme());
    assertEquals(new UnixName("/run/db.sock"), local.unix());
    assertEquals(
        new RequestedAddress.Local(new UnixName("@db")), RequestedAddress.parse("unix:@db"));
  }

  @ParameterizedTest
  @CsvSource({
    "tcp://127.0.0.1:1, tcp://127.0.0.1:1",
    "tcp://[::ffff:127.0.0.1]:1, tcp://127.0.0.1:1",
    "tcp://[::FFFF:7f00:1]:1, tcp://127.0.0.1:1",
    "udp://[2001:DB8::1]:65535, udp://[2001:db8:0:0:0:0:0:1]:65535",
    "unix:/run/x, unix:/run/x",
    "unix:@a-b.c, unix:@a-b.c"
  })
  void theTextIsTheSameForTheSameAddress(String text, String expected) {
    RequestedAddress address = RequestedAddress.parse(text);
    assertEquals(expected, address.text());
    assertEquals(address, RequestedAddress.parse(address.text()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "tcp:127.0.0.1:1",
        "tcp://localhost:1",
        "tcp://:1",
        "tcp://*:1",
        "tcp://127.0.0.1",
        "tcp://127.0.0.1:",
        "tcp://127.0.0.1:65536",
        "tcp://127.0.0.1:99999999999",
        "tcp://127.0.0.1:-1",
        "tcp://127.0.0.1:1-2",
        "tcp://127.0.0.1/8:1",
        "tcp://127.1:1",
        "tcp://2130706433:1",
        "tcp://127.0.0.01x:1",
        "tcp://::1:1",
        "tcp://[::1]",
        "tcp://[127.0.0.1]:1",
        "tcp://[fe80::1%lo]:1",
        "tcp://[1::2::3]:1",
        "tcp://127.0.0.1:1\n",
        "TCP://127.0.0.1:1",
        "http://127.0.0.1:1",
        "unixgram:/x",
        "unix:",
        "unix:x",
        "unix:./x",
        "unix://run/x",
        "unix:/run/../x",
        "unix:/run/./x",
        "unix:/run//x",
        "unix:/run/x/",
        "unix:/run/\0x",
        "unix:@",
        "unix:@a b",
        "unix:@\0",
        "unix:@\u00e4"
      })
  void whatIsNoAddress(String text) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> RequestedAddress.parse(text));
    assertTrue(
        e.getMessage().matches("(an address|an abstract name|the path of a socket) .*"),
        e.getMessage());
  }

  @Test
  void namesHaveAnEnd() {
    RequestedAddress.parse("unix:@" + "x".repeat(107));
    RequestedAddress.parse("unix:/" + "x".repeat(106));
    for (String name : List.of("@" + "x".repeat(108), "/" + "x".repeat(107))) {
      assertThrows(
          IllegalArgumentException.class, () -> RequestedAddress.parse("unix:" + name), name);
    }
  }

  @Test
  void aHostNameIsNeverLookedUp() {
    InetSocketAddress unresolved = InetSocketAddress.createUnresolved("localhost", 1);
    assertThrows(
        IllegalArgumentException.class, () -> new RequestedAddress.Internet("tcp", unresolved));
  }

  @ParameterizedTest
  @CsvSource({
    "tcp://127.0.0.1:5432, tcp://127.0.0.1:5432, true",
    "tcp://127.0.0.1:5432, tcp://[::ffff:127.0.0.1]:5432, true",
    "tcp://[::ffff:127.0.0.1]:5432, tcp://127.0.0.1:5432, true",
    "tcp://127.0.0.1:5432, tcp://127.0.0.1:5433, false",
    "tcp://127.0.0.1:5432, tcp://127.0.0.2:5432, false",
    "tcp://127.0.0.1:5432, udp://127.0.0.1:5432, false",
    "tcp://127.0.0.1:5432, unix:/x, false",
    "tcp://127.0.0.1:8000-8099, tcp://127.0.0.1:8000, true",
    "tcp://127.0.0.1:8000-8099, tcp://127.0.0.1:8099, true",
    "tcp://127.0.0.1:8000-8099, tcp://127.0.0.1:7999, false",
    "tcp://127.0.0.1:8000-8099, tcp://127.0.0.1:8100, false",
    "tcp://10.0.0.0/8:*, tcp://10.255.255.255:65535, true",
    "tcp://10.0.0.0/8:*, tcp://11.0.0.0:1, false",
    "tcp://10.128.0.0/9:*, tcp://10.127.255.255:1, false",
    "tcp://0.0.0.0/0:*, tcp://1.2.3.4:1, true",
    "tcp://0.0.0.0/0:*, tcp://[::1]:1, false",
    "tcp://[::]/0:*, tcp://[::1]:1, true",
    "tcp://[::]/0:*, tcp://127.0.0.1:1, false",
    "tcp://[fd00::]/8:443, tcp://[fdff::1]:443, true",
    "tcp://[fd00::]/8:443, tcp://[fc00::1]:443, false",
    "tcp://*:443, tcp://[::1]:443, true",
    "tcp://*:443, tcp://1.2.3.4:443, true",
    "tcp://*:443, tcp://1.2.3.4:444, false",
    "unix:/run/db.sock, unix:/run/db.sock, true",
    "unix:/run/db.sock, unix:/run/db.sock2, false",
    "unix:/run/x/../db.sock, unix:/run/db.sock, true",
    "unix:@db, unix:@db, true",
    "unix:@db, unix:/db, false",
    "unix:@db, tcp://127.0.0.1:1, false"
  })
  void whatARuleCovers(String rule, String requested, boolean expected) throws Exception {
    List<AddressRule> rules = rules("connect", rule);
    assertEquals(expected, rules.get(0).admits(RequestedAddress.parse(requested)));
  }

  @Test
  void aPortThatTheKernelChoosesMustBeAllowed() throws Exception {
    RequestedAddress chosen = RequestedAddress.parse("tcp://127.0.0.1:0");
    List<AddressRule> rules =
        rules("bind", "tcp://127.0.0.1:0", "tcp://127.0.0.1:*", "tcp://127.0.0.1:1-65535");
    assertTrue(rules.get(0).admits(chosen));
    assertTrue(rules.get(1).admits(chosen));
    assertFalse(rules.get(2).admits(chosen));
    assertFalse(rules.get(0).admits(RequestedAddress.parse("tcp://127.0.0.1:1")));
  }

  @Test
  void theWildcardAddressIsNoAddressOfANetwork() throws Exception {
    AddressRule loopback = rules("bind", "tcp://127.0.0.0/8:80").get(0);
    assertFalse(loopback.admits(RequestedAddress.parse("tcp://0.0.0.0:80")));
    assertFalse(loopback.admits(RequestedAddress.parse("tcp://[::]:80")));
  }

  @Test
  void networksKnowTheirBits() throws Exception {
    byte[] address = InetAddress.getByName("10.1.2.0").getAddress();
    Network network = new Network(address, 23);
    assertTrue(network.contains(InetAddress.getByName("10.1.3.255")));
    assertFalse(network.contains(InetAddress.getByName("10.1.4.0")));
    assertEquals("10.1.2.0/23", network.toString());
    assertEquals(network, new Network(address, 23));
    address[0] = 11;
    network.address()[0] = 12;
    assertTrue(network.contains(InetAddress.getByName("10.1.2.1")), "its bytes are its own");
    assertThrows(IllegalArgumentException.class, () -> new Network(new byte[4], 33));
    assertThrows(IllegalArgumentException.class, () -> new Network(new byte[4], -1));
    assertThrows(IllegalArgumentException.class, () -> new Network(new byte[5], 0));
    assertThrows(IllegalArgumentException.class, () -> new Network(new byte[] {1, 1, 0, 0}, 8));
    byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 127, 0, 0, 1};
    assertTrue(new Network(mapped, 32).contains(InetAddress.getByName("127.0.0.1")));
  }

  @Test
  void portsAreShownAsTheyAreWritten() {
    assertEquals("*", PortRange.ANY.toString());
    assertEquals("80", new PortRange(80, 80).toString());
    assertEquals("1-65535", new PortRange(1, 65535).toString());
    assertThrows(IllegalArgumentException.class, () -> new PortRange(2, 1));
    assertThrows(IllegalArgumentException.class, () -> new PortRange(1, 65536));
    assertThrows(IllegalArgumentException.class, () -> new PortRange(-1, 1));
  }
}
