package dev.baton.e2e.kit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.baton.testkit.Python;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Workers that speak the control channel's protocol by themselves, without our SDK, and so say
 * anything: scripts in Python in the place of {@code java}. What a script has to tell is a file.
 */
public final class RawWorkers {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** What all scripts begin with. */
  private static final String PRELUDE =
      """
      import json, os, socket, sys
      channel = socket.socket(fileno=int(os.environ["BATON_CHANNEL_FD"]))

      def send(message, fds=()):
          data = message if isinstance(message, bytes) else json.dumps(message).encode()
          socket.send_fds(channel, [data], fds)

      def receive():  # the next message that is no ping, and how many descriptors it brought
          while True:
              data, fds, flags, _ = socket.recv_fds(channel, 65536, 253)
              if not data:
                  sys.exit(0)
              for fd in fds:
                  os.close(fd)
              message = json.loads(data)
              if message["type"] == "stop":
                  sys.exit(0)
              if message["type"] == "drain":
                  send({"type": "drained", "id": message["id"]})
              elif message["type"] == "ping":
                  send({"type": "pong", "seq": message["seq"]})
              else:
                  return message, len(fds)

      def hello():
          send({"type": "hello", "protocol": "1.0", "pid": os.getpid()})

      def ready():
          hello()
          while receive()[0]["type"] != "start":
              pass
          send({"type": "ready"})

      def open_(path=FILE, id=1, access=("read",), **more):
          return {"type": "open", "id": id, "path": path, "how": {"access": access}} | more

      def tell(what):
          with open(TOLD + ".new", "w") as file:
              json.dump(what, file)
          os.rename(TOLD + ".new", TOLD)

      """;

  private final Path folder;
  private final Path file;
  private final ConfFile conf;
  private final String python = Python.required();

  /**
   * Scripts and what they tell are in a folder.
   *
   * @param file what they ask for where nothing else is said
   */
  public RawWorkers(Path folder, Path file, ConfFile conf) {
    this.folder = folder;
    this.file = file;
    this.conf = conf;
  }

  /** Adds a pool of one such worker, with one life; its other settings are the caller's. */
  public ConfFile add(String pool, String script) throws IOException {
    var java = folder.resolve(pool + ".py");
    var names = String.format("FILE, TOLD = \"%s\", \"%s\"%n", file, told(pool));
    Files.writeString(java, "#!" + python + "\n" + names + PRELUDE + script);
    if (!java.toFile().setExecutable(true)) {
      throw new IOException(java + " cannot be made executable");
    }
    return conf.pool(
        pool,
        settings ->
            settings
                .plugin("none.of.Java")
                .set("jvm.java", java.toString())
                .backoff(Duration.ofMinutes(5), Duration.ofMinutes(5)));
  }

  private Path told(String pool) {
    return folder.resolve(pool + ".told");
  }

  /** Waits for what a script tells. */
  public JsonNode awaitTold(String pool, BatonProcess baton)
      throws IOException, InterruptedException {
    var told = told(pool);
    Deadline.await(PATIENCE, pool + " tells something", () -> Files.exists(told), baton::describe);
    return JSON.readTree(told.toFile());
  }
}
