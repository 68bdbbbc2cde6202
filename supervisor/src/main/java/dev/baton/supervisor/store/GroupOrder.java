package dev.baton.supervisor.store;

import java.util.ArrayList;
import java.util.List;

/**
 * The order in which the kernel has the sockets of a SO_REUSEPORT group, which a steering program's
 * result counts in: a new socket becomes the last, and when one leaves, the last takes its place
 * ({@code __reuseport_detach_sock} in the kernel's {@code sock_reuseport.c}).
 *
 * @param <T> sockets
 */
final class GroupOrder<T> {
  private final List<T> members = new ArrayList<>();

  void add(T member) {
    members.add(member);
  }

  /** Does nothing when it is no member. */
  void remove(T member) {
    int place = members.indexOf(member);
    if (place >= 0) {
      T last = members.remove(members.size() - 1);
      if (place < members.size()) {
        members.set(place, last);
      }
    }
  }

  boolean contains(T member) {
    return members.contains(member);
  }

  int size() {
    return members.size();
  }

  /** The members, each at its place. */
  List<T> members() {
    return List.copyOf(members);
  }

  /**
   * The members, each at its place, that have the same place when {@code leaving} has left; what
   * does not, and {@code leaving} itself, is null.
   */
  List<T> unmovedBy(T leaving) {
    List<T> unmoved = new ArrayList<>(members);
    int place = unmoved.indexOf(leaving);
    if (place >= 0) {
      unmoved.set(place, null);
      unmoved.set(unmoved.size() - 1, null);
    }
    return unmoved;
  }
}
