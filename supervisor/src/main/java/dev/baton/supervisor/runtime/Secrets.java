package dev.baton.supervisor.runtime;

import java.security.SecureRandom;
import java.util.HexFormat;

/** The secrets by which a supervisor knows its workers again. */
final class Secrets {
  private static final int BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  private Secrets() {}

  /** 256 random bits in hexadecimal. */
  static String next() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
