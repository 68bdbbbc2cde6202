package dev.baton.samples.dns;

import java.nio.ByteBuffer;

/**
 * A question (RFC 1035, 4.1.2) with what the asker says of itself (RFC 6891).
 *
 * @param name what is asked for
 * @param type the type that is asked for
 * @param dnsClass the class that is asked for
 * @param end where the question ends in the message
 * @param edns whether the asker speaks EDNS
 * @param ednsVersion its version; 0 without EDNS
 * @param payload how many bytes an answer may have
 */
record Query(
    Name name, int type, int dnsClass, int end, boolean edns, int ednsVersion, int payload) {
  static final int HEADER_BYTES = 12;

  private static final int PLAIN_PAYLOAD = 512;
  private static final int TYPE_AND_CLASS = 4;
  private static final int REST_OF_RECORD = 10;

  /** Reads a message from its first byte on; its header was looked at before. */
  static Query parse(ByteBuffer in) throws FormatException {
    int base = in.position();
    int questions = in.getShort(base + 4) & 0xffff;
    int answers = in.getShort(base + 6) & 0xffff;
    int authorities = in.getShort(base + 8) & 0xffff;
    int additional = in.getShort(base + 10) & 0xffff;
    if (questions != 1 || answers != 0 || authorities != 0) {
      throw new FormatException("a query has one question and no answers");
    }
    in.position(base + HEADER_BYTES);
    Name name = Name.read(in);
    need(in, TYPE_AND_CLASS);
    int type = in.getShort() & 0xffff;
    int dnsClass = in.getShort() & 0xffff;
    int end = in.position() - base;
    Query plain = new Query(name, type, dnsClass, end, false, 0, PLAIN_PAYLOAD);
    return plain.withAdditional(in, additional);
  }

  /** Anything but EDNS is passed over, such as signatures, which nothing here could check. */
  private Query withAdditional(ByteBuffer in, int count) throws FormatException {
    Query query = this;
    for (int i = 0; i < count; i++) {
      boolean root = in.hasRemaining() && in.get(in.position()) == 0;
      Name.skip(in);
      need(in, REST_OF_RECORD);
      int recordType = in.getShort() & 0xffff;
      int size = in.getShort() & 0xffff;
      int version = in.getInt() >> 16 & 0xff;
      int length = in.getShort() & 0xffff;
      need(in, length);
      in.position(in.position() + length);
      if (recordType == ResourceRecord.OPT) {
        if (query.edns || !root) {
          throw new FormatException("EDNS comes once, and of the root");
        }
        query = new Query(name, type, dnsClass, end, true, version, Math.max(size, PLAIN_PAYLOAD));
      }
    }
    return query;
  }

  private static void need(ByteBuffer in, int bytes) throws FormatException {
    if (in.remaining() < bytes) {
      throw new FormatException("the message breaks off");
    }
  }
}
