package dev.baton.supervisor.admin;

import java.util.Optional;

/**
 * One listener.
 *
 * @param name as configured
 * @param address where it listens, with the port that the kernel chose
 * @param mode shared, reuseport or dispatch
 * @param traffic empty where workers accept themselves
 */
public record ListenerView(
    String name, String address, String mode, Optional<ListenerTraffic> traffic) {

  /** A listener whose connections the supervisor does not see. */
  public ListenerView(String name, String address, String mode) {
    this(name, address, mode, Optional.empty());
  }
}
