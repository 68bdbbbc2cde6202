package dev.baton.samples.dns;

import java.nio.ByteBuffer;

/** Writes queries byte by byte, good ones and others, and looks at answers. */
final class Message {
  private final ByteBuffer bytes = ByteBuffer.allocate(65_535);

  private Message(int id, int flags, int... counts) {
    bytes.putShort((short) id).putShort((short) flags);
    for (int count : counts) {
      bytes.putShort((short) count);
    }
  }

  /** A header with these counts of questions, answers, authorities and additional records. */
  static Message header(int id, int flags, int... counts) {
    return new Message(id, flags, counts);
  }

  /** One question of class IN, without anything else. */
  static ByteBuffer query(String name, int type) {
    return header(4711, 0x0100, 1, 0, 0, 0).question(name, type, 1).toBuffer();
  }

  /** The same with EDNS, which allows answers of this size. */
  static ByteBuffer query(String name, int type, int payload) {
    return header(4711, 0x0100, 1, 0, 0, 1).question(name, type, 1).opt(payload, 0).toBuffer();
  }

  Message question(String name, int type, int dnsClass) {
    for (String label : name.isEmpty() ? new String[0] : name.split("\\.")) {
      bytes.put((byte) label.length());
      raw(label.chars().toArray());
    }
    return raw(0, type >> 8, type, dnsClass >> 8, dnsClass);
  }

  Message opt(int payload, int version) {
    return raw(0, 0, 41, payload >> 8, payload, 0, version, 0, 0, 0, 0);
  }

  Message raw(int... values) {
    for (int value : values) {
      bytes.put((byte) value);
    }
    return this;
  }

  ByteBuffer toBuffer() {
    return bytes.flip();
  }

  /** What an answer says, in a line that a test can compare. */
  static String describe(ByteBuffer answer) {
    int flags = answer.getShort(2) & 0xffff;
    StringBuilder text = new StringBuilder("code " + (flags & 15));
    text.append((flags & 0x8000) == 0 ? " query" : "").append((flags & 0x0400) != 0 ? " aa" : "");
    text.append((flags & 0x0200) != 0 ? " tc" : "").append((flags & 0x0100) != 0 ? " rd" : "");
    for (int at = 4; at < 12; at += 2) {
      text.append(at == 4 ? ", " : "/").append(answer.getShort(at));
    }
    return text.toString();
  }
}
