package dev.baton.supervisor.process;

import dev.baton.sys.Accounts;
import dev.baton.sys.Accounts.Account;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Whom a pool's workers run as, where that is not the supervisor's own user. {@code setpriv(1)} of
 * util-linux changes to it and then becomes the JVM, so the process that was started is the worker.
 * A change from root to another user leaves no capability ({@code capabilities(7)}), and one from a
 * user to whom a service manager gave some leaves none either, since they are dropped by name; with
 * no-new-privs no program that it starts gains one, set-user-id or not.
 *
 * @param setpriv the command
 * @param uid the user
 * @param gid the group
 * @param account the user as this machine knows it; empty for a number without a name
 */
public record WorkerUser(Path setpriv, int uid, int gid, Optional<Account> account) {
  private static final String COMMAND = "setpriv";
  private static final String USUAL_PATH = "/usr/bin:/bin";

  /**
   * Looks a user and a group up. Loads a library at the first call, and may ask a directory
   * service: not for the loop.
   *
   * @param user a name or number
   * @param group a name or number; without it the user's own
   * @param path where to look for {@code setpriv}: folders as in PATH; null for the usual ones
   * @throws IOException for the operator: who is not known, or that there is no {@code setpriv}
   */
  public static WorkerUser find(String user, Optional<String> group, String path)
      throws IOException {
    Optional<Account> account = Accounts.account(user);
    OptionalInt uid = account.map(a -> OptionalInt.of(a.uid())).orElseGet(() -> Accounts.uid(user));
    if (uid.isEmpty()) {
      throw new IOException("this machine has no user " + user);
    }
    int gid = group.isPresent() ? gid(group.get()) : ownGid(user, account);
    return new WorkerUser(setpriv(path), uid.getAsInt(), gid, account);
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

  private static Path setpriv(String path) throws IOException {
    String folders = path == null || path.isEmpty() ? USUAL_PATH : path;
    return Stream.of(folders.split(":"))
        .filter(folder -> folder.startsWith("/"))
        .map(folder -> Path.of(folder, COMMAND))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () ->
                new IOException(
                    "a pool with `user` needs setpriv (Debian: util-linux); it is in"
                        + " none of "
                        + folders));
  }

  /** What comes before a command to have it run as this user. */
  List<String> prefix() {
    return List.of(
        setpriv.toString(),
        "--reuid",
        String.valueOf(uid),
        "--regid",
        String.valueOf(gid),
        account.isPresent() ? "--init-groups" : "--clear-groups",
        "--inh-caps=-all", // with AmbientCapabilities= of systemd.exec(5) they outlive the change
        "--ambient-caps=-all",
        "--no-new-privs",
        "--");
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
