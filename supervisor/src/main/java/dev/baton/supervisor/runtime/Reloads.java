package dev.baton.supervisor.runtime;

import dev.baton.supervisor.admin.ReloadWatcher;
import dev.baton.supervisor.admin.Verdict;
import dev.baton.supervisor.config.BatonConfig;
import dev.baton.supervisor.config.ConfigException;
import dev.baton.supervisor.config.FileConfig;
import dev.baton.supervisor.config.Problem;
import dev.baton.supervisor.store.Reopened;
import dev.baton.supervisor.store.StoreException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Reads the configuration again and has what differs done, one reload at a time. What may block, or
 * fail, comes first and on a thread of its own: reading the file, opening files. Only when all of
 * that has gone well is anything changed. Only for the loop's thread.
 */
final class Reloads {
  private final Surroundings around;
  private final ConfigSource source;
  private final Collection<PoolRuntime> pools;
  private boolean busy;

  Reloads(Surroundings around, ConfigSource source, Collection<PoolRuntime> pools) {
    this.around = around;
    this.source = source;
    this.pools = pools;
  }

  void begin(ReloadWatcher watcher) {
    if (busy) {
      watcher.refused("a reload is under way");
      return;
    }
    busy = true;
    Reopened.Held held = around.store().marks();
    new Thread(() -> prepare(held, watcher), "baton-reload").start();
  }

  private void prepare(Reopened.Held held, ReloadWatcher watcher) {
    try {
      BatonConfig wanted = source.read();
      List<FileConfig> files =
          wanted.files().values().stream()
              .filter(f -> held.configs().containsKey(f.name()))
              .toList();
      Reopened reopened = Reopened.open(around.posix(), held, files);
      around.loop().execute(() -> apply(reopened, watcher));
    } catch (ConfigException e) {
      List<String> problems = e.problems().stream().map(Problem::toString).toList();
      around.loop().execute(() -> unusable(true, problems, watcher));
    } catch (StoreException e) {
      around.loop().execute(() -> unusable(false, e.problems(), watcher));
    } catch (RuntimeException e) {
      around.loop().execute(() -> unusable(false, List.of(e.toString()), watcher));
    }
  }

  private void unusable(boolean configuration, List<String> problems, ReloadWatcher watcher) {
    busy = false;
    for (String problem : problems) {
      around.journal().warn("supervisor", "not reloaded: " + problem);
    }
    watcher.unusable(configuration, problems);
  }

  private void apply(Reopened reopened, ReloadWatcher watcher) {
    busy = false;
    List<String> files = reopened.names();
    around.store().adopt(reopened);
    for (String file : files) {
      pools.stream()
          .filter(p -> p.config().files().contains(file))
          .forEach(p -> p.fileChanged(file));
      String text = "file " + file + " was opened anew and offered again";
      around.journal().info("supervisor", text);
      watcher.progress(text);
    }
    String text = files.isEmpty() ? "nothing has changed" : "reloaded";
    watcher.finished(new Verdict(true, text, 0, List.of(), Optional.empty()));
  }
}
