package dev.baton.supervisor.store;

import java.util.Locale;

/** Constants as the configuration and the protocol write them. */
final class Words {
  private Words() {}

  /** {@code READ_WRITE} as {@code read-write}. */
  static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
