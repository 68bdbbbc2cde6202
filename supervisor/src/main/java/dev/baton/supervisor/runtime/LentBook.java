package dev.baton.supervisor.runtime;

import dev.baton.protocol.Descriptor;
import dev.baton.supervisor.store.Inode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What one worker has been lent, by the supervisor's books. Only for the loop's thread. */
final class LentBook {
  /** Of what was replaced or revoked so much is kept: a file can change any number of times. */
  private static final int MOST_FORMER = 32;

  private final List<Lent> all = new ArrayList<>();

  /** What became of what was lent. */
  enum Fate {
    LENT,
    /** The worker was offered another one of the same name since. */
    REPLACED,
    REVOKED
  }

  /**
   * One descriptor that was lent.
   *
   * @param inode by which copies of it are recognized; empty when that could not be told
   * @param since when, on the loop's clock
   */
  record Lent(Descriptor what, Optional<Inode> inode, long since, Fate fate) {
    private Lent now(Fate next) {
      return new Lent(what, inode, since, next);
    }
  }

  void lent(Descriptor what, Optional<Inode> inode, long now) {
    end(what.name(), Fate.REPLACED);
    all.add(new Lent(what, inode, now, Fate.LENT));
  }

  void revoked(String name) {
    end(name, Fate.REVOKED);
  }

  private void end(String name, Fate fate) {
    all.replaceAll(l -> l.fate() == Fate.LENT && l.what().name().equals(name) ? l.now(fate) : l);
    if (all.stream().filter(l -> l.fate() != Fate.LENT).count() > MOST_FORMER) {
      all.remove(all.stream().filter(l -> l.fate() != Fate.LENT).findFirst().orElseThrow());
    }
  }

  List<Lent> all() {
    return List.copyOf(all);
  }
}
