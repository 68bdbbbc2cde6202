package dev.baton.supervisor.systemd;

import dev.baton.ipc.UnixAddress;
import dev.baton.ipc.UnixDatagram;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Speaks the protocol of sd_notify(3): datagrams of {@code NAME=VALUE} lines to the socket that
 * {@code NOTIFY_SOCKET} names. Without one it says nothing. Never blocks and never fails: a manager
 * that does not listen is told once in the log. Owns its socket. For one thread.
 */
public final class Notifier implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);

  private final UnixDatagram socket;
  private final UnixAddress manager;
  private final Optional<Duration> watchdog;
  private boolean complained;

  private Notifier(UnixDatagram socket, UnixAddress manager, Optional<Duration> watchdog) {
    this.socket = socket;
    this.manager = manager;
    this.watchdog = watchdog;
  }

  /**
   * By the environment that a manager starts a service with.
   *
   * @param pid of this process, for which a watchdog must be meant
   */
  public static Notifier of(Map<String, String> environment, long pid) {
    String name = environment.getOrDefault("NOTIFY_SOCKET", "");
    if (name.isEmpty()) {
      return new Notifier(null, null, Optional.empty());
    }
    try {
      return new Notifier(
          UnixDatagram.unnamed(), ManagerAddress.of(name), watchdog(environment, pid));
    } catch (IOException | IllegalArgumentException e) {
      LOG.warn("NOTIFY_SOCKET {} cannot be used: {}", name, e.getMessage());
      return new Notifier(null, null, Optional.empty());
    }
  }

  private static Optional<Duration> watchdog(Map<String, String> environment, long pid) {
    String micros = environment.getOrDefault("WATCHDOG_USEC", "");
    String of = environment.getOrDefault("WATCHDOG_PID", Long.toString(pid));
    return micros.matches("[1-9][0-9]{0,17}") && of.equals(Long.toString(pid))
        ? Optional.of(Duration.of(Long.parseLong(micros), ChronoUnit.MICROS))
        : Optional.empty();
  }

  /** Whether somebody listens. */
  public boolean heard() {
    return socket != null;
  }

  /** Within which time a sign of life is wanted, sd_watchdog_enabled(3). */
  public Optional<Duration> watchdog() {
    return watchdog;
  }

  /** It serves, or has taken in its new configuration. */
  public void ready(String status) {
    send("READY=1\nSTATUS=" + status);
  }

  /** It reads its configuration again; {@link #ready} follows. */
  public void reloading() {
    // CLOCK_MONOTONIC, which System.nanoTime() is in HotSpot on Linux; the manager compares.
    long micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime());
    send("RELOADING=1\nMONOTONIC_USEC=" + micros);
  }

  /** It ends. */
  public void stopping() {
    send("STOPPING=1\nSTATUS=the workers finish what they have");
  }

  /** For people, in systemctl status. */
  public void status(String status) {
    send("STATUS=" + status);
  }

  /** A sign of life. */
  public void alive() {
    send("WATCHDOG=1");
  }

  private void send(String text) {
    if (socket == null) {
      return;
    }
    try {
      if (!socket.trySend(text.getBytes(StandardCharsets.UTF_8), manager)) {
        complain("its queue is full");
      }
    } catch (IOException e) {
      complain(e.getMessage());
    }
  }

  private void complain(String why) {
    if (!complained) {
      LOG.warn("the service manager cannot be told: {}", why);
      complained = true;
    }
  }

  @Override
  public void close() {
    if (socket != null) {
      socket.close();
    }
  }
}
