package dev.baton.supervisor.store;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.config.ListenerMode;
import dev.baton.supervisor.state.ListenerRecord;
import dev.baton.sys.Errno;
import dev.baton.sys.SocketFilter;
import dev.baton.sys.SysException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The sockets of one address, one for each slot, among which the kernel spreads what comes as a
 * {@link Steering} program says. Also the one socket of a shared UDP listener, because all that can
 * be done for one that a plugin has broken is to put another beside it.
 *
 * <p>The program names sockets by their places, so the group keeps the kernel's order. That order
 * is known although plugins have copies of the sockets: a TCP socket leaves when it is shut down by
 * anybody, and a UDP socket only when its last copy is closed, or when it is connected. So a UDP
 * socket that may still be in the group is kept, unused, rather than forgotten.
 */
final class SocketGroup extends ListenerSockets {
  /** The most sockets that are kept because they do not leave. */
  private static final int MOST_BROKEN = 64;

  private final SortedMap<Integer, InetListener> slots = new TreeMap<>();

  /** Sockets of slots that were released and have not left; they can be used again. */
  private final Map<Integer, InetListener> parked = new HashMap<>();

  private final List<InetListener> broken = new ArrayList<>();

  /** Broken ones of which it is not known whether they have left. */
  private final List<InetListener> leaving = new ArrayList<>();

  private final GroupOrder<InetListener> order = new GroupOrder<>();

  /** What was repaired between two checks. */
  private final List<BoundListener.Outcome> untold = new ArrayList<>();

  /** Whether the kernel's order is known; it is not where sockets were lost while nobody looked. */
  private boolean ordered = true;

  private Set<Integer> wanted = Set.of();
  private SocketFilter attached;

  /** A group of one socket, which is that of slot 0. */
  SocketGroup(InetListener first) {
    super(first.config());
    slots.put(0, first);
    order.add(first);
  }

  /**
   * The sockets of a group that was made before.
   *
   * @param known the slots in the kernel's order; empty when it is not known: then all sockets get
   *     their share, until there is only one
   */
  SocketGroup(SortedMap<Integer, InetListener> sockets, List<Integer> known) {
    super(sockets.get(sockets.firstKey()).config());
    slots.putAll(sockets);
    ordered = !known.isEmpty() || sockets.size() == 1;
    List<Integer> places = known.isEmpty() ? List.copyOf(slots.keySet()) : known;
    places.forEach(slot -> order.add(slots.get(slot)));
  }

  @Override
  List<ListenerRecord.Socket> sockets() {
    Map<BoundListener, Integer> owners = new HashMap<>();
    slots.forEach((slot, socket) -> owners.put(socket, perSlot() ? slot : 0));
    return (ordered ? order.members() : List.copyOf(slots.values()))
        .stream()
            .map(s -> new ListenerRecord.Socket(owners.getOrDefault(s, -1), s.cookie()))
            .toList();
  }

  @Override
  boolean ordered() {
    return ordered;
  }

  private boolean perSlot() {
    return config().mode() == ListenerMode.REUSEPORT;
  }

  @Override
  List<BoundListener> all() {
    List<BoundListener> all = new ArrayList<>(slots.values());
    all.addAll(parked.values());
    all.addAll(broken);
    all.addAll(leaving);
    return all;
  }

  @Override
  BoundListener main() {
    return slots.get(slots.firstKey());
  }

  @Override
  Set<Integer> slots() {
    return perSlot() ? Set.copyOf(slots.keySet()) : Set.of();
  }

  @Override
  Map<String, OwnedFd> toBeKept() {
    String name = config().name();
    if (!perSlot()) {
      return Map.of(KeptName.ofListener(name), main().fd());
    }
    Map<String, OwnedFd> all = new LinkedHashMap<>();
    slots.forEach((slot, socket) -> all.put(KeptName.ofSlot(name, slot), socket.fd()));
    return all;
  }

