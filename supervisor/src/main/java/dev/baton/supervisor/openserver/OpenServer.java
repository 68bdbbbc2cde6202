package dev.baton.supervisor.openserver;

import dev.baton.protocol.ErrorCode;
import dev.baton.supervisor.config.OpenPolicyConfig;
import dev.baton.supervisor.dispatch.Reserve;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens files, connects and binds for others; one per supervisor. What may block does so on threads
 * of its own. Thread-safe.
 */
public final class OpenServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OpenServer.class);
  private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(10);

  private final AuditLog audit;
  private final Optional<ProcFds> self;
  private final String unsupported;
  private final PendingConnects pending;
  private final Connector connector;
  private final Binder binder;
  private final Openers openers;

  private OpenServer(Posix posix, AuditLog audit, Duration connectPatience, Reserve reserve)
      throws SysException {
    this.audit = audit;
    ProcFds fds = null;
    String wrong = "";
    try {
      fds = new ProcFds(posix);
    } catch (SysException e) {
      wrong = unsupported(e);
    }
    this.self = Optional.ofNullable(fds);
    this.unsupported = wrong;
    try {
      this.pending = new PendingConnects(posix, connectPatience);
    } catch (SysException e) {
      self.ifPresent(ProcFds::close);
      throw e;
    }
    Sparing sparing = new Sparing(reserve);
    this.connector = new Connector(posix, pending, sparing);
    this.binder = new Binder(posix, sparing);
    this.openers = new Openers(() -> new PathOpener(posix, self.orElse(null), sparing));
  }

  /** What is wrong with this machine; an error that passes is none of it. */
  private static String unsupported(SysException e) throws SysException {
    return switch (e.errno()) {
      case ENOSYS -> Errno.describe(e.number()) + ": this kernel has no openat2 (Linux 5.6)";
      case EPERM -> Errno.describe(e.number()) + ": openat2 is forbidden here, as by seccomp";
      case ENOENT, EACCES, ENOTDIR -> Errno.describe(e.number()) + ": there is no /proc";
      default -> throw e;
    };
  }

  /**
   * Starts the threads. On a kernel without {@code openat2(2)} it starts, too, and refuses to open
   * files.
   *
   * @param audit belongs to the caller, and is closed after this
   */
  public static OpenServer start(Posix posix, AuditLog audit) throws SysException {
    return start(posix, audit, CONNECT_PATIENCE, Reserve.ofThisProcess(posix));
  }

  static OpenServer start(Posix posix, AuditLog audit, Duration connectPatience, Reserve reserve)
      throws SysException {
    OpenServer server = new OpenServer(posix, audit, connectPatience, reserve);
    if (server.self.isEmpty()) {
      LOG.debug("the open server opens no files: {}", server.unsupported);
    }
    return server;
  }

  /**
   * A desk for somebody.
   *
   * @param answersOn runs the answers, a batch at a time; never blocks
   */
  public OpenDesk desk(Requester who, OpenPolicyConfig policy, Executor answersOn) {
    return desk(who, policy, answersOn, () -> 0);
  }

  /**
   * A desk for somebody whose answers wait where he has not taken them.
   *
   * @param untaken how many wait; asked on the threads that ask for something
   */
  public OpenDesk desk(
      Requester who, OpenPolicyConfig policy, Executor answersOn, IntSupplier untaken) {
    return new OpenDesk(this, who, policy, answersOn, untaken);
  }

  /** Why no file can be opened on this machine; empty where all is well. */
  public String unsupported() {
    return unsupported;
  }

  void checkSupported() throws Refusal {
    if (self.isEmpty()) {
      throw new Refusal(ErrorCode.SYSTEM, unsupported);
    }
  }

  AuditLog audit() {
    return audit;
  }

  Openers openers() {
    return openers;
  }

  Connector connector() {
    return connector;
  }

  Binder binder() {
    return binder;
  }

  void forget(FairQueue.Lane lane) {
    openers.clear(lane);
  }

  /** Ends the threads. What has not begun is refused; a request that hangs is left behind. */
  @Override
  public void close() {
    Refusal ended = new Refusal(ErrorCode.BUSY, "the open server has ended");
    openers.end().forEach(task -> task.refuse(ended));
    pending.close();
    self.ifPresent(ProcFds::close);
  }
}
