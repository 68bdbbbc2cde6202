package dev.baton.supervisor.core.dispatch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Notes every effect in words, and answers as it was told to. */
final class RecordingHands implements Hands {
  /** By worker; SENT where nothing is said. */
  final Map<Integer, Handed> handed = new HashMap<>();

  /** By connection; UNTOUCHED where nothing is said. */
  final Map<Long, Found> found = new HashMap<>();

  private final List<String> effects = new ArrayList<>();

  /** The effects since the last call. */
  List<String> taken() {
    List<String> taken = List.copyOf(effects);
    effects.clear();
    return taken;
  }

  @Override
  public Handed hand(long connection, int worker) {
    Handed how = handed.getOrDefault(worker, Handed.SENT);
    effects.add((how == Handed.SENT ? "hand " : how + " ") + connection + " to " + worker);
    return how;
  }

  @Override
  public void closeOurCopy(long connection) {
    effects.add("close " + connection);
  }

  @Override
  public void recall(int worker, long[] connections, int count) {
    long[] meant = Arrays.copyOf(connections, count);
    effects.add("recall " + Arrays.toString(meant) + " from " + worker);
  }

  @Override
  public Found examine(long connection) {
    effects.add("examine " + connection);
    return found.getOrDefault(connection, Found.UNTOUCHED);
  }

  @Override
  public void kill(int worker, Fault fault, long connection) {
    effects.add("kill " + worker + " " + fault + " " + connection);
  }

  @Override
  public void accepting(boolean on) {
    effects.add(on ? "accept" : "pause");
  }
}
