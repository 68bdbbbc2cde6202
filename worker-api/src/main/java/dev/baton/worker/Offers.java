package dev.baton.worker;

import dev.baton.channel.Received;
import dev.baton.fd.Adoption;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Descriptor;
import dev.baton.protocol.Descriptor.Kind;
import dev.baton.protocol.Descriptor.Purpose;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.ProtocolException;
import dev.baton.protocol.ToWorker.Offer;
import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import dev.baton.worker.Offered.Mode;
import dev.baton.worker.Offered.Sort;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.Channel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Every descriptor that the supervisor offered: those in custody, those for the plugin, and the
 * channels that the plugin made of them by asking. Owns all of them. Thread-safe.
 */
final class Offers implements AutoCloseable {
  private static final int MOST_THREADS = 64;

  private final Posix posix;
  private final Handoffs handoffs;
  private final Complaints complaints;
  private final Map<String, Offered> forUse = new LinkedHashMap<>();
  private final Map<String, Held> inCustody = new HashMap<>();

  /** The newest copies of files that the plugin has taken over and was not told of yet. */
  private final Map<String, Held> changed = new HashMap<>();

  private final Map<String, String> gone = new HashMap<>();
  private final List<String> claimed = new ArrayList<>();
  private Consumer<List<String>> announce;

  private record Held(Descriptor what, OwnedFd fd) {}

  private interface Adopting<C extends Channel> {
    C adopt(Offered offered) throws IOException;
  }

  Offers(Posix posix, Handoffs handoffs, Complaints complaints) {
    this.posix = posix;
    this.handoffs = handoffs;
    this.complaints = complaints;
  }

  /**
   * Takes charge of all that an offer brought. A file that is held already takes the place of the
   * one before: at once, or, where the plugin has that one, when {@link #change} is called.
   *
   * @return the files of which the plugin is to be told
   * @throws ProtocolException when one of them cannot be offered; then none was taken
   */
  synchronized List<String> add(Received<?> received, Offer offer) throws ProtocolException {
    for (Descriptor d : offer.fds()) {
      check(d);
    }
    List<String> toTell = new ArrayList<>();
    for (int i = 0; i < offer.fds().size(); i++) {
      Descriptor d = offer.fds().get(i);
      OwnedFd fd = received.fds().take(i);
      if (d.purpose() == Purpose.CUSTODY) {
        inCustody.put(d.name(), new Held(d, fd));
      }
      if (forPlugin(d)) {
        Offered before = forUse.get(d.name());
        if (before != null && anew(d, before) && before.channel() != null) {
          close(changed.put(d.name(), new Held(d, fd)));
          toTell.add(d.name());
          continue;
        }
        if (before != null) {
          before.close();
        }
        take(d, fd);
      }
    }
    return toTell;
  }

  /** Takes charge of one for the plugin. */
  synchronized void take(Descriptor d, OwnedFd fd) {
    forUse.put(d.name(), new Offered(Sort.of(posix, d, fd), d, fd));
    gone.remove(d.name());
  }

  /** Whether it is a file that the worker has had before. */
  private static boolean anew(Descriptor d, Offered before) {
    return d.kind() == Kind.FILE && before.sort() == Sort.FILE;
  }

  private static void close(Held held) {
    if (held != null) {
      held.fd().close();
    }
  }

  /**
   * Has the newest copy of a file take the place of the one that the plugin has.
   *
   * @return both; null when there is nothing new by now
   * @throws IOException when no channel can be made of it; then the plugin keeps what it has
   */
  synchronized ChangedFile change(String name) throws IOException {
    Held newest = changed.remove(name);
    if (newest == null) {
      return null;
    }
    Offered now = new Offered(Sort.FILE, newest.what(), newest.fd());
    FileChannel channel;
    try {
      now.leaveTrace(posix);
      channel = adoptFile(newest.fd());
    } catch (IOException | RuntimeException e) {
      newest.fd().close();
      throw e;
    }
    now.become(channel);
    return new ChangedFile(channel, forUse.put(name, now));
  }

  /** Of a dispatched listener the plugin gets connections; the socket stays in custody. */
  private static boolean forPlugin(Descriptor d) {
    return d.purpose() == Purpose.USE || d.kind() == Kind.LISTENER && Mode.of(d) == Mode.DISPATCH;
  }

