package dev.baton.supervisor.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * How much memory processes take, from {@code /proc/PID/status}: the kernel walks through a
 * process's figures for it, so it is read on a thread of its own, which is there while it is asked.
 * Thread-safe.
 */
public final class ResidentSets {
  private static final String FIELD = "\nVmRSS:";
  private static final int KIBI = 1024;

  private final Path proc;
  private final ThreadPoolExecutor thread;

  /** Of this machine's processes. */
  public ResidentSets() {
    this(Path.of("/proc"));
  }

  ResidentSets(Path proc) {
    this.proc = proc;
    thread =
        new ThreadPoolExecutor(
            1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), ResidentSets::daemon);
    thread.allowCoreThreadTimeOut(true);
  }

  private static Thread daemon(Runnable work) {
    Thread t = new Thread(work, "baton-memory");
    t.setDaemon(true);
    return t;
  }

  /**
   * The resident sets in bytes, by the key of each process; without those that have ended.
   *
   * @param pids must be children that were not reaped when it was called
   */
  public <K> CompletableFuture<Map<K, Long>> read(Map<K, Integer> pids) {
    Map<K, Integer> asked = Map.copyOf(pids);
    return CompletableFuture.supplyAsync(
        () -> {
          Map<K, Long> found = new HashMap<>();
          asked.forEach((key, pid) -> of(pid).ifPresent(bytes -> found.put(key, bytes)));
          return found;
        },
        thread);
  }

  /** Empty for one that has ended. */
  private OptionalLong of(int pid) {
    try {
      byte[] status = Files.readAllBytes(proc.resolve(Integer.toString(pid)).resolve("status"));
      return resident(new String(status, StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  /** Bytes, from the text of a status file; a zombie's has no such line. */
  static OptionalLong resident(String status) {
    int at = status.indexOf(FIELD);
    int end = at < 0 ? -1 : status.indexOf(" kB", at);
    if (end < 0) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(
          KIBI * Long.parseLong(status.substring(at + FIELD.length(), end).strip()));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }
}
