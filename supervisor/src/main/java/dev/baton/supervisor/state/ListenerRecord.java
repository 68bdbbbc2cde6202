package dev.baton.supervisor.state;

import java.util.List;

/**
 * The sockets of a listener, by which they are known again when workers bring them back.
 *
 * @param listener its name
 * @param configured where it was to be bound, and its mode, as one text
 * @param ordered whether the sockets are in the order of the kernel's group, if there is one
 * @param sockets all of them
 */
public record ListenerRecord(
    String listener, String configured, boolean ordered, List<Socket> sockets) {
  /** Copies the list. */
  public ListenerRecord {
    sockets = sockets == null ? List.of() : List.copyOf(sockets);
  }

  /**
   * One socket.
   *
   * @param slot whose it is; 0 where slots have none of their own
   * @param cookie SO_COOKIE ({@code socket(7)}), unique while the machine runs
   */
  public record Socket(int slot, long cookie) {}
}
