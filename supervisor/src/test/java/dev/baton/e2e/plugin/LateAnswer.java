package dev.baton.e2e.plugin;

/** Loaded with the first request for {@code /late}, and not before. */
final class LateAnswer {
  private LateAnswer() {}

  /** Constant, but not one that the compiler copies to where it is used. */
  static String text() {
    return "late";
  }
}
