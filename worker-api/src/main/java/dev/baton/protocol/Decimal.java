package dev.baton.protocol;

/** Numbers from 0 in digits, into a caller's bytes. */
final class Decimal {
  /** Digits of the greatest long. */
  static final int MAX_DIGITS = 19;

  /** So many digits are a long whatever they are. */
  static final int SAFE_DIGITS = 18;

  private Decimal() {}

  static int length(long value) {
    int digits = 1;
    for (long rest = value; rest >= 10; rest /= 10) {
      digits++;
    }
    return digits;
  }

  /** Returns where it ends. */
  static int write(long value, byte[] target, int at) {
    int end = at + length(value);
    long rest = value;
    for (int i = end - 1; i >= at; i--) {
      target[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    return end;
  }
}
