package dev.baton.supervisor.config;

import java.util.BitSet;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A set of CPUs, as {@code taskset(1)} and {@code /proc} write it: {@code 0-3,6}. Immutable.
 *
 * @param list numbers and ranges in ascending order
 */
public record CpuSet(String list) {

  private static final Pattern PART = Pattern.compile("([0-9]{1,4})(?:-([0-9]{1,4}))?");

  /** The largest that Linux can be built for is 8192 (CONFIG_NR_CPUS). */
  private static final int MOST = 8192;

  private static CpuSet of(BitSet cpus) {
    StringJoiner parts = new StringJoiner(",");
    for (int from = cpus.nextSetBit(0); from >= 0; ) {
      int to = cpus.nextClearBit(from) - 1;
      parts.add(from == to ? String.valueOf(from) : from + "-" + to);
      from = cpus.nextSetBit(to + 1);
    }
    return new CpuSet(parts.toString());
  }

  /** The set that a text names; empty if it names none. */
  public static Optional<CpuSet> parse(String text) {
    BitSet cpus = new BitSet();
    for (String part : text.split(",", -1)) {
      Matcher matcher = PART.matcher(part.strip());
      if (!matcher.matches()) {
        return Optional.empty();
      }
      int from = Integer.parseInt(matcher.group(1));
      int to = matcher.group(2) == null ? from : Integer.parseInt(matcher.group(2));
      if (to < from || to >= MOST) {
        return Optional.empty();
      }
      cpus.set(from, to + 1);
    }
    return Optional.of(of(cpus));
  }

  /** Those of this set that another one lacks; empty if it has them all. */
  public Optional<CpuSet> without(CpuSet other) {
    BitSet left = bits();
    left.andNot(other.bits());
    return left.isEmpty() ? Optional.empty() : Optional.of(of(left));
  }

  /** How many they are. */
  public int count() {
    return bits().cardinality();
  }

  /** That with the highest number. */
  public CpuSet last() {
    return new CpuSet(String.valueOf(bits().length() - 1));
  }

  /** Their numbers; the caller's. */
  public BitSet bits() {
    BitSet cpus = new BitSet();
    for (String part : list.split(",")) {
      String[] ends = part.split("-");
      cpus.set(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]) + 1);
    }
    return cpus;
  }

  @Override
  public String toString() {
    return list;
  }
}
