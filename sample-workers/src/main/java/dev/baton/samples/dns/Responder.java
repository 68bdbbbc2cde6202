package dev.baton.samples.dns;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * From the bytes of a query to those of its answer. Pure; thread-safe.
 *
 * <p>One question more than those of the zone is answered: {@code id.server} in class CHAOS, with
 * who answers (RFC 4892).
 */
final class Responder {
  /** What travels without fragments nearly everywhere: the DNS flag day of 2020. */
  static final int MOST_BYTES = 1232;

  static final int NOERROR = 0;
  static final int FORMERR = 1;
  static final int NXDOMAIN = 3;
  static final int NOTIMP = 4;
  static final int REFUSED = 5;

  private static final int BADVERS_HIGH = 1;
  private static final int CLASS_IN = 1;
  private static final int CLASS_CHAOS = 3;
  private static final int CLASS_ANY = 255;
  private static final int FLAG_RESPONSE = 0x8000;
  private static final int FLAG_AUTHORITATIVE = 0x0400;
  private static final int FLAG_TRUNCATED = 0x0200;
  private static final int FLAG_RECURSION_DESIRED = 0x0100;
  private static final int OPCODE = 0x7800;
  private static final int POINTER_TO_QUESTION = 0xc000 | Query.HEADER_BYTES;
  private static final int OPT_BYTES = 11;
  private static final Name ID_SERVER = Name.of("id.server");

  private final Zone zone;
  private final List<ResourceRecord> identity;

  Responder(Zone zone, String identity) {
    this.zone = zone;
    this.identity = List.of(ResourceRecord.txt(identity, 0));
  }

  /** What is said to a question. */
  private record Reply(
      int code, boolean authoritative, List<ResourceRecord> answers, boolean negative) {
    static Reply error(int code) {
      return new Reply(code, false, List.of(), false);
    }
  }

  /**
   * Answers a message.
   *
   * @param in from its position to its limit
   * @param out is cleared, and then holds the answer
   * @param stream whether it came over a stream, which carries answers of any length
   * @return false when there is nothing to say: to junk, and to answers, lest two servers answer
   *     each other for ever
   */
  boolean answer(ByteBuffer in, ByteBuffer out, boolean stream) {
    int base = in.position();
    if (in.remaining() < Query.HEADER_BYTES || (in.getShort(base + 2) & FLAG_RESPONSE) != 0) {
      return false;
    }
    int id = in.getShort(base);
    int flags = in.getShort(base + 2);
    if ((flags & OPCODE) != 0) {
      error(out, id, flags, NOTIMP);
      return true;
    }
    Query query;
    try {
      query = Query.parse(in);
    } catch (FormatException e) {
      error(out, id, flags, FORMERR);
      return true;
    }
    boolean known = query.ednsVersion() == 0;
    Reply reply = known ? reply(query) : Reply.error(NOERROR);
    ByteBuffer question = in.duplicate().limit(base + query.end());
    question.position(base + Query.HEADER_BYTES);
    int payload = stream ? out.capacity() : Math.min(query.payload(), MOST_BYTES);
    write(out.clear().limit(Math.min(payload, out.capacity())), id, flags, question, query, reply);
    return true;
  }

  private static void error(ByteBuffer out, int id, int flags, int code) {
    header(out, id, echoed(flags) | code, 0);
    out.flip();
  }

  private static int echoed(int flags) {
    return FLAG_RESPONSE | flags & (OPCODE | FLAG_RECURSION_DESIRED);
  }

  private static void header(ByteBuffer out, int id, int flags, int questions) {
    out.clear().putShort((short) id).putShort((short) flags).putShort((short) questions);
    out.putShort((short) 0).putShort((short) 0).putShort((short) 0);
  }

  private Reply reply(Query query) {
    if (query.dnsClass() == CLASS_CHAOS && query.name().equals(ID_SERVER)) {
      boolean text = query.type() == ResourceRecord.TXT || query.type() == ResourceRecord.ANY;
      return new Reply(NOERROR, true, text ? identity : List.of(), false);
    }
    boolean ours = query.dnsClass() == CLASS_IN || query.dnsClass() == CLASS_ANY;
    if (!ours || !query.name().isWithin(zone.origin())) {
      return Reply.error(REFUSED);
    }
    List<ResourceRecord> answers = zone.find(query.name(), query.type());
    int code = zone.exists(query.name()) ? NOERROR : NXDOMAIN;
    return new Reply(code, true, answers, answers.isEmpty());
  }

  private void write(
      ByteBuffer out, int id, int flags, ByteBuffer question, Query query, Reply reply) {
    int limit = out.limit();
    header(out, id, echoed(flags) | reply.code, 1);
    out.put(question);
    int start = out.position();
    out.limit(limit - (query.edns() ? OPT_BYTES : 0));
    // All records of one name and type, or none: RFC 2181, 5. None says: ask again with TCP.
    boolean whole = reply.answers.stream().allMatch(r -> put(out, POINTER_TO_QUESTION, r, query));
    if (!whole) {
      out.position(start);
    }
    // The question of a name within the zone ends as the zone's name does.
    int zoneAt = Query.HEADER_BYTES + query.name().wire().length() - zone.origin().wire().length();
    boolean authority = reply.negative && put(out, 0xc000 | zoneAt, zone.soa(), query);
    out.limit(out.capacity());
    if (query.edns()) {
      int badVersion = query.ednsVersion() == 0 ? 0 : BADVERS_HIGH << 24;
      out.put((byte) 0).putShort((short) ResourceRecord.OPT).putShort((short) MOST_BYTES);
      out.putInt(badVersion).putShort((short) 0);
    }
    int more = (reply.authoritative ? FLAG_AUTHORITATIVE : 0) | (whole ? 0 : FLAG_TRUNCATED);
    out.putShort(2, (short) (out.getShort(2) | more));
    out.putShort(6, (short) (whole ? reply.answers.size() : 0));
    out.putShort(8, (short) (authority ? 1 : 0));
    out.putShort(10, (short) (query.edns() ? 1 : 0));
    out.flip();
  }

  private static boolean put(ByteBuffer out, int name, ResourceRecord record, Query query) {
    if (out.remaining() < 12 + record.data().length) {
      return false;
    }
    int dnsClass = query.dnsClass() == CLASS_ANY ? CLASS_IN : query.dnsClass();
    out.putShort((short) name).putShort((short) record.type()).putShort((short) dnsClass);
    out.putInt(record.ttl()).putShort((short) record.data().length).put(record.data());
    return true;
  }
}
