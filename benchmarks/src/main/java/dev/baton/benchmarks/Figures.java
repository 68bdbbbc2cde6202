package dev.baton.benchmarks;

import java.util.Locale;

/** How figures are written. */
final class Figures {
  private Figures() {}

  /** With thousands separated, whatever the locale. */
  static String text(double figure, int decimals) {
    return String.format(Locale.ROOT, "%,." + decimals + "f", figure);
  }
}
