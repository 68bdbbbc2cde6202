package dev.baton.fd;

import java.util.ArrayList;
import java.util.List;

/**
 * Descriptors that belong together while something is built or received: closing the bag closes
 * what was not taken out. Not thread-safe.
 */
public final class FdBag implements AutoCloseable {
  /** One that stays empty: nothing can be put in. */
  public static final FdBag EMPTY = new FdBag(List.of());

  private final List<OwnedFd> fds;

  /** An empty one. */
  public FdBag() {
    this(new ArrayList<>());
  }

  private FdBag(List<OwnedFd> fds) {
    this.fds = fds;
  }

  /** Puts one in; it is the bag's from now on. */
  public OwnedFd add(OwnedFd fd) {
    fds.add(fd);
    return fd;
  }

  /** How many were put in, taken or not. */
  public int size() {
    return fds.size();
  }

  /** Looks at the i-th without taking it. */
  public OwnedFd get(int i) {
    return fds.get(i);
  }

  /** Says better what the i-th is, while the bag is still its receiver's. */
  public void relabel(int i, String label) {
    fds.get(i).relabel(label);
  }

  /** Moves the i-th out, and those behind it forward. */
  public OwnedFd remove(int i) {
    return fds.remove(i);
  }

  /** Moves the i-th out. */
  public OwnedFd take(int i) {
    OwnedFd fd = fds.get(i);
    return fd.take(fd.label());
  }

  /** Moves the i-th out under a better label. */
  public OwnedFd take(int i, String label) {
    return fds.get(i).take(label);
  }

  @Override
  public void close() {
    fds.forEach(OwnedFd::close);
  }
}
