package dev.baton.protocol;

/**
 * Numbers from 0 in digits, into a caller's bytes. In ints as far as they go: a division of longs
 * is a call where C1 is the only compiler.
 */
final class Decimal {
  /** Digits of the greatest long. */
  static final int MAX_DIGITS = 19;

  /** So many digits are a long whatever they are. */
  static final int SAFE_DIGITS = 18;

  private static final int INT_DIGITS = 9;
  private static final int INT_LIMIT = 1_000_000_000;

  private Decimal() {}

  static int length(long value) {
    int digits = 1;
    long rest = value;
    for (; rest >= INT_LIMIT; rest /= INT_LIMIT) {
      digits += INT_DIGITS;
    }
    for (int left = (int) rest; left >= 10; left /= 10) {
      digits++;
    }
    return digits;
  }

  /** Returns where it ends. */
  static int write(long value, byte[] target, int at) {
    int end = at + length(value);
    writeBefore(value, target, end);
    return end;
  }

  /** Writes it so that it ends before {@code end}; returns where it begins. */
  static int writeBefore(long value, byte[] target, int end) {
    int at = end;
    long rest = value;
    for (; rest >= INT_LIMIT; rest /= INT_LIMIT) {
      int low = (int) (rest % INT_LIMIT);
      for (int i = 0; i < INT_DIGITS; i++) {
        target[--at] = (byte) ('0' + low % 10);
        low /= 10;
      }
    }
    int left = (int) rest;
    do {
      target[--at] = (byte) ('0' + left % 10);
      left /= 10;
    } while (left != 0);
    return at;
  }
}
