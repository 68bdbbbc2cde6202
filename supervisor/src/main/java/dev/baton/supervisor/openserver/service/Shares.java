package dev.baton.supervisor.openserver.service;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What all clients have together, and those of each user: so that one user's clients, however many,
 * leave something for those of others. Only for the service's thread.
 */
final class Shares {
  /** Requests that are not answered, or whose answer was not sent; each may hold a descriptor. */
  static final int HELD = 4096;

  /** Bytes of lines that are not complete. */
  static final int BYTES = 16 * 1024 * 1024;

  private static final int USERS = 8;

  private final int maxClients;
  private final int maxClientsPerUser;
  private final Map<Integer, Share> users = new HashMap<>();
  private int clients;
  private int held;
  private int bytes;

  Shares(int maxClients, int maxClientsPerUser) {
    this.maxClients = maxClients;
    this.maxClientsPerUser = maxClientsPerUser;
  }

  /** What one user's clients have. */
  final class Share {
    private final int uid;
    private int clients;
    private int held;
    private int bytes;

    private Share(int uid) {
      this.uid = uid;
    }

    /** Whether one more request may be under way; {@link #release} gives it back. */
    boolean hold() {
      if (Shares.this.held >= HELD || held >= HELD / 2) {
        return false;
      }
      Shares.this.held++;
      held++;
      return true;
    }

    void release(int count) {
      Shares.this.held -= count;
      held -= count;
    }

    /** Takes or gives back memory; false when there is too little, and then it is not taken. */
    boolean grow(int by) {
      if (by > 0 && (Shares.this.bytes + by > BYTES || bytes + by > BYTES / USERS)) {
        return false;
      }
      Shares.this.bytes += by;
      bytes += by;
      return true;
    }

    /** A client has left, and has given back what it had. */
    void leave() {
      Shares.this.clients--;
      if (--clients == 0) {
        users.remove(uid);
      }
    }
  }

  /** Why a user's client cannot enter; empty when it can. */
  Optional<String> full(int uid) {
    if (clients >= maxClients) {
      return Optional.of("the open service has " + clients + " clients, which is its limit");
    }
    Share share = users.get(uid);
    if (share != null && share.clients >= maxClientsPerUser) {
      return Optional.of(
          "your user has " + share.clients + " connections, which is the limit for one");
    }
    return Optional.empty();
  }

  /** A client enters, which {@link #full} has allowed. */
  Share enter(int uid) {
    Share share = users.computeIfAbsent(uid, Share::new);
    clients++;
    share.clients++;
    return share;
  }
}
