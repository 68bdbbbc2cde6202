package dev.baton.supervisor.systemd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.ipc.UnixAddress;
import dev.baton.ipc.UnixDatagram;
import dev.baton.sys.Posix;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against a socket of the kind that a manager listens on. */
@Timeout(30)
class NotifierTest {
  @TempDir private Path folder;

  private static String next(UnixDatagram manager) throws IOException {
    return manager
        .receive(Duration.ofSeconds(10))
        .map(m -> new String(m.bytes(), StandardCharsets.UTF_8))
        .orElse("nothing");
  }

  private static void assertSilent(UnixDatagram manager) throws IOException {
    assertEquals(Optional.empty(), manager.receive(Duration.ZERO).map(m -> m.bytes().length));
  }

  @Test
  void aWholeLife() throws IOException {
    Path path = folder.resolve("notify");
    try (UnixDatagram manager = UnixDatagram.bind(path);
        Notifier notifier =
            Notifier.of(
                Map.of("NOTIFY_SOCKET", path.toString(), "WATCHDOG_USEC", "4000000"), 4711)) {
      ServiceLife life = new ServiceLife(notifier, StoredFds.of(Posix.system(), Map.of()));
      assertTrue(life.watched());
      long second = TimeUnit.SECONDS.toNanos(1);
      life.look(true, "0 of 2 workers serve", second);
      assertEquals("WATCHDOG=1", next(manager));
      life.reloading();
      assertSilent(manager);
      life.look(false, "2 of 2 workers serve", second + 1);
      assertEquals("READY=1\nSTATUS=2 of 2 workers serve", next(manager));
      life.look(true, "1 of 2 workers serve", second + 2);
      assertEquals("STATUS=1 of 2 workers serve", next(manager));
      life.look(false, "1 of 2 workers serve", 2 * second);
      assertEquals("WATCHDOG=1", next(manager));
      assertSilent(manager);

      long before = TimeUnit.NANOSECONDS.toMicros(System.nanoTime());
      life.reloading();
      String[] reloading = next(manager).split("\n");
      assertEquals("RELOADING=1", reloading[0]);
      assertTrue(reloading[1].startsWith("MONOTONIC_USEC="), reloading[1]);
      assertTrue(Long.parseLong(reloading[1].substring(15)) >= before);
      life.reloaded();
      assertEquals("READY=1\nSTATUS=1 of 2 workers serve", next(manager));

      life.stopping();
      life.stopping();
      assertTrue(next(manager).startsWith("STOPPING=1\n"));
      life.look(false, "0 of 2 workers serve", 2 * second + 1);
      assertSilent(manager);
    }
  }

  @Test
  void anAbstractName() throws IOException {
    String name = "baton-notify-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
    try (UnixDatagram manager = UnixDatagram.bind(UnixAddress.ofAbstract(name), 0, false);
        Notifier notifier = Notifier.of(Map.of("NOTIFY_SOCKET", "@" + name), 1)) {
      notifier.ready("x");
      assertEquals("READY=1\nSTATUS=x", next(manager));
    }
  }

  @Test
  void withoutAManagerNothingHappens() {
    Map<String, String> gone = Map.of("NOTIFY_SOCKET", folder + "/none");
    Map<String, String> odd = Map.of("NOTIFY_SOCKET", "relative");
    try (Notifier none = Notifier.of(Map.of(), 1);
        Notifier deaf = Notifier.of(gone, 1);
        Notifier strange = Notifier.of(odd, 1)) {
      none.ready("x");
      deaf.ready("x");
      deaf.alive();
      strange.stopping();
      assertFalse(none.heard());
      assertTrue(deaf.heard());
      assertFalse(strange.heard());
    }
  }

  @Test
  void aWatchdogForSomebodyElseIsNotOurs() {
    String socket = folder + "/none";
    assertEquals(Optional.empty(), watchdog(Map.of("NOTIFY_SOCKET", socket)));
    assertEquals(
        Optional.of(Duration.ofMillis(2500)),
        watchdog(
            Map.of("NOTIFY_SOCKET", socket, "WATCHDOG_USEC", "2500000", "WATCHDOG_PID", "42")));
    assertEquals(
        Optional.empty(),
        watchdog(
            Map.of("NOTIFY_SOCKET", socket, "WATCHDOG_USEC", "2500000", "WATCHDOG_PID", "43")));
    assertEquals(
        Optional.empty(), watchdog(Map.of("NOTIFY_SOCKET", socket, "WATCHDOG_USEC", "soon")));
  }

  private static Optional<Duration> watchdog(Map<String, String> environment) {
    try (Notifier notifier = Notifier.of(environment, 42)) {
      return notifier.watchdog();
    }
  }
}
