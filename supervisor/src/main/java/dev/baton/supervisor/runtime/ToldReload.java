package dev.baton.supervisor.runtime;

import dev.baton.supervisor.admin.ReloadWatcher;
import dev.baton.supervisor.admin.Verdict;
import java.util.List;

/** Tells somebody else, too, that a reload is over, however it ended. */
record ToldReload(ReloadWatcher watcher, Runnable over) implements ReloadWatcher {
  @Override
  public void refused(String reason) {
    watcher.refused(reason);
    over.run();
  }

  @Override
  public void unusable(boolean configuration, List<String> problems) {
    watcher.unusable(configuration, problems);
    over.run();
  }

  @Override
  public void progress(String line) {
    watcher.progress(line);
  }

  @Override
  public void finished(Verdict verdict) {
    watcher.finished(verdict);
    over.run();
  }
}
