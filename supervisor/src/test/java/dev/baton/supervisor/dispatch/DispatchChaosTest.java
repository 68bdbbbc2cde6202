package dev.baton.supervisor.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.supervisor.core.dispatch.LeastConnections;
import dev.baton.testkit.FdLeakCheck;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Real sockets, a real dispatch thread, and workers that greet, claim late, refuse, close and die
 * as a seed says. Every client is greeted exactly once, whatever happens; its greeting is the
 * witness.
 */
@ExtendWith(FdLeakCheck.class)
@Timeout(120)
class DispatchChaosTest {
  private static final int CLIENTS = 400;
  private static final int MOST_CLIENTS = 20 * CLIENTS;
  private static final int MOST_WAITING = DispatchWorld.BACKLOG / 2; // a full queue blocks connect
  private static final int WORKERS = 3;
  private static final int DEATHS = 25;

  private final Deque<Socket> clients = new ArrayDeque<>();
  private final Plugin[] plugins = new Plugin[WORKERS];
  private DispatchWorld world;
  private Random random;
  private int connected;
  private int deaths;

  /** A worker with what it has, and has not said yet. */
  private static final class Plugin {
    final FakeWorker worker;
    final Deque<FakeWorker.Handed> inbox = new ArrayDeque<>();
    final List<FakeWorker.Handed> greeted = new ArrayList<>();
    final List<FakeWorker.Handed> claimed = new ArrayList<>();

    Plugin(FakeWorker worker) {
      this.worker = worker;
    }

    void receive() throws Exception {
      Optional<FakeWorker.Handed> next = worker.poll();
      for (; next.isPresent(); next = worker.poll()) {
        inbox.add(next.get());
      }
    }

    void greet() throws Exception {
      FakeWorker.Handed handed = inbox.removeFirst();
      handed.write("g");
      greeted.add(handed);
    }

    void refuse() {
      FakeWorker.Handed handed = inbox.removeLast();
      handed.fd().close();
      worker.refuse(handed.number());
    }

    void claim() {
      worker.claim(greeted.stream().mapToLong(FakeWorker.Handed::number).toArray());
      claimed.addAll(greeted);
      greeted.clear();
    }

    void close() {
      for (FakeWorker.Handed handed : claimed) {
        handed.fd().close();
        worker.closed(handed.number());
      }
      claimed.clear();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void everyClientIsGreetedOnce(long seed) throws Exception {
    random = new Random(seed);
    DispatchWorld.Choice choice = new DispatchWorld.Choice();
    choice.policy = new LeastConnections();
    choice.maxUnclaimed = 8;
    choice.maxConnections = 20;
    try (DispatchWorld opened = new DispatchWorld(choice)) {
      world = opened;
      for (int slot = 0; slot < WORKERS; slot++) {
        plugins[slot] = new Plugin(world.worker(slot));
      }
      while (connected < CLIENTS || deaths < DEATHS || !redispatched()) {
        assertTrue(connected < MOST_CLIENTS, "nobody ever had to be handed over twice");
        step();
      }
      for (Socket client : clients) {
        greetedOnce(client);
      }
      world.await("the end of all", f -> f.connections().accepted() == connected);
      DispatchFigures end = world.awaitFigures("no connection", f -> !f.busy());
      assertEquals(0, end.listeners().get("web").connections().vanished());
      assertTrue(world.asked.stream().allMatch("demand"::equals), () -> "asked: " + world.asked);
    }
  }

  /** On a busy machine a death may find nothing that was handed over and not taken. */
  private boolean redispatched() {
    DispatchFigures.Listener web = world.figures().listeners().get("web");
    return web != null && web.connections().redispatched() > 0;
  }

  private void step() throws Exception {
    for (int i = random.nextInt(4); i > 0; i--) {
      if (clients.size() >= MOST_WAITING) {
        greetedOnce(clients.removeFirst());
      }
      clients.add(world.connect());
      connected++;
    }
    int slot = random.nextInt(WORKERS);
    Plugin plugin = plugins[slot];
    plugin.receive();
    int dice = random.nextInt(100);
    if (dice < 45 && !plugin.inbox.isEmpty()) {
      plugin.greet();
    } else if (dice < 60) {
      plugin.claim();
    } else if (dice < 75) {
      plugin.close();
    } else if (dice < 85 && !plugin.inbox.isEmpty()) {
      plugin.refuse();
    } else if (dice < 93) {
      plugin.worker.die();
      plugin.worker.reaped();
      plugins[slot] = new Plugin(world.worker(slot));
      deaths++;
    } else if (!clients.isEmpty()) {
      greetedOnce(clients.removeFirst());
    }
  }

  /** Everybody works on until this client was served to its end. */
  private void greetedOnce(Socket client) throws Exception {
    client.setSoTimeout(1);
    StringBuilder got = new StringBuilder();
    long deadline = System.nanoTime() + DispatchWorld.PATIENCE_MILLIS * 1_000_000L;
    for (; ; ) {
      assertTrue(System.nanoTime() - deadline < 0, () -> "a client still waits after: " + got);
      for (Plugin plugin : plugins) {
        plugin.receive();
        while (!plugin.inbox.isEmpty()) {
          plugin.greet();
        }
        plugin.claim();
        plugin.close();
      }
      try {
        int next = client.getInputStream().read();
        if (next < 0) {
          break;
        }
        got.append((char) next);
      } catch (java.net.SocketTimeoutException e) {
        continue;
      }
    }
    assertEquals("g", got.toString());
    client.close();
  }
}
