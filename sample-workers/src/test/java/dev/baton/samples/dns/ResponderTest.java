package dev.baton.samples.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ResponderTest {
  private static final int AXFR = 252;

  private final Responder responder =
      new Responder(
          new Zone(
              new DnsConfig(
                  "example.test",
                  Duration.ofSeconds(30),
                  Map.of(
                      "www",
                      new DnsConfig.Records(List.of("192.0.2.1", "192.0.2.2"), null, null),
                      "deep.below",
                      new DnsConfig.Records(null, null, List.of("hi")),
                      "long",
                      new DnsConfig.Records(null, null, Collections.nCopies(5, "x".repeat(150))),
                      "longest",
                      new DnsConfig.Records(null, null, Collections.nCopies(5, "x".repeat(500)))))),
          "dns/1#2");
  private final ByteBuffer out = ByteBuffer.allocate(Responder.MOST_BYTES);

  private String ask(ByteBuffer query) {
    assertTrue(responder.answer(query, out, false), "no answer");
    return Message.describe(out);
  }

  @Test
  void answersInFull() {
    ByteBuffer query = Message.query("wWw.Example.test", ResourceRecord.A);
    byte[] question = new byte[query.remaining() - 12];
    query.get(12, question);
    assertEquals("code 0 aa rd, 1/2/0/0", ask(query));
    assertEquals(4711, out.getShort(0));
    byte[] echoed = new byte[question.length];
    out.get(12, echoed);
    assertEquals(text(question), text(echoed)); // as it was written: some resolvers check it
    ByteBuffer record = out.position(12 + question.length);
    assertEquals(0xc00c, record.getShort() & 0xffff);
    assertEquals(ResourceRecord.A, record.getShort());
    assertEquals(1, record.getShort());
    assertEquals(30, record.getInt());
    assertEquals(4, record.getShort());
    assertEquals(0xc0000201, record.getInt());
    assertEquals(16, record.remaining());
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Test
  void thereIsNone() {
    assertEquals("code 0 aa rd, 1/0/1/0", ask(Message.query("www.example.test", 28)));
    assertEquals("code 3 aa rd, 1/0/1/0", ask(Message.query("no.example.test", 1)));
    assertEquals("code 0 aa rd, 1/0/1/0", ask(Message.query("below.example.test", 16)));
    assertEquals("code 0 aa rd, 1/0/1/0", ask(Message.query("www.example.test", AXFR)));
    // The authority's name is the zone: the end of the question.
    ask(Message.query("no.example.test", 1));
    int authority = 12 + "\2no\7example\4test\0".length() + 4;
    assertEquals(0xc000 | 12 + 3, out.getShort(authority) & 0xffff);
    assertEquals(ResourceRecord.SOA, out.getShort(authority + 2));
  }

  @Test
  void zoneItself() {
    assertEquals("code 0 aa rd, 1/1/0/0", ask(Message.query("example.test", ResourceRecord.SOA)));
    assertEquals("code 0 aa rd, 1/1/0/0", ask(Message.query("example.test", ResourceRecord.NS)));
    assertEquals("code 0 aa rd, 1/0/1/0", ask(Message.query("example.test", ResourceRecord.A)));
  }

  @Test
  void outsideIsRefused() {
    assertEquals("code 5 rd, 1/0/0/0", ask(Message.query("example.org", 1)));
    assertEquals("code 5 rd, 1/0/0/0", ask(Message.query("", ResourceRecord.NS)));
    ByteBuffer hesiod =
        Message.header(1, 0, 1, 0, 0, 0).question("www.example.test", 1, 4).toBuffer();
    assertEquals("code 5, 1/0/0/0", ask(hesiod));
  }

  @Test
  void anyClassAndAnyType() {
    ByteBuffer query =
        Message.header(1, 0, 1, 0, 0, 0).question("www.example.test", 255, 255).toBuffer();
    assertEquals("code 0 aa, 1/1/0/0", ask(query));
    int record = 12 + "\3www\7example\4test\0".length() + 4;
    assertEquals(ResourceRecord.HINFO, out.getShort(record + 2));
    assertEquals(1, out.getShort(record + 4));
  }

  @Test
  void saysWhoAnswers() {
    ByteBuffer query = Message.header(1, 0, 1, 0, 0, 0).question("ID.server", 16, 3).toBuffer();
    assertEquals("code 0 aa, 1/1/0/0", ask(query));
    byte[] all = new byte[out.remaining()];
    out.get(all);
    assertTrue(text(all).endsWith("\7dns/1#2"), text(all));
  }

  @Test
  void tooLargeIsTruncatedUnlessTheAskerTakesMore() {
    assertEquals("code 0 aa tc rd, 1/0/0/0", ask(Message.query("long.example.test", 16)));
    assertEquals("code 0 aa rd, 1/5/0/1", ask(Message.query("long.example.test", 16, 4096)));
    assertEquals("code 0 aa tc rd, 1/0/0/1", ask(Message.query("long.example.test", 16, 700)));
    assertEquals("code 0 aa tc rd, 1/0/0/1", ask(Message.query("long.example.test", 16, 0)));
    assertEquals("code 0 aa tc rd, 1/0/0/1", ask(Message.query("longest.example.test", 16, 65535)));
    assertTrue(out.remaining() <= 512, out::toString);
  }

  @Test
  void aStreamTakesAnyLength() {
    ByteBuffer large = ByteBuffer.allocate(65_535);
    assertTrue(responder.answer(Message.query("longest.example.test", 16), large, true));
    assertEquals("code 0 aa rd, 1/5/0/0", Message.describe(large));
  }

  @Test
  void otherVersionOfEdns() {
    ByteBuffer query =
        Message.header(1, 0, 1, 0, 0, 1).question("www.example.test", 1, 1).opt(1232, 1).toBuffer();
    assertEquals("code 0, 1/0/0/1", ask(query));
    int ttl = out.limit() - 6;
    assertEquals(1 << 24, out.getInt(ttl)); // with the four bits of the header: 16, BADVERS
  }

  @Test
  void signaturesArePassedOver() {
    ByteBuffer query =
        Message.header(1, 0, 1, 0, 0, 2)
            .question("www.example.test", 1, 1)
            .raw(3, 'k', 'e', 'y', 0, 0, 250, 0, 255, 0, 0, 0, 0, 0, 3, 1, 2, 3)
            .opt(1232, 0)
            .toBuffer();
    assertEquals("code 0 aa, 1/2/0/1", ask(query));
  }

  @Test
  void malformed() {
    String formerr = "code 1, 0/0/0/0";
    assertEquals(formerr, ask(Message.header(1, 0, 0, 0, 0, 0).toBuffer()));
    assertEquals(formerr, ask(Message.header(1, 0, 1, 0, 0, 0).toBuffer()));
    Message twice = Message.header(1, 0, 2, 0, 0, 0).question("a", 1, 1).question("b", 1, 1);
    assertEquals(formerr, ask(twice.toBuffer()));
    assertEquals(formerr, ask(Message.header(1, 0, 1, 1, 0, 0).question("a", 1, 1).toBuffer()));
    assertEquals(formerr, ask(Message.header(1, 0, 1, 0, 0, 1).question("a", 1, 1).toBuffer()));
    Message opts = Message.header(1, 0, 1, 0, 0, 2).question("a", 1, 1).opt(512, 0).opt(512, 0);
    assertEquals(formerr, ask(opts.toBuffer()));
    Message loop = Message.header(1, 0, 1, 0, 0, 0).raw(0xc0, 12, 0, 1, 0, 1);
    assertEquals(formerr, ask(loop.toBuffer()));
  }

  @Test
  void otherOperations() {
    ByteBuffer update = Message.header(1, 5 << 11, 1, 0, 1, 0).question("a", 6, 1).toBuffer();
    assertEquals("code 4, 0/0/0/0", ask(update));
  }

  @Test
  void nothingIsSaidToAnswersAndJunk() {
    ByteBuffer answer = Message.header(1, 0x8000, 1, 0, 0, 0).question("a", 1, 1).toBuffer();
    assertFalse(responder.answer(answer, out, false));
    assertFalse(responder.answer(ByteBuffer.allocate(11), out, false));
    assertFalse(responder.answer(ByteBuffer.allocate(0), out, false));
  }

  /** Any bytes at all, and good queries with some bytes changed: an answer or none. */
  @Test
  void hostileBytes() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 200_000; i++) {
      ByteBuffer query = Message.query("deep.below.example.test", 16, 1232);
      if (random.nextInt(4) == 0) {
        byte[] junk = new byte[random.nextInt(80)];
        random.nextBytes(junk);
        query = ByteBuffer.wrap(junk);
      } else {
        for (int n = random.nextInt(6); n >= 0; n--) {
          query.put(random.nextInt(query.limit()), (byte) random.nextInt(256));
        }
        query.limit(random.nextInt(8) == 0 ? random.nextInt(query.limit()) : query.limit());
      }
      try {
        if (responder.answer(query, out, false)) {
          assertTrue(out.remaining() >= 12 && (out.getShort(2) & 0x8000) != 0);
        }
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }
}
