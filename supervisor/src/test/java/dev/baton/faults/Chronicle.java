package dev.baton.faults;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.baton.e2e.kit.Http;
import dev.baton.load.Target;
import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What the supervisor's journal has told, read often enough that nothing is missed. */
final class Chronicle {
  private static final int NEWEST = 1000;
  private static final Pattern TAKEN = Pattern.compile("takes the slot; it was spare (\\S+)");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Target admin;
  private final Set<Entry> entries = new LinkedHashSet<>();

  /** An entry of the journal. */
  record Entry(Instant time, String kind, String subject, String text) {
    boolean isWorker() {
      return subject.indexOf('#') > 0;
    }

    /** The spare that a worker was before this. */
    Optional<String> spare() {
      var taken = TAKEN.matcher(text);
      return isWorker() && taken.matches() ? Optional.of(taken.group(1)) : Optional.empty();
    }

    boolean isEnd() {
      return isWorker() && text.startsWith("exited");
    }

    /** Whether it ended with what it had taken. */
    boolean cuts() {
      return isEnd() && !text.equals("exited: exit code 0");
    }

    /** Whether it ended otherwise than a worker should that was told to leave. */
    boolean needsExcuse() {
      return isEnd() && (kind.equals("warning") || text.contains("did not"));
    }

    @Override
    public String toString() {
      return time + " " + kind + " " + subject + ": " + text;
    }
  }

  Chronicle(Target admin) {
    this.admin = admin;
  }

  /** Reads what is new. */
  synchronized void read() throws IOException {
    var answer = Http.get(admin, "/v1/events?newest=" + NEWEST);
    if (answer.status() != 200) {
      throw new IOException("events: " + answer);
    }
    for (var event : JSON.readTree(answer.body()).path("events")) {
      entries.add(
          new Entry(
              Instant.parse(event.path("time").asText()),
              event.path("kind").asText(),
              event.path("subject").asText(),
              event.path("text").asText()));
    }
  }

  /** What was read so far, in its order. */
  synchronized Collection<Entry> entries() {
    return List.copyOf(entries);
  }
}
