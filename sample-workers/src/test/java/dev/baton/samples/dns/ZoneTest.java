package dev.baton.samples.dns;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ZoneTest {
  private static DnsConfig.Records a(String... addresses) {
    return new DnsConfig.Records(List.of(addresses), null, null);
  }

  private static Zone zone(Map<String, DnsConfig.Records> names) {
    return new Zone(new DnsConfig("example.test", null, names));
  }

  @Test
  void findsWhatThereIs() {
    Zone zone =
        zone(
            Map.of(
                "@",
                a("192.0.2.1"),
                "www",
                new DnsConfig.Records(List.of("192.0.2.2"), List.of("::1"), List.of("x"))));
    ResourceRecord www = zone.find(Name.of("www.example.test"), ResourceRecord.A).get(0);
    assertArrayEquals(new byte[] {(byte) 192, 0, 2, 2}, www.data());
    assertEquals(60, www.ttl());
    ResourceRecord six = zone.find(Name.of("www.example.test"), ResourceRecord.AAAA).get(0);
    assertArrayEquals(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, six.data());
    assertEquals(1, zone.find(Name.of("example.test"), ResourceRecord.SOA).size());
    assertEquals(1, zone.find(Name.of("example.test"), ResourceRecord.NS).size());
    assertEquals(List.of(), zone.find(Name.of("www.example.test"), ResourceRecord.SOA));
    assertEquals(
        ResourceRecord.HINFO,
        zone.find(Name.of("www.example.test"), ResourceRecord.ANY).get(0).type());
  }

  @Test
  void namesInBetweenExist() {
    Zone zone = zone(Map.of("a.b.c", a("192.0.2.1")));
    assertTrue(zone.exists(Name.of("b.c.example.test")));
    assertTrue(zone.exists(Name.of("c.example.test")));
    assertFalse(zone.exists(Name.of("b.example.test")));
    assertEquals(List.of(), zone.find(Name.of("c.example.test"), ResourceRecord.ANY));
  }

  @Test
  void longTextsAreSplit() {
    ResourceRecord txt = ResourceRecord.txt("x".repeat(300), 1);
    assertEquals(302, txt.data().length);
    assertEquals(255, txt.data()[0] & 0xff);
    assertEquals(45, txt.data()[256]);
    assertArrayEquals(new byte[1], ResourceRecord.txt("", 1).data());
  }

  private static void assertProblem(String expected, DnsConfig config) {
    assertEquals(
        expected,
        assertThrows(IllegalArgumentException.class, () -> new Zone(config)).getMessage());
  }

  private static DnsConfig one(String name, DnsConfig.Records records) {
    return new DnsConfig("example.test", null, Map.of(name, records));
  }

  @Test
  void problemsNameTheirKey() {
    String address = "config.names.www.a[1]: found \"300.1.1.1\", allowed is an IPv4 address";
    assertProblem(address, one("www", a("192.0.2.1", "300.1.1.1")));
    for (String no : List.of("1.2.3", "localhost", "::1", "1.2.3.4.5", "1.2.3.0x4", "")) {
      assertThrows(IllegalArgumentException.class, () -> ResourceRecord.a(no, 1), no);
    }
    for (String no : List.of("1.2.3.4", "localhost", ":", "1:2", "::g", "::ffff:1.2.3.4", "")) {
      assertThrows(IllegalArgumentException.class, () -> ResourceRecord.aaaa(no, 1), no);
    }
    assertProblem(
        "config.names.www.: allowed is @, or a name relative to the zone", one("www.", a()));
    assertProblem(
        "config.names.a b: found \"a b\", allowed are labels of 1 to 63 letters, digits, - and _",
        one("a b", a()));
    assertProblem(
        "config.zone: found \"exa mple\", allowed are labels of 1 to 63 letters, digits, - and _",
        new DnsConfig("exa mple", null, null));
    assertProblem(
        "config.ttl: found PT-1S, allowed are 0 to 2147483647 s",
        new DnsConfig("example.test", Duration.ofSeconds(-1), null));
    assertEquals(
        "config.zone is needed, such as example.test",
        assertThrows(IllegalArgumentException.class, () -> new DnsConfig(null, null, null))
            .getMessage());
  }
}
