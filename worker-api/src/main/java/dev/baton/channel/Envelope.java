package dev.baton.channel;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The frame of a message too large for one: fixed text, so that it is told apart without parsing.
 * The first descriptor beside it is the sealed memfd with the message's JSON; the message's own
 * follow.
 */
final class Envelope {
  private static final byte[] TEXT =
      "{\"type\":\"large\",\"fds\":[{\"kind\":\"payload\",\"name\":\"message\"}]}"
          .getBytes(StandardCharsets.UTF_8);

  private Envelope() {}

  static byte[] bytes() {
    return TEXT.clone();
  }

  static boolean is(byte[] payload) {
    return Arrays.equals(payload, TEXT);
  }
}
