package dev.baton.sys;

import java.util.Optional;
import java.util.OptionalInt;
import jnr.posix.Group;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;
import jnr.posix.Passwd;

/**
 * Users and groups of this machine, through jnr-posix ({@code getpwnam(3)}, {@code getgrnam(3)}).
 * Only the supervisor uses it, and only where a configuration names an owner: loading jnr-posix
 * takes about 300 ms.
 */
public final class Accounts {
  private static final class Holder {
    static final POSIX POSIX = POSIXFactory.getNativePOSIX();
  }

  /**
   * A user as {@code passwd(5)} has it.
   *
   * @param gid the user's own group
   * @param home empty when there is none on record
   */
  public record Account(String name, int uid, int gid, Optional<String> home) {}

  private Accounts() {}

  /** The user of a name or number; empty when this machine knows none. */
  public static synchronized Optional<Account> account(String user) {
    Passwd entry =
        isNumber(user)
            ? Holder.POSIX.getpwuid(Integer.parseInt(user))
            : Holder.POSIX.getpwnam(user);
    return Optional.ofNullable(entry)
        .map(
            e ->
                new Account(
                    e.getLoginName(),
                    (int) e.getUID(),
                    (int) e.getGID(),
                    Optional.ofNullable(e.getHome()).filter(home -> !home.isEmpty())));
  }

  /** The number of a user given by name or number; empty when there is none of that name. */
  public static OptionalInt uid(String user) {
    if (isNumber(user)) {
      return OptionalInt.of(Integer.parseInt(user));
    }
    Passwd entry = Holder.POSIX.getpwnam(user);
    return entry == null ? OptionalInt.empty() : OptionalInt.of((int) entry.getUID());
  }

  /** The number of a group given by name or number; empty when there is none of that name. */
  public static OptionalInt gid(String group) {
    if (isNumber(group)) {
      return OptionalInt.of(Integer.parseInt(group));
    }
    Group entry = Holder.POSIX.getgrnam(group);
    return entry == null ? OptionalInt.empty() : OptionalInt.of((int) entry.getGID());
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty() && text.length() < 10 && text.chars().allMatch(Character::isDigit);
  }
}
