package dev.baton.worker;

import dev.baton.protocol.ToSupervisor.Jvm;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.function.Supplier;

/** What this JVM's heap and collectors say. Not thread-safe. */
final class JvmFigures {
  private final Supplier<List<GarbageCollectorMXBean>> management;
  private boolean asked;
  private List<GarbageCollectorMXBean> collectors;

  JvmFigures() {
    this(ManagementFactory::getGarbageCollectorMXBeans);
  }

  /** With another way to the collectors. */
  JvmFigures(Supplier<List<GarbageCollectorMXBean>> management) {
    this.management = management;
  }

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
      collectors = load();
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

  /**
   * A worker without a descriptor left cannot load the library of the JDK's management, and after
   * that never: then it says nothing about its collectors, and serves on.
   */
  private List<GarbageCollectorMXBean> load() {
    try {
      return management.get();
    } catch (LinkageError e) {
      return List.of();
    }
  }
}
