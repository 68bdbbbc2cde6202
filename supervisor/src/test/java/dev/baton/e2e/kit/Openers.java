package dev.baton.e2e.kit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/** One pool of one worker that asks the supervisor for what a test tells it to ask for. */
public final class Openers {
  /** The name of the pool. */
  public static final String POOL = "openers";

  private static final String LISTENER = "commands";
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final ConfFile conf;
  private final List<Map<String, Object>> rules = new ArrayList<>();

  /** Writes what the worker needs into a folder. */
  public Openers(Path folder) throws IOException {
    var classes = PluginFolder.in(folder.resolve("plugin"));
    conf = ConfFile.in(folder).tcp(LISTENER);
    conf.pool(
        POOL,
        pool ->
            pool.plugin(PluginFolder.OPEN)
                .classPath(classes)
                .listeners(LISTENER)
                .heap("64m")
                .set("open", rules));
  }

  /** A rule with the defaults: regular files for reading. */
  public Openers allow(Path root) {
    return allow(root, Map.of());
  }

  /**
   * A rule.
   *
   * @param more its other keys: access, match, follow, kinds
   */
  public Openers allow(Path root, Map<String, Object> more) {
    var rule = new LinkedHashMap<String, Object>(Map.of("root", root.toString()));
    rule.putAll(more);
    rules.add(rule);
    return this;
  }

  /** Bounds on requests: inFlight, perSecond, openAtOnce. */
  public Openers limit(String key, int value) {
    conf.pool(POOL, pool -> pool.set("openLimits." + key, value));
    return this;
  }

  /** Addresses: {@code connect} or {@code bind}. */
  public Openers addresses(String key, String... allowed) {
    conf.pool(POOL, pool -> pool.set(key, List.of(allowed)));
    return this;
  }

  /** The configuration. */
  public ConfFile conf() {
    return conf;
  }

  /** The only worker. */
  public static long pid(BatonProcess baton) throws IOException {
    return baton.workers(POOL).get(0).pid();
  }

  /** The audit log, once it is as it should be: lines are written a little after the answers. */
  public static String audit(ConfFile conf, String expected, Predicate<String> complete)
      throws IOException, InterruptedException {
    var file = conf.runtimeDir().resolve("logs/audit.log");
    var log = new AtomicReference<>("");
    Deadline.await(
        Duration.ofSeconds(10),
        file + " with " + expected,
        () -> {
          log.set(Files.readString(file));
          return complete.test(log.get());
        },
        log::get);
    return log.get();
  }

  /** A connection to the worker, for commands and answers. For one thread. */
  public static final class Client implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader answers;

    /** Connects. */
    public Client(BatonProcess baton) throws IOException {
      var address = (InetSocketAddress) baton.target(LISTENER).address();
      socket = new Socket(address.getAddress(), address.getPort());
      socket.setSoTimeout((int) PATIENCE.toMillis());
      answers =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Sends a command of {@code dev.baton.e2e.plugin.OpenWorker} and waits for its answer. */
    public String ask(String... words) throws IOException {
      var line = String.join(" ", words) + "\n";
      socket.getOutputStream().write(line.getBytes(StandardCharsets.UTF_8));
      var answer = answers.readLine();
      if (answer == null) {
        throw new AssertionError("the worker has closed the connection after " + line);
      }
      return answer;
    }

    /** As {@link #ask}, where the answer is of the form {@code NAME=COUNT}. */
    public Map<String, Long> count(String... words) throws IOException {
      var answer = ask(words);
      var counts = new LinkedHashMap<String, Long>();
      for (var word : answer.split(" ")) {
        int equals = word.lastIndexOf('=');
        if (equals < 0) {
          throw new AssertionError("no counts: " + answer);
        }
        counts.put(word.substring(0, equals), Long.parseLong(word.substring(equals + 1)));
      }
      return counts;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
