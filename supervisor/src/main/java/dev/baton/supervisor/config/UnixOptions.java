package dev.baton.supervisor.config;

import java.util.Optional;

/**
 * The socket file of a UNIX listener.
 *
 * @param permissions the file's permission bits, such as {@code 0660}; writing is connecting
 * @param owner a user name or number; empty: the supervisor's user
 * @param group a group name or number; empty: the supervisor's group
 */
public record UnixOptions(int permissions, Optional<String> owner, Optional<String> group) {

  /** What a listener without a {@code unix} section has. */
  public static final UnixOptions DEFAULTS =
      new UnixOptions(0660, Optional.empty(), Optional.empty());
}
