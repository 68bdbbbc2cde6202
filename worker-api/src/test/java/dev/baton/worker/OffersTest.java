package dev.baton.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Descriptor;
import dev.baton.protocol.Descriptor.Kind;
import dev.baton.protocol.Descriptor.Purpose;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.Reply;
import dev.baton.protocol.ToSupervisor;
import dev.baton.protocol.ToWorker;
import dev.baton.sys.Constants;
import dev.baton.testkit.FdLeakCheck;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Offers, claims, revocation: what the plugin sees and what the supervisor hears. */
@ExtendWith(FdLeakCheck.class)
class OffersTest {
  @TempDir Path dir;

  /** Starts a plugin that leaves its context here, with these offers. */
  private static InProcess offered(
      CompletableFuture<WorkerContext> context, List<Descriptor> what, OwnedFd... fds)
      throws Exception {
    InProcess worker = new InProcess(context::complete);
    worker.supervisor.welcome(Scripted.class.getName(), Map.of());
    worker.supervisor.offer(50, what, fds);
    worker.supervisor.start();
    return worker;
  }

  private static WorkerContext get(CompletableFuture<WorkerContext> context) throws Exception {
    return context.get(10, TimeUnit.SECONDS);
  }

  /** When the pong is back, all that was sent before has been done. */
  private static void settle(InProcess worker) throws Exception {
    worker.supervisor.send(new ToWorker.Ping(99));
    worker.supervisor.expect(ToSupervisor.Pong.class);
  }

  private static Descriptor listener(String name) {
    return Descriptor.listener(name, "tcp://127.0.0.1:0", "shared");
  }

  @Test
  void claimsGoBeforeReadyInOneMessage() throws Exception {
    CompletableFuture<WorkerContext> future = new CompletableFuture<>();
    try (OwnedFd a = Sockets.tcp();
        OwnedFd b = Sockets.tcp();
        InProcess worker = offered(future, List.of(listener("a"), listener("b")), a, b)) {
      WorkerContext context = get(future);
      assertEquals(Set.of("a", "b"), context.listeners());
      try (ServerSocketChannel first = context.listener("a");
          ServerSocketChannel second = context.listener("b")) {
        assertSame(first, context.listener("a"));
        context.ready();
        assertEquals(List.of("a", "b"), worker.supervisor.expect(ToSupervisor.Claim.class).names());
        worker.supervisor.expect(ToSupervisor.Ready.class);
        assertTrue(second.isOpen());
      }
    }
  }

  @Test
  void unclaimedIsClosedWithWarning() throws Exception {
    Path path = dir.resolve("lines");
    CompletableFuture<WorkerContext> future = new CompletableFuture<>();
    try (OwnedFd a = Sockets.tcp();
        OwnedFd b = Sockets.tcp();
        OwnedFd f = Sockets.file(path, Constants.O_CREAT | Constants.O_RDWR);
        InProcess worker =
            offered(
                future,
                List.of(listener("a"), listener("b"), Descriptor.file("lines", "read-write")),
                a,
                b,
                f)) {
      WorkerContext context = get(future);
      try (ServerSocketChannel claimed = context.listener("b")) {
        assertTrue(claimed.isOpen());
        context.ready();
        worker.supervisor.expect(ToSupervisor.Claim.class);
        assertEquals(
            "offered, but not asked for before ready(), so closed in this worker: listener a, file"
                + " lines",
            worker.supervisor.expect(ToSupervisor.Warning.class).text());
        worker.supervisor.expect(ToSupervisor.Ready.class);
        assertEquals(Set.of("b"), context.listeners());
        assertEquals(
            "listener \"a\" was not asked for before ready(), so it is closed",
            assertThrows(IllegalArgumentException.class, () -> context.listener("a")).getMessage());
      }
    }
  }

  @Test
  void unknownNamesListWhatThereIs() throws Exception {
    CompletableFuture<WorkerContext> future = new CompletableFuture<>();
    try (OwnedFd a = Sockets.tcp();
        OwnedFd b = Sockets.tcp();
        InProcess worker = offered(future, List.of(listener("a"), listener("b")), a, b)) {
      WorkerContext context = get(future);
      assertEquals(
          "no listener \"x\"; this worker was offered: a, b",
          assertThrows(IllegalArgumentException.class, () -> context.listener("x")).getMessage());
      assertEquals(
          "no file \"a\" (that is a listener: ask listener(\"a\")); this worker was offered: none",
          assertThrows(IllegalArgumentException.class, () -> context.file("a")).getMessage());
      assertTrue(worker.log().length() > 0);
    }
  }

  @Test
  void lateOfferIsThereAndClaimedAtOnce() throws Exception {
    CompletableFuture<WorkerContext> future = new CompletableFuture<>();
    try (OwnedFd late = Sockets.tcp();
        InProcess worker = offered(future, List.of())) {
      WorkerContext context = get(future);
      context.ready();
      worker.supervisor.expect(ToSupervisor.Ready.class);
      worker.supervisor.offer(51, List.of(listener("late")), late);
      settle(worker);
      assertEquals(Set.of("late"), context.listeners());
      try (ServerSocketChannel channel = context.listener("late")) {
        assertTrue(channel.isOpen());
        assertEquals(List.of("late"), worker.supervisor.expect(ToSupervisor.Claim.class).names());
      }
    }
  }

