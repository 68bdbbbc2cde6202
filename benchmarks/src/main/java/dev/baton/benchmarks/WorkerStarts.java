package dev.baton.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.e2e.kit.Proc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How long workers took from their spawn, as proc(5) shows it, to the journal's entry that they are
 * ready. Correct to 20 ms: the kernel shows both the start and its own uptime in ticks of 10 ms.
 */
final class WorkerStarts {
  private static final double TICKS_PER_SECOND = 100;

  private WorkerStarts() {}

  /** Of all workers that are there now. */
  static List<Double> secondsToReady(Instance instance) throws IOException {
    Map<String, Instant> ready = new HashMap<>();
    for (JsonNode event : instance.events()) {
      if (event.path("text").asText().equals("ready")) {
        ready.put(event.path("subject").asText(), Instant.parse(event.path("time").asText()));
      }
    }
    Instant boot = boot(Files.readString(Path.of("/proc/uptime")), Instant.now());
    List<Double> seconds = new ArrayList<>();
    for (JsonNode pool : instance.status().path("pools")) {
      for (JsonNode worker : pool.path("workers")) {
        Instant end = ready.get(worker.path("id").asText());
        Proc.identity(worker.path("pid").asLong())
            .filter(process -> end != null)
            .ifPresent(process -> seconds.add(between(started(boot, process), end)));
      }
    }
    return seconds;
  }

  static Instant boot(String uptime, Instant now) {
    double seconds = Double.parseDouble(uptime.substring(0, uptime.indexOf(' ')));
    return now.minusMillis(Math.round(seconds * 1000));
  }

  private static Instant started(Instant boot, Proc.Identity process) {
    return boot.plusMillis(Math.round(process.startTicks() * 1000 / TICKS_PER_SECOND));
  }

  private static double between(Instant from, Instant to) {
    return Duration.between(from, to).toNanos() / 1e9;
  }
}
