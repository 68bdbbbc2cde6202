package dev.baton.supervisor;

import dev.baton.supervisor.admin.OpenServiceView;
import dev.baton.supervisor.config.OpenServiceConfig;
import dev.baton.supervisor.journal.Journal;
import dev.baton.supervisor.openserver.AuditLog;
import dev.baton.supervisor.openserver.OpenServer;
import dev.baton.supervisor.openserver.service.OpenService;
import dev.baton.supervisor.openserver.service.ServiceFigures;
import dev.baton.supervisor.store.StoreException;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Both open servers of chapter 17: the one that workers ask over their channels, and the service at
 * a named socket in front of it.
 *
 * @param audit of all decisions
 * @param service empty when it is not configured
 */
record OpenServers(AuditLog audit, OpenServer server, Optional<OpenService> service)
    implements AutoCloseable {

  /**
   * Starts what is configured.
   *
   * @param audit the file of all decisions
   * @param journal told of refusals
   * @throws StoreException when the service's socket cannot be had, for the operator
   */
  static OpenServers start(
      Posix posix, Optional<OpenServiceConfig> config, Path audit, Journal journal)
      throws SysException, StoreException {
    AuditLog log = new AuditEvents(AuditLog.to(audit), journal);
    try {
      OpenServer server = OpenServer.start(posix, log);
      try {
        return new OpenServers(log, server, service(posix, config, server));
      } catch (SysException | StoreException | RuntimeException | Error e) {
        server.close();
        throw e;
      }
    } catch (SysException | StoreException | RuntimeException | Error e) {
      log.close();
      throw e;
    }
  }

  private static Optional<OpenService> service(
      Posix posix, Optional<OpenServiceConfig> config, OpenServer server)
      throws SysException, StoreException {
    return config.isPresent()
        ? Optional.of(OpenService.start(posix, config.get(), server))
        : Optional.empty();
  }

  /** For the status; empty when the service is not configured. Any thread. */
  Optional<OpenServiceView> view() {
    return service.map(
        s -> {
          ServiceFigures f = s.figures();
          return new OpenServiceView(
              s.address(), f.clients(), f.accepted(), f.turnedAway(), f.answered(), f.refused());
        });
  }

  @Override
  public void close() {
    service.ifPresent(OpenService::close);
    server.close();
    audit.close();
  }
}
