package dev.baton.supervisor.config;

import dev.baton.sys.Accounts;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads the names and numbers of users and groups. */
final class AccountReader {

  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,10}");

  /** One less than 2^32, which is (uid_t) -1: no user, in every call that takes one. */
  private static final long LARGEST = 0xffff_fffeL;

  private final Reading reading;

  AccountReader(Reading reading) {
    this.reading = reading;
  }

  /** The user or group of a key, not looked up. */
  static Optional<String> account(Section section, String key, String kind) {
    return section.parsed(
        key, allowed(kind), text -> Optional.of(text).filter(AccountReader::fits));
  }

  static String allowed(String kind) {
    return "the name or number of a " + kind;
  }

  static boolean fits(String text) {
    return FORM.matcher(text).matches();
  }

  /** The number of a user; empty after a problem was added, also when there is no such user. */
  Optional<Integer> uid(Value value) {
    return number(value, "user", Accounts::uid);
  }

  /** The number of a group; empty after a problem was added, also when there is no such group. */
  Optional<Integer> gid(Value value) {
    return number(value, "group", Accounts::gid);
  }

  private Optional<Integer> number(Value value, String kind, Function<String, OptionalInt> find) {
    String text = value.text();
    if (!fits(text)) {
      reading.refuse(value, allowed(kind));
      return Optional.empty();
    }
    if (NUMBER.matcher(text).matches()) {
      long number = Long.parseLong(text);
      if (number > LARGEST) {
        reading.refuse(value, "the number of a " + kind + ", at most " + LARGEST);
        return Optional.empty();
      }
      return Optional.of((int) number);
    }
    OptionalInt number = find.apply(text);
    if (number.isEmpty()) {
      reading.refuse(value, "a " + kind + " that this machine has");
      return Optional.empty();
    }
    return Optional.of(number.getAsInt());
  }

  /** The numbers of a list. */
  static Set<Integer> all(Iterable<Value> values, Function<Value, Optional<Integer>> read) {
    Set<Integer> numbers = new LinkedHashSet<>();
    values.forEach(value -> read.apply(value).ifPresent(numbers::add));
    return numbers;
  }
}
