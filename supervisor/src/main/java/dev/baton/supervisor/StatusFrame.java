package dev.baton.supervisor;

import dev.baton.supervisor.admin.ListenerTraffic;
import dev.baton.supervisor.admin.ListenerView;
import dev.baton.supervisor.admin.PoolView;
import dev.baton.supervisor.admin.StatusView;
import dev.baton.supervisor.cli.BatonVersion;
import dev.baton.supervisor.runtime.OperatorDesk;
import dev.baton.supervisor.store.HeldListener;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What a status tells beside the pools. */
record StatusFrame(String name, Path directory, long startedAt, OpenServers openServers)
    implements OperatorDesk.Frame {

  @Override
  public StatusView status(
      List<HeldListener> listeners, List<PoolView> pools, Map<String, ListenerTraffic> traffic) {
    return new StatusView(
        BatonVersion.current(),
        ProcessHandle.current().pid(),
        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startedAt),
        name,
        directory.toString(),
        listeners.stream().map(l -> listener(l, traffic)).toList(),
        pools,
        openServers.view());
  }

  private static ListenerView listener(HeldListener l, Map<String, ListenerTraffic> traffic) {
    return new ListenerView(
        l.name(),
        l.address(),
        l.mode().name().toLowerCase(Locale.ROOT),
        Optional.ofNullable(traffic.get(l.name())));
  }
}
