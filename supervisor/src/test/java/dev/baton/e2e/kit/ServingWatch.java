package dev.baton.e2e.kit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.baton.load.Target;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Asks for the status again and again, on a thread of its own, and remembers how few workers of
 * each pool were serving at worst.
 */
public final class ServingWatch implements AutoCloseable {
  private static final long PERIOD_MILLIS = 20;

  private final Map<String, Long> fewest = new TreeMap<>();
  private final CompletableFuture<Void> watching;
  private volatile boolean closed;
  private long looks;

  /** Begins to watch. */
  public ServingWatch(BatonProcess baton) {
    var admin = baton.conf().admin();
    watching =
        CompletableFuture.runAsync(
            () -> watch(admin), task -> new Thread(task, "serving-watch").start());
  }

  private void watch(Target admin) {
    var json = new ObjectMapper();
    try {
      while (!closed) {
        look(json.readTree(Http.get(admin, "/v1/status").body()));
        TimeUnit.MILLISECONDS.sleep(PERIOD_MILLIS);
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException("the status was not to be had during the watch", e);
    }
  }

  private synchronized void look(JsonNode status) {
    looks++;
    for (var pool : status.path("pools")) {
      var name = pool.path("name").asText();
      long serving = StatusJson.workers(status, name).stream().filter(WorkerInfo::serving).count();
      fewest.merge(name, serving, Math::min);
    }
  }

  /** The fewest serving workers of each pool so far. */
  public synchronized Map<String, Long> fewest() {
    return Map.copyOf(fewest);
  }

  /** How often it has looked. */
  public synchronized long looks() {
    return looks;
  }

  /** Ends the watch; fails if the status could not be asked for all the time. */
  @Override
  public void close() {
    closed = true;
    watching.join();
  }
}
