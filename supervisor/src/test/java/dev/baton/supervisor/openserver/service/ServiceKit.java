package dev.baton.supervisor.openserver.service;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.config.ClientRule;
import dev.baton.supervisor.config.FileKind;
import dev.baton.supervisor.config.OpenAccess;
import dev.baton.supervisor.config.OpenLimits;
import dev.baton.supervisor.config.OpenPolicyConfig;
import dev.baton.supervisor.config.OpenRule;
import dev.baton.supervisor.config.OpenServiceConfig;
import dev.baton.supervisor.config.UnixName;
import dev.baton.supervisor.config.UnixOptions;
import dev.baton.supervisor.dispatch.Reserve;
import dev.baton.supervisor.openserver.AuditLog;
import dev.baton.supervisor.openserver.OpenServer;
import dev.baton.sys.Posix;
import dev.baton.testkit.FdLeakCheck;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** An open service at a socket of its own, with a folder that everybody may read. */
@ExtendWith(FdLeakCheck.class)
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class ServiceKit {
  static final Posix POSIX = Posix.system();
  static final Duration SHORT = Duration.ofMillis(400);

  @TempDir Path folder;
  Path socket;
  Path root;
  Path file;

  /** What tests change before they start it. */
  Duration idleTimeout = Duration.ofMinutes(1);

  int maxClients = 4096;
  int maxClientsPerUser = 4096;

  /** The clients are this process, with all that it has open. */
  OpenLimits limits = new OpenLimits(256, 1_000_000, 1_000_000);

  Reserve reserve = Reserve.above(POSIX, Integer.MAX_VALUE);
  OpenService service;

  /** In the order of their making. */
  private final Deque<AutoCloseable> made = new ArrayDeque<>();

  @BeforeEach
  void files() throws IOException {
    socket = folder.resolve("open.sock");
    root = Files.createDirectory(folder.resolve("root"));
    file = Files.writeString(root.resolve("file"), "content");
  }

  @AfterEach
  void stop() throws Exception {
    while (!made.isEmpty()) {
      made.removeLast().close();
    }
  }

  OpenPolicyConfig policy() {
    OpenRule rule =
        new OpenRule(root, Set.of(OpenAccess.READ), Optional.empty(), false, Set.of(FileKind.FILE));
    return new OpenPolicyConfig(List.of(rule), List.of(), List.of(), limits);
  }

  OpenServiceConfig config(List<ClientRule> clients) {
    return new OpenServiceConfig(
        UnixName.of(socket),
        new UnixOptions(0666, Optional.empty(), Optional.empty()),
        clients,
        idleTimeout,
        maxClients,
        maxClientsPerUser);
  }

  /** Starts it, and has it serve once, so that no class is loaded while something is measured. */
  void start() throws Exception {
    start(POSIX, everybody());
    served();
    Awaitility.await().until(() -> service.figures().clients() == 0);
  }

  List<ClientRule> everybody() {
    return List.of(new ClientRule(Set.of(), Set.of(), true, policy()));
  }

  void start(Posix posix, List<ClientRule> clients) throws Exception {
    AuditLog audit = AuditLog.to(folder.resolve("audit.log"));
    made.add(audit);
    OpenServer server = OpenServer.start(posix, audit);
    made.add(server);
    service = OpenService.start(posix, config(clients), server, reserve);
    made.add(service);
  }

  RawClient client() throws IOException {
    return new RawClient(socket);
  }

  /** That the service serves, and how long it took. */
  Duration served() throws IOException {
    long start = System.nanoTime();
    try (RawClient client = client()) {
      client.send(RawClient.open(1, file));
      String answer = client.lineAndContent();
      if (!"{\"id\":1,\"ok\":true,\"kind\":\"file\"} content".equals(answer)) {
        throw new AssertionError("not served: " + answer);
      }
    }
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** What is done before a call. */
  interface Hook {
    void run() throws Exception;
  }

  /** A kernel where something is done before each call of a method. */
  static Posix hooked(String hooked, Hook hook) {
    return (Posix)
        Proxy.newProxyInstance(
            Posix.class.getClassLoader(),
            new Class<?>[] {Posix.class},
            (self, method, arguments) -> {
              if (method.getName().equals(hooked)) {
                hook.run();
              }
              try {
                return method.invoke(POSIX, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** A kernel where opening a file waits until a gate is open. */
  static Posix opening(CountDownLatch gate) {
    return hooked("statx", () -> gate.await(20, TimeUnit.SECONDS));
  }

  OwnedFd event() throws IOException {
    return OwnedFd.of(POSIX, POSIX.eventfd(), "event");
  }
}