  @Override
  BoundListener of(int slot) throws SysException {
    if (!perSlot()) {
      return main();
    }
    InetListener there = slots.get(slot);
    if (there != null) {
      return there;
    }
    checkBeforeAdding();
    attach(); // so that it gets nothing before it is named
    InetListener made = parked.remove(slot);
    if (made == null) {
      made = slots.get(slots.firstKey()).sibling();
      order.add(made);
    }
    slots.put(slot, made);
    attach();
    return made;
  }

  /** The kernel would put a new one into the group of a broken one, which may not be ours. */
  private void checkBeforeAdding() throws SysException {
    List<BoundListener.Outcome> done = new ArrayList<>();
    try {
      check(done);
    } catch (UnavailableException e) {
      // Too many are broken, but still in our group; the next check tells.
    } finally {
      untold.addAll(done);
    }
  }

  @Override
  void steer(Set<Integer> slots) throws SysException {
    wanted = Set.copyOf(slots);
    attach();
  }

  @Override
  int queued(int slot) throws SysException {
    InetListener socket = perSlot() ? slots.get(slot) : slots.get(slots.firstKey());
    return socket == null ? 0 : socket.queued();
  }

  /** The last one stays: without it the address would be refused, or somebody else's. */
  @Override
  void release(int slot) throws SysException {
    if (!perSlot() || slots.size() < 2 || !slots.containsKey(slot)) {
      return;
    }
    InetListener old = slots.get(slot);
    // While the kernel moves the last socket to another place, only those count that do not move.
    SocketFilter meanwhile = program(order.unmovedBy(old), true);
    if (meanwhile != null) {
      attach(meanwhile);
    }
    boolean left = old.leave(meanwhile != null ? meanwhile : program(order.members(), false));
    slots.remove(slot);
    if (left) {
      order.remove(old);
      old.close();
    } else {
      parked.put(slot, old);
    }
    attach();
  }

  private void attach() throws SysException {
    if (perSlot()) {
      SocketFilter program = program(order.members(), false);
      if (program != null && !program.equals(attached)) {
        attach(program);
      }
    }
  }

  /** Any member can be asked, but one that a plugin has broken may not be a member any more. */
  private void attach(SocketFilter program) throws SysException {
    attached = null;
    SysException refused = null;
    for (InetListener member : order.members()) {
      if (member.config().address().datagram() || member.listening()) {
        try {
          member.fd().use(n -> member.posix.attachReuseportFilter(n, program));
          attached = program;
          return;
        } catch (SysException e) {
          if (e.errno() != Errno.EINVAL) {
            throw e;
          }
          refused = e;
        }
      }
    }
    if (refused != null) {
      throw refused;
    }
  }

  /**
   * The program for these members, which are at their places; null when none of them may be chosen.
   *
   * @param strictly to choose none rather than one that is not wanted
   */
  private SocketFilter program(List<InetListener> members, boolean strictly) {
    SortedMap<Integer, Integer> all = new TreeMap<>();
    slots.forEach(
        (slot, socket) -> {
          int place = members.indexOf(socket);
          if (place >= 0) {
            all.put(slot, place);
          }
        });
    SortedMap<Integer, Integer> chosen = new TreeMap<>(all);
    boolean anyWanted = slots.keySet().stream().anyMatch(wanted::contains);
    if (anyWanted && ordered) {
      chosen.keySet().retainAll(wanted);
      chosen = chosen.isEmpty() && !strictly ? all : chosen;
    }
    if (chosen.isEmpty()) {
      return null;
    }
    return config().address().datagram()
        ? Steering.byClient(chosen)
        : Steering.byChance(List.copyOf(chosen.values()));
  }

