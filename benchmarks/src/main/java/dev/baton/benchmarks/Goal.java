package dev.baton.benchmarks;

/**
 * What a median should be.
 *
 * @param bound in the unit of the figure
 */
public record Goal(Kind kind, double bound) {
  /** On which side of the bound. */
  public enum Kind {
    /** Less than the bound. */
    BELOW("&lt;"),
    /** The bound or less. */
    AT_MOST("&le;"),
    /** The bound or more. */
    AT_LEAST("&ge;");

    private final String sign;

    Kind(String sign) {
      this.sign = sign;
    }
  }

  /** Whether a figure reaches it. */
  public boolean met(double figure) {
    return switch (kind) {
      case BELOW -> figure < bound;
      case AT_MOST -> figure <= bound;
      case AT_LEAST -> figure >= bound;
    };
  }

  /** For a table, the bound with as many decimals as its figures. */
  String text(int decimals) {
    return kind.sign + " " + Figures.text(bound, decimals);
  }
}
