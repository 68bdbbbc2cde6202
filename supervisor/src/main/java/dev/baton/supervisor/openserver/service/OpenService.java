package dev.baton.supervisor.openserver.service;

import dev.baton.supervisor.config.OpenServiceConfig;
import dev.baton.supervisor.dispatch.Reserve;
import dev.baton.supervisor.loop.Loop;
import dev.baton.supervisor.openserver.OpenServer;
import dev.baton.supervisor.store.ServiceSocket;
import dev.baton.supervisor.store.StoreException;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open server for processes that are not workers (APUE 17.6), at a named socket. It has a
 * thread and a loop of its own; nothing that a client does or leaves undone makes it wait.
 */
public final class OpenService implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OpenService.class);
  private static final String KEY = "services.open";
  private static final long PATIENCE = TimeUnit.SECONDS.toMillis(10);

  private final Loop loop;
  private final LoopTasks tasks;
  private final ServiceSocket socket;
  private final Room room;
  private final Doorway doorway;
  private final Thread thread = new Thread(this::serve, "baton-open-service");

  private OpenService(
      Posix posix,
      OpenServiceConfig config,
      OpenServer server,
      Reserve reserve,
      Loop loop,
      ServiceSocket socket)
      throws SysException {
    this.loop = loop;
    this.socket = socket;
    this.tasks = new LoopTasks(loop);
    this.room = new Room(posix, loop, tasks, config, server, reserve);
    this.doorway = new Doorway(room, socket);
    thread.setDaemon(true);
  }

  /**
   * Binds the socket and begins to serve.
   *
   * @param server stays the caller's, to be closed after the service
   * @throws StoreException when the socket cannot be had, for the operator
   */
  public static OpenService start(Posix posix, OpenServiceConfig config, OpenServer server)
      throws StoreException, SysException {
    return start(posix, config, server, Reserve.ofThisProcess(posix));
  }

  static OpenService start(
      Posix posix, OpenServiceConfig config, OpenServer server, Reserve reserve)
      throws StoreException, SysException {
    ServiceSocket socket = ServiceSocket.open(posix, KEY, config.address(), config.unix());
    Loop loop = null;
    try {
      loop = new Loop(posix);
      OpenService service = new OpenService(posix, config, server, reserve, loop, socket);
      service.thread.start();
      return service;
    } catch (SysException | RuntimeException | Error e) {
      socket.close();
      if (loop != null) {
        loop.close();
      }
      throw e;
    }
  }

  private void serve() {
    try {
      loop.run();
    } catch (SysException e) {
      LOG.error("the open service has ended: {}", e.getMessage());
    } finally {
      socket.unlink();
      doorway.close();
      tasks.end();
      socket.close();
      loop.close();
    }
  }

  /** Where it listens, such as {@code unix:/run/app/open.sock}. */
  public String address() {
    return "unix:" + socket.name();
  }

  /** What it has done so far. Any thread. */
  public ServiceFigures figures() {
    return room.tally.figures();
  }

  /**
   * Removes the socket file, if it still is the one made here, closes all clients, and waits until
   * that is done. Further calls do nothing.
   */
  @Override
  public void close() {
    tasks.execute(loop::stop);
    try {
      thread.join(PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
