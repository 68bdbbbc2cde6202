package dev.baton.worker;

import dev.baton.protocol.ToSupervisor.Jvm;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;

/** What this JVM's heap and collectors say. Not thread-safe. */
final class JvmFigures {
  private boolean asked;
  private List<GarbageCollectorMXBean> collectors;

  /**
   * The figures now; null when asked for the first time, which is while a worker starts: loading
   * the JDK's management takes some tens of milliseconds.
   */
  Jvm now() {
    if (!asked) {
      asked = true;
      return null;
    }
    if (collectors == null) {
      collectors = ManagementFactory.getGarbageCollectorMXBeans();
    }
    long count = 0;
    long millis = 0;
    for (GarbageCollectorMXBean collector : collectors) {
      count += Math.max(0, collector.getCollectionCount()); // -1: it does not know
      millis += Math.max(0, collector.getCollectionTime());
    }
    Runtime runtime = Runtime.getRuntime();
    long committed = runtime.totalMemory();
    long used = Math.max(0, committed - runtime.freeMemory());
    return new Jvm(used, committed, runtime.maxMemory(), count, millis);
  }
}
