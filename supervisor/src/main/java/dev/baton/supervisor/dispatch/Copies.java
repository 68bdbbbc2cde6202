package dev.baton.supervisor.dispatch;

import dev.baton.fd.OwnedFd;
import dev.baton.sys.PeerAddress;
import dev.baton.sys.Posix;
import java.util.Arrays;

/**
 * Our copies of the connections that no worker has claimed yet, by their place in the ledger, and
 * what a frame needs to know of each. The objects are used again, so that a connection costs none.
 */
final class Copies implements AutoCloseable {
  private static final int FIRST_SIZE = 256;

  private final Posix posix;
  private OwnedFd[] copy = {};
  private byte[] family = {};
  private int[] listener = {};
  private byte[] peer = {};
  private byte[] peerLength = {};

  Copies(Posix posix) {
    this.posix = posix;
  }

  /** Takes charge of a connection that another one kept. */
  void keep(int place, int from, Moved moved) {
    room(place);
    copy[place] = moved.fd();
    listener[place] = from;
    family[place] = (byte) moved.family();
    peerLength[place] = (byte) moved.peer().length;
    System.arraycopy(moved.peer(), 0, peer, place * PeerAddress.TEXT_MAX, moved.peer().length);
  }

  /** Lets go of a connection, which is another one's from now on. */
  OwnedFd take(int place) {
    return copy[place].take("connection");
  }

  /** Takes charge of an accepted connection. */
  void keep(int place, int number, int from, PeerAddress who) {
    room(place);
    if (copy[place] == null) {
      copy[place] = OwnedFd.of(posix, number, "connection");
    } else {
      copy[place].renew(number);
    }
    listener[place] = from;
    family[place] = (byte) who.family();
    peerLength[place] = (byte) who.text(peer, place * PeerAddress.TEXT_MAX);
  }

  private void room(int place) {
    if (place >= copy.length) {
      grow(Math.max(FIRST_SIZE, Integer.highestOneBit(place) * 2));
    }
  }

  private void grow(int size) {
    copy = Arrays.copyOf(copy, size);
    family = Arrays.copyOf(family, size);
    listener = Arrays.copyOf(listener, size);
    peer = Arrays.copyOf(peer, size * PeerAddress.TEXT_MAX);
    peerLength = Arrays.copyOf(peerLength, size);
  }

  OwnedFd get(int place) {
    return copy[place];
  }

  /** AF_INET, AF_INET6 or AF_UNIX. */
  int family(int place) {
    return family[place];
  }

  /** The index of its listener. */
  int listener(int place) {
    return listener[place];
  }

  /** Writes the client's address, and returns how many bytes that is. */
  int peer(int place, byte[] target) {
    int length = peerLength[place];
    System.arraycopy(peer, place * PeerAddress.TEXT_MAX, target, 0, length);
    return length;
  }

  /** A worker has it, or nobody will. */
  void close(int place) {
    copy[place].close();
  }

  @Override
  public void close() {
    for (OwnedFd each : copy) {
      if (each != null) {
        each.close();
      }
    }
  }
}
