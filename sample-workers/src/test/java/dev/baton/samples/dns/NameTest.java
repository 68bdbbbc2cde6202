package dev.baton.samples.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NameTest {
  private static ByteBuffer wire(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void textAndWireAreEqualWithoutRegardToCase() throws Exception {
    Name name = Name.of("WWW.Example.test.");
    assertEquals(Name.of("www.example.test"), name);
    ByteBuffer in = wire("\3wWw\7eXaMpLe\4TEST\0rest");
    assertEquals(name, Name.read(in));
    assertEquals(4, in.remaining());
    assertEquals("\3www\7example\4test\0", new String(name.bytes(), StandardCharsets.ISO_8859_1));
  }

  @Test
  void lengthsAreNoLetters() throws Exception {
    Name name = Name.read(wire("\77" + "A".repeat(63) + "\0"));
    assertEquals(Name.of("a".repeat(63)), name);
  }

  @Test
  void within() {
    Name zone = Name.of("example.test");
    assertTrue(zone.isWithin(zone));
    assertTrue(Name.of("a.b.example.test").isWithin(zone));
    assertFalse(Name.of("badexample.test").isWithin(zone));
    assertFalse(Name.of("test").isWithin(zone));
    assertFalse(Name.of("example.test.org").isWithin(zone));
    assertTrue(zone.isWithin(Name.of(".")));
    assertTrue(Name.of(".").isRoot());
    assertNotEquals(zone, Name.of("examples.test"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a..b", ".a", "a b", "ä.test", "a..", "a/b"})
  void noNames(String text) {
    assertThrows(IllegalArgumentException.class, () -> Name.of(text));
  }

  @Test
  void tooLong() throws Exception {
    String label = "a".repeat(63);
    String most = label + "." + label + "." + label + "." + "a".repeat(61);
    assertEquals(255, Name.of(most).wire().length());
    assertEquals(Name.of(most), Name.read(ByteBuffer.wrap(Name.of(most).bytes())));
    assertThrows(IllegalArgumentException.class, () -> Name.of(most + "a"));
    assertThrows(IllegalArgumentException.class, () -> Name.of("a".repeat(64)));
    ByteBuffer longer = wire(("\77" + label).repeat(4) + "\0");
    assertThrows(FormatException.class, () -> Name.read(longer));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\3ww", "\3www", "\300\14", "\100", "\277"})
  void brokenWire(String text) {
    assertThrows(FormatException.class, () -> Name.read(wire(text)));
  }

  @Test
  void skipsCompressedNames() throws Exception {
    ByteBuffer in = wire("\3www\300\14rest");
    Name.skip(in);
    assertEquals(4, in.remaining());
    assertThrows(FormatException.class, () -> Name.skip(wire("\3www\300")));
    assertThrows(FormatException.class, () -> Name.skip(wire("\200")));
  }
}
