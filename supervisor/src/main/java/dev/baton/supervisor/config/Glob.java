package dev.baton.supervisor.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A pattern for paths, as {@link java.nio.file.FileSystem#getPathMatcher} reads a glob, with one
 * difference: {@code **}{@code /} at the beginning of a name also stands for no folder at all, as
 * in shells and in Git, so that {@code **}{@code /*.db} is every such file.
 *
 * <p>An own one, since the JDK's becomes a regular expression that goes back: a requester with a
 * long path could keep a thread busy for hours. This one takes time in proportion to the path
 * (Thompson, "Regular Expression Search Algorithm", 1968).
 */
public final class Glob {
  private final Step[] steps;

  private Glob(Step[] steps) {
    this.steps = steps;
  }

  /** What a step does with the next character. */
  private enum Kind {
    /** Takes a certain one. */
    EXACTLY,
    /** Takes any but the slash. */
    ANY_IN_NAME,
    /** Takes one of a set, never the slash. */
    ONE_OF,
    /** Takes as many as there are, but no slash. */
    MANY_IN_NAME,
    /** Takes as many as there are. */
    MANY,
    /** Takes none and goes on at several places. */
    FORK,
    /** Takes none; here it matches if the text ends. */
    END
  }

  /**
   * One step.
   *
   * @param set pairs of first and last character
   * @param next for a fork
   */
  private record Step(Kind kind, int character, boolean negated, int[] set, int[] next) {
    Step(Kind kind) {
      this(kind, 0, false, null, null);
    }

    boolean takes(int c) {
      return switch (kind) {
        case EXACTLY -> c == character;
        case ANY_IN_NAME, MANY_IN_NAME -> c != '/';
        case ONE_OF -> c != '/' && in(c) != negated;
        case MANY -> true;
        case FORK, END -> false;
      };
    }

    private boolean in(int c) {
      for (int i = 0; i < set.length; i += 2) {
        if (c >= set[i] && c <= set[i + 1]) {
          return true;
        }
      }
      return false;
    }

    boolean stays() {
      return kind == Kind.MANY || kind == Kind.MANY_IN_NAME;
    }
  }

  /**
   * Reads a pattern.
   *
   * @throws IllegalArgumentException when it is none
   */
  public static Glob of(String pattern) {
    return new Glob(new Reader(pattern).read());
  }

  /** Whether the text from an index to its end matches. */
  public boolean matches(String text, int from) {
    boolean[] here = new boolean[steps.length];
    boolean[] there = new boolean[steps.length];
    enter(0, here);
    for (int i = from; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      boolean any = false;
      for (int s = 0; s < steps.length; s++) {
        if (here[s] && steps[s].takes(c)) {
          enter(steps[s].stays() ? s : s + 1, there);
          any = true;
        }
      }
      if (!any) {
        return false;
      }
      boolean[] done = here;
      here = there;
      there = done;
      Arrays.fill(there, false);
    }
    for (int s = 0; s < steps.length; s++) {
      if (here[s] && steps[s].kind == Kind.END) {
        return true;
      }
    }
    return false;
  }

  private void enter(int s, boolean[] set) {
    if (set[s]) {
      return;
    }
    set[s] = true;
    Step step = steps[s];
    if (step.stays()) {
      enter(s + 1, set);
    } else if (step.kind == Kind.FORK) {
      for (int next : step.next) {
        enter(next, set);
      }
    }
  }

  /** Makes steps of a pattern. */
  private static final class Reader {
    private final String pattern;
    private final List<Step> steps = new ArrayList<>();
    private final List<Integer> branches = new ArrayList<>();
    private final List<Integer> ends = new ArrayList<>();
    private int group = -1;
    private int at;

    Reader(String pattern) {
      this.pattern = pattern;
    }

    Step[] read() {
      while (at < pattern.length()) {
        int c = pattern.codePointAt(at);
        at += Character.charCount(c);
        take(c);
      }
      check(group < 0, "a { without }");
      steps.add(new Step(Kind.END));
      return steps.toArray(Step[]::new);
    }

    private void take(int c) {
      switch (c) {
        case '*' -> stars();
        case '?' -> steps.add(new Step(Kind.ANY_IN_NAME));
        case '[' -> set();
        case '{' -> open();
        case '\\' -> {
          check(at < pattern.length(), "a \\ before nothing");
          int escaped = pattern.codePointAt(at);
          at += Character.charCount(escaped);
          exactly(escaped);
        }
        case ',', '}' -> {
          if (group < 0) {
            exactly(c);
          } else {
            branch(c == '}');
          }
        }
        default -> exactly(c);
      }
    }

    private void exactly(int c) {
      steps.add(new Step(Kind.EXACTLY, c, false, null, null));
    }

    private void stars() {
      boolean atName = at == 1 || pattern.charAt(at - 2) == '/';
      if (!pattern.startsWith("*", at)) {
        steps.add(new Step(Kind.MANY_IN_NAME));
        return;
      }
      at++;
      if (atName && group < 0 && pattern.startsWith("/", at)) {
        at++;
        int fork = steps.size();
        steps.add(fork(fork + 1, fork + 3));
        steps.add(new Step(Kind.MANY));
        exactly('/');
      } else {
        steps.add(new Step(Kind.MANY));
      }
    }

    private void set() {
      int end = at + (pattern.startsWith("!", at) ? 1 : 0);
      boolean negated = end > at;
      List<Integer> pairs = new ArrayList<>();
      at = end;
      while (at < pattern.length() && (pattern.charAt(at) != ']' || at == end)) {
        int first = next();
        int last = first;
        boolean range = pattern.startsWith("-", at) && !pattern.startsWith("-]", at);
        if (range && at + 1 < pattern.length()) {
          at++;
          last = next();
        }
        check(first != '/' && last != '/', "a / in [ ]");
        check(first <= last, "a range that goes back in [ ]");
        pairs.addAll(List.of(first, last));
      }
      check(at < pattern.length(), "a [ without ]");
      at++;
      int[] set = pairs.stream().mapToInt(Integer::intValue).toArray();
      steps.add(new Step(Kind.ONE_OF, 0, negated, set, null));
    }

    private int next() {
      int c = pattern.codePointAt(at);
      at += Character.charCount(c);
      return c;
    }

    private void open() {
      check(group < 0, "a { inside { }");
      group = steps.size();
      steps.add(null); // the fork, once all branches are known
      branches.add(steps.size());
    }

    private void branch(boolean last) {
      ends.add(steps.size());
      steps.add(null); // a fork to behind the group
      if (!last) {
        branches.add(steps.size());
        return;
      }
      int behind = steps.size();
      ends.forEach(end -> steps.set(end, fork(behind)));
      steps.set(group, fork(branches.stream().mapToInt(Integer::intValue).toArray()));
      group = -1;
      branches.clear();
      ends.clear();
    }

    private static Step fork(int... next) {
      return new Step(Kind.FORK, 0, false, null, next);
    }

    private void check(boolean right, String wrong) {
      if (!right) {
        throw new IllegalArgumentException("the pattern " + pattern + " has " + wrong);
      }
    }
  }
}
