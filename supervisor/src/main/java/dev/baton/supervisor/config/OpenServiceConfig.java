package dev.baton.supervisor.config;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * The open service: the open server for processes that are not workers. Immutable.
 *
 * @param address of its UNIX-domain stream socket
 * @param unix the socket file
 * @param clients who may do what; the first entry that names a client holds for it
 * @param idleTimeout clients that send nothing, or take nothing, for so long are closed
 * @param maxClients connected at once
 * @param maxClientsPerUser connected at once with the same uid
 */
public record OpenServiceConfig(
    UnixName address,
    UnixOptions unix,
    List<ClientRule> clients,
    Duration idleTimeout,
    int maxClients,
    int maxClientsPerUser) {

  /** The {@code idleTimeout} if none is given. */
  public static final Duration DEFAULT_IDLE_TIMEOUT = Duration.ofMinutes(1);

  /** The {@code maxClients} if none is given. */
  public static final int DEFAULT_MAX_CLIENTS = 4096;

  /** The {@code maxClientsPerUser} if none is given. */
  public static final int DEFAULT_MAX_CLIENTS_PER_USER = 1024;

  /**
   * The {@code unix.permissions} if none are given: everybody may connect, since what a client gets
   * is decided by who it is.
   */
  public static final int DEFAULT_PERMISSIONS = 0666;

  /** Copies the list. */
  public OpenServiceConfig {
    Objects.requireNonNull(address, "address");
    Objects.requireNonNull(unix, "unix");
    Objects.requireNonNull(idleTimeout, "idleTimeout");
    clients = List.copyOf(clients);
  }

  /** What a client with this user and primary group may do; nothing if no entry names it. */
  public OpenPolicyConfig policy(int uid, int gid) {
    return clients.stream()
        .filter(client -> client.names(uid, gid))
        .findFirst()
        .map(ClientRule::policy)
        .orElse(OpenPolicyConfig.NONE);
  }
}