  private void check(Descriptor d) throws ProtocolException {
    if (d.kind() != Kind.LISTENER && d.kind() != Kind.FILE) {
      throw new ProtocolException(ErrorCode.DESCRIPTORS, word(d.kind()) + " cannot be offered");
    }
    Offered before = forUse.get(d.name());
    boolean held = d.purpose() == Purpose.CUSTODY && inCustody.containsKey(d.name());
    if (held || forPlugin(d) && before != null && before.held() && !anew(d, before)) {
      throw new ProtocolException(
          ErrorCode.OUT_OF_ORDER, word(d.kind()) + " \"" + d.name() + "\" was offered before");
    }
  }

  /** Copies of all that there is to be brought to another supervisor, with what tells of each. */
  synchronized Adopter.Brought copies() throws SysException {
    List<Descriptor> what = new ArrayList<>();
    List<OwnedFd> fds = new ArrayList<>();
    try {
      for (Held kept : inCustody.values()) {
        bring(kept, fds, what);
      }
      for (Offered offered : forUse.values()) {
        Held newest = changed.get(offered.what().name());
        if (newest != null) {
          bring(newest, fds, what);
        } else if (!offered.dispatched()) {
          Optional<OwnedFd> copy = offered.copy("brought:" + offered.what().name());
          copy.ifPresent(fds::add);
          copy.ifPresent(fd -> what.add(offered.what()));
        }
      }
      return new Adopter.Brought(what, fds);
    } catch (SysException e) {
      fds.forEach(OwnedFd::close);
      throw e;
    }
  }

  private static void bring(Held held, List<OwnedFd> fds, List<Descriptor> what)
      throws SysException {
    fds.add(held.fd().duplicate("brought:" + held.what().name()));
    what.add(held.what());
  }

  /** The names for the plugin; without those that were closed or revoked. */
  synchronized Set<String> names(Sort sort) {
    Set<String> names = new LinkedHashSet<>();
    forUse.forEach(
        (name, offered) -> {
          if (offered.sort() == sort) {
            names.add(name);
          }
        });
    return names;
  }

  /** Where a listener of either sort is bound. */
  synchronized SocketAddress address(String name) throws IOException {
    Offered offered = forUse.get(name);
    if (offered == null || offered.sort() == Sort.FILE) {
      throw new IllegalArgumentException(missing(Sort.CONNECTIONS, name, offered));
    }
    return offered.address(posix);
  }

  ServerSocketChannel listener(String name) throws IOException {
    return claim(Sort.CONNECTIONS, name, ServerSocketChannel.class, o -> adoptListener(name, o));
  }

  private ServerSocketChannel adoptListener(String name, Offered offered) throws IOException {
    Adoption.prepare(posix);
    if (offered.mode() == Mode.SHARED) {
      return Adoption.serverSocket(offered.fd(), handoffs.reports().tally()::connection);
    }
    SocketAddress local = offered.address(posix);
    OwnedFd own = offered.dispatched() ? null : offered.fd();
    return ListenerFeed.open(posix, name, local, own, handoffs, complaints);
  }

  /**
   * Has a listener's connections served.
   *
   * @param executor null for threads of our own
   */
  synchronized void serve(String name, Executor executor, ConnectionHandler handler)
      throws IOException {
    Offered offered = forUse.get(name);
    if (offered != null && offered.sort() == Sort.CONNECTIONS && offered.channel() != null) {
      throw takenOver(Sort.CONNECTIONS, name);
    }
    Serving serving = new Serving(handler, complaints);
    ServingTakers takers =
        executor == null
            ? new Crew(name, MOST_THREADS, serving, complaints)
            : new Submitter(name, executor, serving, handoffs, complaints);
    claim(
        Sort.CONNECTIONS,
        name,
        ConnectionService.class,
        o -> {
          Adoption.prepare(posix);
          boolean unix = Addresses.isUnix(o.address(posix));
          OwnedFd own = o.dispatched() ? null : o.fd();
          return ConnectionService.start(posix, name, unix, own, takers, handoffs, complaints);
        });
  }

  DatagramChannel datagrams(String name) throws IOException {
    return claim(Sort.DATAGRAMS, name, DatagramChannel.class, o -> Adoption.datagram(o.fd()));
  }

