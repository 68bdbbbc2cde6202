package dev.baton.supervisor.systemd;

import dev.baton.fd.OwnedFd;
import java.time.Duration;
import java.util.Map;

/**
 * What a supervisor's life is to a service manager: it is ready once every pool serves or has
 * failed to, and not while it reloads. For the loop's thread.
 */
public final class ServiceLife {
  private final Notifier notifier;
  private final StoredFds stored;
  private final long aliveNanos;
  private boolean ready;
  private boolean stopping;
  private String said = "";
  private long aliveAt;

  /** Consumes nothing: whoever made these closes them. */
  public ServiceLife(Notifier notifier, StoredFds stored) {
    this.notifier = notifier;
    this.stored = stored;
    this.aliveNanos = notifier.watchdog().map(Duration::toNanos).orElse(0L) / 2;
  }

  /** Whether there is a manager to be told. */
  public boolean watched() {
    return notifier.heard();
  }

  /**
   * To be called every second, or twice within the time of the watchdog.
   *
   * @param starting whether a pool has not come to serve or to fail yet
   * @param status for people
   * @param now in nanoseconds
   */
  public void look(boolean starting, String status, long now) {
    if (aliveNanos > 0 && (aliveAt == 0 || now - aliveAt >= aliveNanos / 2)) {
      notifier.alive();
      aliveAt = now;
    }
    if (stopping || starting && !ready) {
      return;
    }
    if (!ready) {
      ready = true;
      notifier.ready(status);
    } else if (!status.equals(said)) {
      notifier.status(status);
    }
    said = status;
  }

  /** Has the manager keep these for the next supervisor, see {@link StoredFds#keep}. */
  public void keep(Map<String, OwnedFd> held) {
    stored.keep(held);
  }

  /** A reload begins. */
  public void reloading() {
    if (ready && !stopping) {
      notifier.reloading();
    }
  }

  /** It is over, however it ended: what was there before serves still. */
  public void reloaded() {
    if (ready && !stopping) {
      notifier.ready(said);
    }
  }

  /** The end begins. */
  public void stopping() {
    if (!stopping) {
      stopping = true;
      notifier.stopping();
      stored.stopping();
    }
  }
}
