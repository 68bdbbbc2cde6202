package dev.baton.supervisor.openserver;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.OpenHow;
import dev.baton.supervisor.config.OpenPolicyConfig;
import dev.baton.supervisor.dispatch.Reserve;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** An open server with one desk, whose answers tests wait for. */
final class Asking implements AutoCloseable {
  static final Requester WHO = new Requester("vault/0#3", (int) pid(), 65534, 65534);

  private final Posix posix;
  private final ExecutorService executor = Executors.newSingleThreadExecutor();
  final Queue<String> audited = new ConcurrentLinkedQueue<>();
  final OpenServer server;
  final OpenDesk desk;

  Asking(Posix posix, OpenPolicyConfig policy) throws SysException {
    this(posix, policy, Duration.ofSeconds(10));
  }

  Asking(Posix posix, OpenPolicyConfig policy, Duration connectPatience) throws SysException {
    this(posix, policy, connectPatience, Reserve.above(posix, Integer.MAX_VALUE));
  }

  Asking(Posix posix, OpenPolicyConfig policy, Duration connectPatience, Reserve reserve)
      throws SysException {
    this.posix = posix;
    try {
      this.server = OpenServer.start(posix, new Recording(), connectPatience, reserve);
    } catch (SysException e) {
      executor.shutdown();
      throw e;
    }
    this.desk = server.desk(WHO, policy, executor);
  }

  private final class Recording implements AuditLog {
    @Override
    public void decided(Requester who, String what, String verdict, String reason) {
      audited.add(verdict + " " + who + " " + what + " " + reason);
    }

    @Override
    public void close() {}
  }

  private static long pid() {
    return ProcessHandle.current().pid();
  }

  static OpenHow how(OpenHow.Access first, OpenHow.Access... more) {
    return OpenHow.of(first, more);
  }

  CompletableFuture<Answer> open(String path, OpenHow how) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    desk.open(path, how, answer::complete);
    return answer;
  }

  CompletableFuture<Answer> connect(String address) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    desk.connect(address, answer::complete);
    return answer;
  }

  CompletableFuture<Answer> bind(String address) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    desk.bind(address, answer::complete);
    return answer;
  }

  static Answer get(CompletableFuture<Answer> answer) {
    try {
      return answer.get(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("no answer", e);
    }
  }

  static OwnedFd given(CompletableFuture<Answer> answer) {
    Answer got = get(answer);
    return assertInstanceOf(Answer.Given.class, got, got.toString()).fd();
  }

  static Answer.Refused refused(CompletableFuture<Answer> answer) {
    Answer got = get(answer);
    if (got instanceof Answer.Given given) {
      given.fd().close();
    }
    return assertInstanceOf(Answer.Refused.class, got);
  }

  OwnedFd given(Path path, OpenHow.Access first, OpenHow.Access... more) {
    return given(open(path.toString(), how(first, more)));
  }

  Answer.Refused refused(String path, OpenHow.Access first, OpenHow.Access... more) {
    return refused(open(path, how(first, more)));
  }

  ErrorCode code(Object path, OpenHow.Access first, OpenHow.Access... more) {
    return refused(path.toString(), first, more).code();
  }

  /** What a descriptor reads from its offset on; closes it. */
  String read(OwnedFd file) throws SysException {
    try (file) {
      byte[] bytes = new byte[4096];
      int length = file.borrow(n -> posix.read(n, bytes));
      return new String(Arrays.copyOf(bytes, Math.max(0, length)), StandardCharsets.UTF_8);
    }
  }

  /** Writes at a descriptor's offset; closes it. */
  void write(OwnedFd file, String text) throws SysException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try (file) {
      file.use(n -> posix.write(n, bytes, bytes.length));
    }
  }

  @Override
  public void close() {
    desk.close();
    server.close();
    executor.shutdown();
    try {
      executor.awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
