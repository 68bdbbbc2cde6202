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
import java.io.IOException;
import java.nio.channels.Channel;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Every descriptor that the supervisor offered: those in custody, those for the plugin, and the
 * channels that the plugin made of them by asking. Owns all of them. Thread-safe.
 */
final class Offers implements AutoCloseable {
  private final Posix posix;
  private final Map<String, Offered> forUse = new LinkedHashMap<>();
  private final Map<String, OwnedFd> inCustody = new HashMap<>();
  private final Map<String, String> gone = new HashMap<>();
  private final List<String> claimed = new ArrayList<>();
  private Consumer<List<String>> announce;

  /** One offer for use; {@code channel} is null until the plugin asks for it. */
  private static final class Offered {
    private final Kind kind;
    private final OwnedFd fd;
    private Channel channel;

    Offered(Kind kind, OwnedFd fd) {
      this.kind = kind;
      this.fd = fd;
    }

    void close() {
      fd.close();
      if (channel != null) {
        try {
          channel.close();
        } catch (IOException e) {
          // close(2) frees the number whatever it returns
        }
      }
    }
  }

  private interface Adopter<C extends Channel> {
    C adopt(OwnedFd fd) throws IOException;
  }

  Offers(Posix posix) {
    this.posix = posix;
  }

  /**
   * Takes charge of all that an offer brought.
   *
   * @throws ProtocolException when one of them cannot be offered; then none was taken
   */
  synchronized void add(Received<?> received, Offer offer) throws ProtocolException {
    for (Descriptor d : offer.fds()) {
      check(d);
    }
    for (int i = 0; i < offer.fds().size(); i++) {
      Descriptor d = offer.fds().get(i);
      OwnedFd fd = received.fds().take(i);
      if (d.purpose() == Purpose.CUSTODY) {
        inCustody.put(d.name(), fd);
      } else {
        forUse.put(d.name(), new Offered(d.kind(), fd));
        gone.remove(d.name());
      }
    }
  }

  private void check(Descriptor d) throws ProtocolException {
    if (d.kind() != Kind.LISTENER && d.kind() != Kind.FILE) {
      throw new ProtocolException(ErrorCode.DESCRIPTORS, word(d.kind()) + " cannot be offered");
    }
    Offered before = forUse.get(d.name());
    boolean held =
        d.purpose() == Purpose.CUSTODY
            ? inCustody.containsKey(d.name())
            : before != null && (before.channel == null || before.channel.isOpen());
    if (held) {
      throw new ProtocolException(
          ErrorCode.OUT_OF_ORDER, word(d.kind()) + " \"" + d.name() + "\" was offered before");
    }
  }

  /** The names for the plugin; without those that were closed or revoked. */
  synchronized Set<String> names(Kind kind) {
    Set<String> names = new LinkedHashSet<>();
    forUse.forEach(
        (name, offered) -> {
          if (offered.kind == kind) {
            names.add(name);
          }
        });
    return names;
  }

  ServerSocketChannel listener(String name) throws IOException {
    return claim(Kind.LISTENER, name, ServerSocketChannel.class, Adoption::serverSocket);
  }

  FileChannel file(String name) throws IOException {
    return claim(Kind.FILE, name, FileChannel.class, this::adoptFile);
  }

  private FileChannel adoptFile(OwnedFd fd) throws IOException {
    // The descriptor itself says how it was opened; nothing said beside it can differ.
    int access = fd.<Integer, IOException>borrow(posix::statusFlags) & Constants.O_ACCMODE;
    return Adoption.file(fd, access != Constants.O_WRONLY, access != Constants.O_RDONLY);
  }

  private synchronized <C extends Channel> C claim(
      Kind kind, String name, Class<C> type, Adopter<C> adopter) throws IOException {
    Offered offered = forUse.get(name);
    if (offered == null || offered.kind != kind) {
      throw new IllegalArgumentException(missing(kind, name, offered));
    }
    if (offered.channel == null) {
      try {
        offered.channel = adopter.adopt(offered.fd);
      } catch (IOException | RuntimeException e) {
        forUse.remove(name);
        gone.put(name, "could not be taken over: " + e.getMessage());
        throw e;
      }
      if (announce == null) {
        claimed.add(name);
      } else {
        announce.accept(List.of(name));
      }
    }
    return type.cast(offered.channel);
  }

  private String missing(Kind kind, String name, Offered other) {
    String what = word(kind) + " \"" + name + "\"";
    if (gone.containsKey(name)) {
      return what + " " + gone.get(name);
    }
    Set<String> names = names(kind);
    return "no "
        + what
        + (other == null ? "" : " (that is a " + word(other.kind) + ")")
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
          if (offered.channel == null) {
            offered.close();
            closed.add(word(offered.kind) + " " + name);
            gone.put(name, "was not asked for before ready(), so it is closed");
          }
        });
    forUse.keySet().removeAll(gone.keySet());
    return closed;
  }

  /**
   * Closes all copies of that name: descriptors, and channels that the plugin uses. A channel in a
   * selector lets go of its number when the selector runs next, one with a thread inside when that
   * thread has left.
   */
  synchronized void revoke(List<String> names) {
    for (String name : names) {
      OwnedFd kept = inCustody.remove(name);
      if (kept != null) {
        kept.close();
      }
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
    forUse.values().forEach(offered -> offered.fd.close());
    inCustody.values().forEach(OwnedFd::close);
  }

  private static String word(Kind kind) {
    return kind.name().toLowerCase(java.util.Locale.ROOT);
  }
}
