package dev.baton.supervisor.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A whole configuration, checked. Immutable; the maps keep the order of the file and are keyed by
 * name.
 *
 * @param name of this instance
 * @param file the configuration file, absolute
 * @param runtimeDir the folder of the admin socket, the state and the logs, absolute
 * @param listeners at most 64
 * @param files at most 64
 * @param pools at most 64
 * @param logs what is kept
 * @param openService the open server for processes that are not workers, if there is one
 * @param admin where operators are served by TCP, if anywhere
 */
public record BatonConfig(
    String name,
    Path file,
    Path runtimeDir,
    Map<String, ListenerConfig> listeners,
    Map<String, FileConfig> files,
    Map<String, PoolConfig> pools,
    LogConfig logs,
    Optional<OpenServiceConfig> openService,
    Optional<AdminConfig> admin) {

  /** Copies the maps. */
  public BatonConfig {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(runtimeDir, "runtimeDir");
    Objects.requireNonNull(logs, "logs");
    Objects.requireNonNull(openService, "openService");
    Objects.requireNonNull(admin, "admin");
    listeners = copy(listeners);
    files = copy(files);
    pools = copy(pools);
  }

  /** What is allowed but probably not meant, one sentence each; empty when there is nothing. */
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    Collection<PoolConfig> all = pools.values();
    if (all.isEmpty()) {
      warnings.add("there are no pools: nothing will run");
    }
    listeners.values().forEach(listener -> warn(listener, warnings));
    for (String held : files.keySet()) {
      if (all.stream().noneMatch(pool -> pool.files().contains(held))) {
        warnings.add("file " + held + " is used by no pool");
      }
    }
    for (PoolConfig pool : all) {
      boolean twice = pool.jvm().options().stream().anyMatch(option -> option.startsWith("-Xmx"));
      if (pool.jvm().heapBytes().isPresent() && twice) {
        warnings.add("pool " + pool.name() + " has both jvm.heap and -Xmx in jvm.options");
      }
    }
    warnings.addAll(OpenWarnings.of(this));
    return List.copyOf(warnings);
  }

  private void warn(ListenerConfig listener, List<String> warnings) {
    boolean datagram = listener.address().datagram();
    String what = "listener " + listener.name();
    if (pools.values().stream().noneMatch(pool -> pool.listeners().contains(listener.name()))) {
      String lost = datagram ? "datagrams will be lost" : "clients will wait";
      warnings.add(what + " is used by no pool: its " + lost);
    }
    if (listener.address().unixName().filter(UnixName::isAbstract).isPresent()) {
      String may = datagram ? "send to it" : "connect";
      String who = "whoever is in this network namespace may " + may;
      warnings.add(what + " has an abstract name, which has no permissions: " + who);
    }
  }

  /** An unmodifiable copy in the same order; unlike {@code Map.copyOf} it admits null values. */
  static <T> Map<String, T> copy(Map<String, ? extends T> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }
}