  @Test
  void revokedIsClosedClaimedOrNot() throws Exception {
    CompletableFuture<WorkerContext> future = new CompletableFuture<>();
    try (OwnedFd a = Sockets.tcp();
        OwnedFd b = Sockets.tcp();
        InProcess worker = offered(future, List.of(listener("a"), listener("b")), a, b)) {
      WorkerContext context = get(future);
      ServerSocketChannel claimed = context.listener("a");
      worker.supervisor.send(new ToWorker.Revoke(60, List.of("a", "b", "never-there")));
      assertEquals(60, worker.supervisor.expect(ToSupervisor.Revoked.class).id());
      assertFalse(claimed.isOpen());
      assertEquals(Set.of(), context.listeners());
      assertEquals(
          "listener \"b\" was revoked by the supervisor",
          assertThrows(IllegalArgumentException.class, () -> context.listener("b")).getMessage());
      worker.supervisor.offer(61, List.of(listener("a")), a);
      settle(worker);
      try (ServerSocketChannel again = context.listener("a")) {
        assertTrue(again.isOpen(), "a revoked name may be offered again");
      }
    }
  }

  @Test
  void custodyIsUnseen() throws Exception {
    CompletableFuture<WorkerContext> future = new CompletableFuture<>();
    Descriptor kept = new Descriptor(Kind.LISTENER, "kept", Purpose.CUSTODY, null, null, null);
    try (OwnedFd a = Sockets.tcp();
        InProcess worker = offered(future, List.of(kept), a)) {
      WorkerContext context = get(future);
      assertEquals(Set.of(), context.listeners());
      assertThrows(IllegalArgumentException.class, () -> context.listener("kept"));
      context.ready();
      worker.supervisor.expect(ToSupervisor.Ready.class);
      worker.supervisor.send(new ToWorker.Stop(70, 1000));
      worker.assertExit(ExitCode.OK);
    }
  }

  @Test
  void sameNameTwiceIsRefused() throws Exception {
    CompletableFuture<WorkerContext> future = new CompletableFuture<>();
    try (OwnedFd a = Sockets.tcp();
        InProcess worker = offered(future, List.of(listener("a")), a)) {
      get(future);
      worker.supervisor.offer(51, List.of(listener("b"), listener("a")), a, a);
      Reply.Error error = worker.supervisor.expect(Reply.Error.class);
      assertEquals(51, error.id());
      assertEquals(ErrorCode.OUT_OF_ORDER.number(), error.code());
      assertEquals("listener \"a\" was offered before", error.text());
      assertEquals(Set.of("a"), get(future).listeners(), "none of that offer was taken");
      worker.supervisor.send(new ToWorker.Stop(70, 1000));
      worker.assertExit(ExitCode.OK);
    }
  }

  @Test
  void fileSharesTheOffset() throws Exception {
    Path path = Files.writeString(dir.resolve("text"), "abcdefgh");
    CompletableFuture<WorkerContext> future = new CompletableFuture<>();
    try (OwnedFd f = Sockets.file(path, Constants.O_RDWR);
        InProcess worker = offered(future, List.of(Descriptor.file("text", "read-write")), f)) {
      FileChannel file = get(future).file("text");
      ByteBuffer three = ByteBuffer.allocate(3);
      assertEquals(3, file.read(three));
      byte[] next = new byte[2];
      f.use(n -> dev.baton.sys.Posix.system().read(n, next));
      assertEquals("de", new String(next), "the worker's read moved our offset");
      assertEquals(5, file.position(), "and ours the worker's");
      file.close();
      f.use(n -> dev.baton.sys.Posix.system().read(n, next));
      assertEquals("fg", new String(next), "its close is not ours");
      assertTrue(worker.log().length() > 0);
    }
  }

  @Test
  void fileHasTheAccessItWasOpenedWith() throws Exception {
    Path path = Files.writeString(dir.resolve("text"), "");
    CompletableFuture<WorkerContext> future = new CompletableFuture<>();
    try (OwnedFd r = Sockets.file(path, Constants.O_RDONLY);
        OwnedFd w = Sockets.file(path, Constants.O_WRONLY | Constants.O_APPEND);
        InProcess worker =
            offered(
                future,
                List.of(Descriptor.file("r", "append"), Descriptor.file("w", null)),
                r,
                w)) {
      WorkerContext context = get(future);
      assertEquals(Set.of("r", "w"), context.files());
      try (FileChannel reading = context.file("r");
          FileChannel writing = context.file("w")) {
        ByteBuffer one = ByteBuffer.allocate(1);
        assertThrows(java.nio.channels.NonWritableChannelException.class, () -> reading.write(one));
        assertThrows(java.nio.channels.NonReadableChannelException.class, () -> writing.read(one));
        assertEquals(1, writing.write(one));
      }
      assertTrue(worker.log().length() > 0);
    }
  }

  @Test
  void whatIsNoListenerFailsClearly() throws Exception {
    Path path = Files.writeString(dir.resolve("text"), "");
    CompletableFuture<WorkerContext> future = new CompletableFuture<>();
    try (OwnedFd f = Sockets.file(path, Constants.O_RDONLY);
        InProcess worker = offered(future, List.of(listener("a")), f)) {
      WorkerContext context = get(future);
      assertThrows(IOException.class, () -> context.listener("a"));
      IllegalArgumentException again =
          assertThrows(IllegalArgumentException.class, () -> context.listener("a"));
      assertTrue(again.getMessage().startsWith("listener \"a\" could not be taken over"));
      assertTrue(worker.log().length() > 0);
    }
  }
}