  FileChannel file(String name) throws IOException {
    return claim(Sort.FILE, name, FileChannel.class, o -> adoptFile(o.fd()));
  }

  private FileChannel adoptFile(OwnedFd fd) throws IOException {
    // The descriptor itself says how it was opened; nothing said beside it can differ.
    int access = fd.<Integer, IOException>borrow(posix::statusFlags) & Constants.O_ACCMODE;
    return Adoption.file(fd, access != Constants.O_WRONLY, access != Constants.O_RDONLY);
  }

  private synchronized <C extends Channel> C claim(
      Sort sort, String name, Class<C> type, Adopting<C> adopter) throws IOException {
    Offered offered = forUse.get(name);
    if (offered == null || offered.sort() != sort) {
      throw new IllegalArgumentException(missing(sort, name, offered));
    }
    if (offered.channel() == null) {
      try {
        if (sort != Sort.FILE) {
          offered.address(posix);
        }
        offered.leaveTrace(posix);
        offered.become(adopter.adopt(offered));
      } catch (IOException | RuntimeException e) {
        forUse.remove(name);
        if (!offered.dispatched()) {
          offered.close();
        }
        gone.put(name, "could not be taken over: " + e.getMessage());
        throw e;
      }
      if (offered.dispatched()) {
        // in custody, which is never claimed
      } else if (announce == null) {
        claimed.add(name);
      } else {
        announce.accept(List.of(name));
      }
    }
    if (!type.isInstance(offered.channel())) {
      throw takenOver(sort, name);
    }
    return type.cast(offered.channel());
  }

  private static IllegalStateException takenOver(Sort sort, String name) {
    return new IllegalStateException(
        sort.words() + " \"" + name + "\" was taken over before, in another way");
  }

  private String missing(Sort sort, String name, Offered other) {
    String what = sort.words() + " \"" + name + "\"";
    if (gone.containsKey(name)) {
      return what + " " + gone.get(name);
    }
    Set<String> names = names(sort);
    return "no "
        + what
        + (other == null ? "" : " (that is a " + other.sort().words() + ": ")
        + (other == null ? "" : "ask " + other.sort().method() + "(\"" + name + "\"))")
        + "; this worker was offered: "
        + (names.isEmpty() ? "none" : String.join(", ", names));
  }

  /**
   * Ends the time before ready: hands over what was claimed, closes what was not.
   *
   * @param announceClaims gets the claims so far, if any, and from now on each new one
   * @return what was closed, as {@code listener x}
   */
  synchronized List<String> settle(Consumer<List<String>> announceClaims) {
    announce = announceClaims;
    if (!claimed.isEmpty()) {
      announce.accept(List.copyOf(claimed));
      claimed.clear();
    }
    List<String> closed = new ArrayList<>();
    forUse.forEach(
        (name, offered) -> {
          if (offered.channel() == null && !offered.dispatched()) {
            offered.close();
            closed.add(offered.sort().words() + " " + name);
            gone.put(name, "was not asked for before ready(), so it is closed");
          }
        });
    forUse.keySet().removeAll(gone.keySet());
    return closed;
  }

  /** The dispatched listeners that nobody has asked for. */
  synchronized List<String> unasked() {
    List<String> names = new ArrayList<>();
    forUse.forEach(
        (name, offered) -> {
          if (offered.dispatched() && offered.channel() == null) {
            names.add(name);
          }
        });
    return names;
  }

  /**
   * Closes all copies of that name: descriptors, and channels that the plugin uses. A channel in a
   * selector lets go of its number when the selector runs next, one with a thread inside when that
   * thread has left.
   */
  synchronized void revoke(List<String> names) {
    for (String name : names) {
      close(inCustody.remove(name));
      close(changed.remove(name));
      Offered offered = forUse.remove(name);
      if (offered != null) {
        offered.close();
        claimed.remove(name);
        gone.put(name, "was revoked by the supervisor");
      }
    }
  }

  /** Closes what the plugin did not take, and what is in custody. */
  @Override
  public synchronized void close() {
    forUse.values().forEach(offered -> offered.fd().close());
    changed.values().forEach(Offers::close);
    inCustody.values().forEach(Offers::close);
  }

  private static String word(Kind kind) {
    return kind.name().toLowerCase(java.util.Locale.ROOT);
  }
}