  @Override
  void check(List<BoundListener.Outcome> done) throws SysException, UnavailableException {
    done.addAll(untold);
    untold.clear();
    for (InetListener old : List.copyOf(leaving)) {
      retire(old);
    }
    Map<Integer, String> faults = new TreeMap<>();
    for (Map.Entry<Integer, InetListener> slot : slots.entrySet()) {
      makeNonBlocking(slot.getValue(), done);
      Optional<String> fault = slot.getValue().fault();
      if (fault.isPresent()) {
        faults.put(slot.getKey(), fault.get());
      } else {
        slot.getValue().checkQueue().ifPresent(done::add);
      }
    }
    if (!faults.isEmpty()) {
      attached = null;
      repair(faults, done);
    }
  }

  /** Repairs as many as it can, then throws the first failure. */
  private void repair(Map<Integer, String> faults, List<BoundListener.Outcome> done)
      throws SysException, UnavailableException {
    List<InetListener> gone = new ArrayList<>();
    for (int slot : faults.keySet()) {
      if (hasLeft(slots.get(slot))) {
        gone.add(slots.get(slot));
      }
    }
    if (gone.size() > 1) {
      // In which order they left, and so who moved where, is not known.
      beginAnew(faults);
    } else {
      gone.forEach(order::remove);
    }
    SysException failure = null;
    for (Map.Entry<Integer, String> fault : faults.entrySet()) {
      String slot = perSlot() ? "the socket of slot " + fault.getKey() + ": " : "";
      try {
        done.add(replace(fault.getKey(), slot + fault.getValue()));
      } catch (SysException e) {
        failure = failure == null ? e : failure;
      }
    }
    attach();
    if (failure != null) {
      throw failure;
    }
  }

  private boolean hasLeft(InetListener socket) throws SysException {
    if (!order.contains(socket)) {
      return false; // known already
    }
    return !(socket instanceof UdpListener udp) || !udp.isMember(program(order.members(), false));
  }

  /** All but one leave, so that the order is known again; that one serves meanwhile. */
  private void beginAnew(Map<Integer, String> faults) throws SysException {
    SocketFilter any = program(order.members(), false);
    InetListener kept = null;
    for (Map.Entry<Integer, InetListener> slot : slots.entrySet()) {
      if (kept == null && !faults.containsKey(slot.getKey())) {
        kept = slot.getValue();
      } else {
        faults.putIfAbsent(slot.getKey(), "it had an unknown place after others were broken");
        if (slot.getValue().leave(any)) {
          order.remove(slot.getValue());
        }
      }
    }
  }

  private BoundListener.Outcome replace(int slot, String found)
      throws SysException, UnavailableException {
    InetListener old = slots.get(slot);
    if (!(old instanceof UdpListener udp)) {
      BoundListener.Outcome outcome;
      try {
        outcome = old.restore(found);
      } catch (SysException e) {
        leaveAgain(old, e);
        throw e;
      }
      order.add(old);
      return outcome;
    }
    if (broken.size() + leaving.size() >= MOST_BROKEN) {
      throw new UnavailableException(
          found + ": " + MOST_BROKEN + " broken sockets are still in use by workers");
    }
    if (!order.contains(old)) {
      udp.disown();
    }
    InetListener fresh = old.sibling();
    slots.put(slot, fresh);
    order.add(fresh);
    leaving.add(old);
    try {
      retire(old);
    } catch (SysException e) {
      // It is known to be leaving, and the next check tries again.
    }
    return new BoundListener.Outcome(found, BoundListener.REPLACED, true);
  }

  /** It may be back in the kernel's group already, where it would not be counted. */
  private static void leaveAgain(InetListener socket, SysException reason) {
    try {
      socket.leave(null);
    } catch (SysException e) {
      reason.addSuppressed(e);
    }
  }

  private void retire(InetListener old) throws SysException {
    boolean left = !order.contains(old) || old.leave(program(order.members(), false));
    leaving.remove(old);
    if (left) {
      order.remove(old);
      old.close();
    } else {
      broken.add(old);
    }
  }

  @Override
  public void close() {
    all().forEach(BoundListener::close);
  }
}
