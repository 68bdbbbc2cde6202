package dev.baton.protocol;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;

/**
 * Numbers of connections: a list of longs without a box for each. Immutable; equal to every list of
 * the same longs. On the wire an array of integers.
 */
@JsonDeserialize(using = NumbersReader.class)
public final class Numbers extends AbstractList<Long> implements RandomAccess {
  /** No number. */
  public static final Numbers NONE = new Numbers(new long[0]);

  private final long[] values;

  private Numbers(long[] values) {
    this.values = values;
  }

  /** A copy of the first {@code count} values. */
  public static Numbers of(long[] values, int count) {
    Objects.checkFromIndexSize(0, count, values.length);
    return count == 0 ? NONE : new Numbers(Arrays.copyOf(values, count));
  }

  /**
   * A copy of a list, or the same object where it is one already.
   *
   * @throws NullPointerException for a null in it
   */
  public static Numbers of(List<Long> values) {
    if (values instanceof Numbers numbers) {
      return numbers;
    }
    long[] copy = new long[values.size()];
    int at = 0;
    for (Long value : values) {
      copy[at++] = value;
    }
    return wrap(copy);
  }

  /** Without a copy: the array must not be changed any more. */
  static Numbers wrap(long[] values) {
    return values.length == 0 ? NONE : new Numbers(values);
  }

  /** The number at an index, unboxed. */
  public long at(int index) {
    return values[index];
  }

  @Override
  public Long get(int index) {
    return values[index];
  }

  @Override
  public int size() {
    return values.length;
  }

  /** A copy. */
  @JsonValue
  public long[] toLongs() {
    return values.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Numbers numbers
        ? Arrays.equals(values, numbers.values)
        : super.equals(other);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values); // the same as a List's, as it must be
  }
}
