package dev.baton.ipc;

import dev.baton.sys.SockAddr;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * The name of a UNIX-domain socket ({@code unix(7)}; APUE 17.2): a path, or a name in Linux's
 * abstract namespace, or none at all. Immutable.
 *
 * <p>Anybody may connect to an abstract name, which has no permissions; its server sees who did.
 */
public final class UnixAddress {
  /** What a socket has that was never bound, such as a client's or those of a pair. */
  public static final UnixAddress UNNAMED = new UnixAddress("", false);

  private final String name;
  private final boolean isAbstract;

  private UnixAddress(String name, boolean isAbstract) {
    this.name = name;
    this.isAbstract = isAbstract;
  }

  /**
   * A name in the file system.
   *
   * @throws IllegalArgumentException when it has more than 107 bytes, which is all that a socket's
   *     address has room for
   */
  public static UnixAddress of(Path path) {
    String text = path.toString();
    if (text.isEmpty()) {
      throw new IllegalArgumentException("a path is needed; it is empty");
    }
    SockAddr.unix(text);
    return new UnixAddress(text, false);
  }

  /**
   * A name that is no file and goes with its socket.
   *
   * @param name without the {@code @} that is written before it, 1 to 107 bytes
   * @throws IllegalArgumentException when it is empty or longer
   */
  public static UnixAddress ofAbstract(String name) {
    SockAddr.abstractName(name);
    return new UnixAddress(name, true);
  }

  static UnixAddress of(SockAddr address) {
    String name = address.abstractName();
    if (name != null) {
      return new UnixAddress(name, true);
    }
    return address.path().isEmpty() ? UNNAMED : new UnixAddress(address.path(), false);
  }

  SockAddr toSockAddr() {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("nothing can be sent to a socket without a name");
    }
    return isAbstract ? SockAddr.abstractName(name) : SockAddr.unix(name);
  }

  /** The path, if it is one. */
  public Optional<Path> path() {
    return isAbstract || name.isEmpty() ? Optional.empty() : Optional.of(Path.of(name));
  }

  /** Whether it is in the abstract namespace. */
  public boolean isAbstract() {
    return isAbstract;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof UnixAddress a && a.isAbstract == isAbstract && a.name.equals(name);
  }

  @Override
  public int hashCode() {
    return Objects.hash(name, isAbstract);
  }

  /** The path, {@code @name}, or {@code (unnamed)}. */
  @Override
  public String toString() {
    return isAbstract ? "@" + name : name.isEmpty() ? "(unnamed)" : name;
  }
}
