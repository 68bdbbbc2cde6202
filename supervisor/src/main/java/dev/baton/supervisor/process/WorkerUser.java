package dev.baton.supervisor.process;

import dev.baton.sys.Accounts;
import dev.baton.sys.Accounts.Account;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Whom a pool's workers run as, where that is not the supervisor's own user. {@code setpriv(1)} of
 * util-linux changes to it. A change from root to another user leaves no capability ({@code
 * capabilities(7)}), and one from a user to whom a service manager gave some leaves none either,
 * since they are dropped by name; with no-new-privs no program that it starts gains one,
 * set-user-id or not.
 *
 * @param uid the user
 * @param gid the group
 * @param groups supplementary groups; empty: those that the account is a member of
 * @param account the user as this machine knows it; empty for a number without a name
 */
public record WorkerUser(
    int uid, int gid, Optional<List<Integer>> groups, Optional<Account> account) {

  /**
   * Looks a user and a group up. Loads a library at the first call, and may ask a directory
   * service: not for the loop.
   *
   * @param user a name or number
   * @param group a name or number; without it the user's own
   * @param groups supplementary groups, names or numbers; empty: those of the user
   * @throws IOException for the operator: who is not known
   */
  public static WorkerUser find(String user, Optional<String> group, Optional<List<String>> groups)
      throws IOException {
    Optional<Account> account = Accounts.account(user);
    OptionalInt uid = account.map(a -> OptionalInt.of(a.uid())).orElseGet(() -> Accounts.uid(user));
    if (uid.isEmpty()) {
      throw new IOException("this machine has no user " + user);
    }
    int gid = group.isPresent() ? gid(group.get()) : ownGid(user, account);
    return new WorkerUser(uid.getAsInt(), gid, gids(groups), account);
  }

  private static int gid(String group) throws IOException {
    OptionalInt gid = Accounts.gid(group);
    if (gid.isEmpty()) {
      throw new IOException("this machine has no group " + group);
    }
    return gid.getAsInt();
  }

  /** Never the supervisor's: a worker would keep what that group may do. */
  private static int ownGid(String user, Optional<Account> account) throws IOException {
    if (account.isEmpty()) {
      throw new IOException(
          "user " + user + " has no name on this machine, and so no group: set `group`, too");
    }
    return account.get().gid();
  }

  private static Optional<List<Integer>> gids(Optional<List<String>> groups) throws IOException {
    if (groups.isEmpty()) {
      return Optional.empty();
    }
    List<Integer> gids = new ArrayList<>();
    for (String group : groups.get()) {
      gids.add(gid(group));
    }
    return Optional.of(gids);
  }

  /** What {@code setpriv} is told to have a command run as this user. */
  List<String> options() {
    List<String> options = new ArrayList<>();
    Collections.addAll(
        options,
        "--reuid",
        Integer.toUnsignedString(uid),
        "--regid",
        Integer.toUnsignedString(gid));
    if (groups.isPresent() && !groups.get().isEmpty()) {
      options.add("--groups");
      options.add(
          groups.get().stream().map(Integer::toUnsignedString).collect(Collectors.joining(",")));
    } else {
      options.add(groups.isEmpty() && account.isPresent() ? "--init-groups" : "--clear-groups");
    }
    // With AmbientCapabilities= of systemd.exec(5) they outlive the change of the user.
    Collections.addAll(options, "--inh-caps=-all", "--ambient-caps=-all");
    return options;
  }

  /** The variables that tell a process who it is; none where there is no name. */
  Map<String, String> environment() {
    Map<String, String> variables = new TreeMap<>();
    account.ifPresent(
        who -> {
          variables.put("USER", who.name());
          variables.put("LOGNAME", who.name());
          who.home().ifPresent(home -> variables.put("HOME", home));
        });
    return variables;
  }

  /**
   * What keeps this user from reading a file, in words for the operator; empty when nothing does,
   * as far as permission bits tell.
   *
   * @param path absolute
   */
  public Optional<String> obstacle(Path path) {
    return Reach.obstacle(path, this);
  }

  /** The user in words. */
  @Override
  public String toString() {
    return account.map(who -> "user " + who.name()).orElse("uid " + uid);
  }
}
