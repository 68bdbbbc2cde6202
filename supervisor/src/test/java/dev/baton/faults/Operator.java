package dev.baton.faults;

import dev.baton.e2e.kit.Http;
import dev.baton.load.Target;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/** Gives random commands, and some that are none. */
final class Operator implements Callable<Void> {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Set<Integer> ALLOWED = Set.of(200, 400, 404, 405, 409);
  private static final byte[] JUNK = {0, (byte) 0xff, '\r', '\n', '{', 1, 2, '\r', '\n'};

  private final Target admin;
  private final Random random;
  private final int commands;
  private final Consumer<String> problems;

  /**
   * So many commands, chosen by a seed.
   *
   * @param problems told what should not have been answered so, on the thread of the call
   */
  Operator(Target admin, long seed, int commands, Consumer<String> problems) {
    this.admin = admin;
    random = new Random(seed);
    this.commands = commands;
    this.problems = problems;
  }

  @Override
  public Void call() {
    for (int i = 0; i < commands; i++) {
      var pool = "/v1/pools/" + Instance.POOLS.get(random.nextInt(Instance.POOLS.size()));
      try {
        switch (random.nextInt(9)) {
          case 0 -> ask("POST", pool + "/restart", "");
          case 1, 2, 3 ->
              ask("POST", pool + "/scale", "{\"workers\":" + (1 + random.nextInt(3)) + "}");
          case 4 -> ask("GET", "/v1/status", "");
          case 5 -> ask("POST", pool + "/scale", "{\"workers\":[[[");
          case 6 -> ask("POST", "/v1/pools/nobody/restart", "{}");
          case 7 -> ask("POST", pool + "/reset", "");
          default -> junk();
        }
      } catch (IOException e) {
        problems.accept(e.toString());
      }
    }
    return null;
  }

  private void ask(String method, String path, String body) throws IOException {
    var answer = Http.request(admin, method, path, body, PATIENCE);
    if (!ALLOWED.contains(answer.status())) {
      problems.accept(method + " " + path + " " + body + ": " + answer);
    }
  }

  /** Bytes that are no request, or half of one, without a wait for what is said to them. */
  private void junk() throws IOException {
    try (var channel = SocketChannel.open(admin.address())) {
      var half = "POST /v1/stop HTTP/1.1\r\nContent-Le".getBytes(StandardCharsets.US_ASCII);
      channel.write(ByteBuffer.wrap(random.nextBoolean() ? JUNK : half));
    }
  }
}
