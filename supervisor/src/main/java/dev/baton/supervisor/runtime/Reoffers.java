package dev.baton.supervisor.runtime;

import dev.baton.protocol.Descriptor;
import dev.baton.sys.SysException;

/** What the workers of a pool have been offered, and the store has changed since. For the loop. */
final class Reoffers {
  private final Surroundings around;
  private final LiveWorkers live;

  Reoffers(Surroundings around, LiveWorkers live) {
    this.around = around;
    this.live = live;
  }

  /** The store has opened a held file anew, which they are to have, too. */
  void fileChanged(String file) {
    live.each(w -> offerAnew(w, file));
  }

  private void offerAnew(LiveWorker worker, String file) {
    try {
      Descriptor what = around.store().describe(file);
      if (worker.session().offerAnew(what, around.store().lend(file))) {
        worker
            .lent()
            .lent(what, around.store().inode(file, worker.id().slot()), around.loop().now());
      }
    } catch (SysException e) {
      String why = "was not offered the changed file " + file + ": " + e.getMessage();
      around.journal().warn(worker.id().toString(), why);
    }
  }

  /** A listener that has ended is let go of by whoever has it. */
  void revoke(String listener) {
    live.each(
        w -> {
          w.session().revoke(listener);
          w.lent().revoked(listener);
        });
  }
}
