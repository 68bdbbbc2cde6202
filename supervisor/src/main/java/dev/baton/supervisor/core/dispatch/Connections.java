package dev.baton.supervisor.core.dispatch;

import java.util.Arrays;

/**
 * Every connection of a pool, one place each. The chain that a place is in is the connection's
 * state and its worker at once:
 *
 * <pre>
 *   FREE -> FRESH -> handed(worker) -> open(worker) -> FREE
 *             ^          |      \         ^
 *             |          v       \        |
 *           AGAIN <- ------------- recalled(worker)
 * </pre>
 *
 * Arrays grow by doubling and never shrink: about 70 bytes for each connection of the fullest
 * moment.
 */
final class Connections {
  static final int NONE = -1;
  static final int FREE = 0;
  static final int FRESH = 1;
  static final int AGAIN = 2;
  private static final int WORKERS = 3;
  private static final int PER_WORKER = 3;
  private static final int FIRST_SIZE = 256;

  private final NumberMap map = new NumberMap();
  private final Chains chains = new Chains();
  private long[] number = {};
  private long[] clientHash = {};
  private long[] deadline = {};
  private long[] handedAt = {};
  private long[] refuser = {};
  private int[] listener = {};

  Connections() {
    chains.chains(WORKERS);
    grow(FIRST_SIZE);
  }

  static int handed(int worker) {
    return WORKERS + PER_WORKER * worker;
  }

  static int recalled(int worker) {
    return handed(worker) + 1;
  }

  static int open(int worker) {
    return handed(worker) + 2;
  }

  void workers(int count) {
    chains.chains(WORKERS + PER_WORKER * count);
  }

  private void grow(int count) {
    number = Arrays.copyOf(number, count);
    clientHash = Arrays.copyOf(clientHash, count);
    deadline = Arrays.copyOf(deadline, count);
    handedAt = Arrays.copyOf(handedAt, count);
    refuser = Arrays.copyOf(refuser, count);
    listener = Arrays.copyOf(listener, count);
    chains.places(count, FREE);
  }

  /** A new connection, last in the queue. */
  int add(long connection, int from, long hash) {
    if (map.get(connection) != NONE) {
      throw new IllegalArgumentException("connection " + connection + " is known already");
    }
    if (chains.first(FREE) == NONE) {
      grow(2 * number.length);
    }
    int place = chains.first(FREE);
    map.put(connection, place);
    number[place] = connection;
    listener[place] = from;
    clientHash[place] = hash;
    refuser[place] = NONE;
    chains.move(place, FRESH);
    return place;
  }

  /** Its end: nothing is known about it any more. */
  void remove(int place) {
    map.remove(number[place]);
    chains.move(place, FREE);
  }

  /** Back into the queue, before all that nobody had yet. */
  void again(int place, long refusedBy) {
    refuser[place] = refusedBy;
    chains.move(place, AGAIN);
  }

  /** Into a worker's chain. */
  void move(int place, int chain, long due) {
    deadline[place] = due;
    chains.move(place, chain);
  }

  /** It was sent to a worker. */
  void hand(int place, int worker, long now, long due) {
    handedAt[place] = now;
    move(place, handed(worker), due);
  }

  /** When it was sent to a worker last. */
  long handedAt(int place) {
    return handedAt[place];
  }

  int find(long connection) {
    return map.get(connection);
  }

  /** The one that is handed over next, or {@link #NONE}. */
  int head() {
    int place = chains.first(AGAIN);
    return place == NONE ? chains.first(FRESH) : place;
  }

  int first(int chain) {
    return chains.first(chain);
  }

  int waiting() {
    return chains.size(AGAIN) + chains.size(FRESH);
  }

  boolean isWaiting(int place) {
    int chain = chains.of(place);
    return chain == FRESH || chain == AGAIN;
  }

  /** Whether a worker had it before. */
  boolean cameBack(int place) {
    return chains.of(place) == AGAIN;
  }

  boolean unclaimedBy(int place, int worker) {
    if (place == NONE) {
      return false;
    }
    int chain = chains.of(place);
    return chain == handed(worker) || chain == recalled(worker);
  }

  boolean isRecalled(int place) {
    return chains.of(place) == recalled(worker(place));
  }

  boolean openWith(int place, int worker) {
    return place != NONE && chains.of(place) == open(worker);
  }

  /** The worker that has it, or {@link #NONE} while it waits. */
  int worker(int place) {
    int chain = chains.of(place);
    return chain < WORKERS ? NONE : (chain - WORKERS) / PER_WORKER;
  }

  long number(int place) {
    return number[place];
  }

  int listener(int place) {
    return listener[place];
  }

  long clientHash(int place) {
    return clientHash[place];
  }

  long deadline(int place) {
    return deadline[place];
  }

  /** The serial number of the worker that refused it last, or {@link #NONE}. */
  long refuser(int place) {
    return refuser[place];
  }
}
