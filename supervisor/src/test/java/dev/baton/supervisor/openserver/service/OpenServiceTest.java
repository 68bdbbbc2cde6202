package dev.baton.supervisor.openserver.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.ipc.OpenServiceClient;
import dev.baton.ipc.RefusedException;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.OpenHow;
import dev.baton.supervisor.config.ClientRule;
import dev.baton.supervisor.config.OpenLimits;
import dev.baton.supervisor.store.StoreException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What the open service does for clients that mean well. */
class OpenServiceTest extends ServiceKit {
  private static final OpenHow READ = OpenHow.of(OpenHow.Access.READ);

  @Test
  void aClientGetsAFileThatIsOpen() throws Exception {
    start();
    try (OpenServiceClient client = OpenServiceClient.connect(socket);
        FileChannel channel = client.openFile(file, READ)) {
      ByteBuffer content = ByteBuffer.allocate(100);
      channel.read(content);
      assertEquals("content", new String(content.array(), 0, content.position()));
    }
    Awaitility.await().until(() -> service.figures().clients() == 0);
    assertEquals(new ServiceFigures(0, 2, 0, 2, 0), service.figures());
    assertEquals("unix:" + socket, service.address());
  }

  @Test
  void aRefusalSaysWhyAndTheConnectionGoesOn() throws Exception {
    start();
    try (OpenServiceClient client = OpenServiceClient.connect(socket)) {
      assertCode(ErrorCode.NOT_ALLOWED, () -> client.open(Path.of("/etc/passwd"), READ));
      assertCode(ErrorCode.NOT_FOUND, () -> client.open(root.resolve("missing"), READ));
      assertCode(ErrorCode.NOT_ALLOWED, () -> client.connect("tcp://127.0.0.1:1"));
      assertCode(ErrorCode.NOT_ALLOWED, () -> client.bind("tcp://127.0.0.1:0"));
      client.open(file, READ).close();
    }
    assertEquals(4, service.figures().refused());
  }

  private static void assertCode(ErrorCode code, org.junit.jupiter.api.function.Executable asked) {
    RefusedException refused = assertThrows(RefusedException.class, asked);
    assertEquals(code.number(), refused.code(), refused.text());
    assertFalse(refused.text().isEmpty());
  }

  /** The first entry that names the user or the group counts; who is in none gets nothing. */
  @Test
  void thePolicyIsThatOfTheUser() throws Exception {
    int uid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    ClientRule others = new ClientRule(Set.of(uid + 1), Set.of(), false, policy());
    start(POSIX, List.of(others));
    try (OpenServiceClient client = OpenServiceClient.connect(socket)) {
      assertCode(ErrorCode.NOT_ALLOWED, () -> client.open(file, READ));
    }
    service.close();
    start(POSIX, List.of(others, new ClientRule(Set.of(uid), Set.of(), false, policy())));
    served();
  }

  /** With fewer in flight than are sent: the rest waits in the client's own queue. */
  @Test
  void manyRequestsInARowAreAllAnswered() throws Exception {
    limits = new OpenLimits(16, 1_000_000, 1_000_000);
    start();
    int all = 5000;
    Files.writeString(root.resolve("other"), "other");
    try (RawClient client = client()) {
      CompletableFuture<Void> sending =
          CompletableFuture.runAsync(
              () -> {
                StringBuilder lines = new StringBuilder();
                for (int id = 0; id < all; id++) {
                  String name = id % 3 == 0 ? "file" : id % 3 == 1 ? "other" : "missing";
                  lines.append(RawClient.open(id, root.resolve(name)));
                }
                try {
                  client.send(lines.toString());
                } catch (java.io.IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      Set<Integer> seen = new HashSet<>();
      for (int n = 0; n < all; n++) {
        String line = client.lineAndContent();
        int id = Integer.parseInt(line.replaceAll("^\\{\"id\":(\\d+),.*", "$1"));
        String end = id % 3 == 0 ? " content" : id % 3 == 1 ? " other" : "}";
        assertTrue(line.endsWith(end), line);
        assertTrue(seen.add(id), () -> id + " was answered twice");
      }
      sending.get(10, TimeUnit.SECONDS);
      assertEquals(2 * all / 3, client.received(), 1);
    }
  }

  /** As {@code printf ... | socat} does. */
  @Test
  void whoSaysThatNothingMoreComesStillGetsItsAnswers() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    start(opening(gate), everybody());
    try (RawClient client = client()) {
      client.send(RawClient.open(1, file) + RawClient.open(2, file) + "{\"half");
      client.shutdownOutput();
      gate.countDown();
      Set<String> answers = Set.of(client.lineAndContent(), client.lineAndContent());
      assertTrue(
          answers.contains("{\"id\":2,\"ok\":true,\"kind\":\"file\"} content"), "" + answers);
      assertNull(client.line());
    }
  }

  @Test
  void anIdleClientIsClosedAndOneThatWaitsForUsIsNot() throws Exception {
    idleTimeout = SHORT;
    CountDownLatch gate = new CountDownLatch(1);
    start(opening(gate), everybody());
    try (RawClient waiting = client();
        RawClient idle = client()) {
      waiting.send(RawClient.open(7, file));
      long start = System.nanoTime();
      assertNull(idle.line());
      assertTrue(System.nanoTime() - start >= SHORT.toNanos() * 9 / 10, "closed too soon");
      // A second one comes later than the first client's request, and is closed all the same.
      try (RawClient later = client()) {
        assertNull(later.line());
      }
      gate.countDown();
      assertEquals("{\"id\":7,\"ok\":true,\"kind\":\"file\"} content", waiting.lineAndContent());
      assertNull(waiting.line(), "idle now");
    }
  }

  @Test
  void theFileOfTheSocketComesAndGoesWithTheService() throws Exception {
    start();
    assertEquals("rw-rw-rw-", permissions());
    StoreException taken = assertThrows(StoreException.class, () -> start());
    assertTrue(
        taken
            .getMessage()
            .startsWith("services.open cannot listen on unix:" + socket + ": the path is in use"),
        taken.getMessage());
    service.close();
    assertFalse(Files.exists(socket));
    service.close();
  }

  private String permissions() throws Exception {
    return java.nio.file.attribute.PosixFilePermissions.toString(
        Files.getPosixFilePermissions(socket));
  }

  @Test
  void aFileThatIsNotItsOwnStays() throws Exception {
    start();
    Files.delete(socket);
    Files.writeString(socket, "mine");
    service.close();
    assertEquals("mine", Files.readString(socket));
  }

  @Test
  void clientsOfAServiceThatEndsAreClosed() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    start(opening(gate), everybody());
    try (RawClient client = client()) {
      client.send(RawClient.open(7, file));
      Awaitility.await().until(() -> service.figures().clients() == 1);
      service.close();
      assertNull(client.line());
    } finally {
      gate.countDown(); // the open comes too late, and its descriptor is closed
    }
  }

  @Test
  void theClientIsThreadSafe() throws Exception {
    start();
    try (OpenServiceClient client = OpenServiceClient.connect(socket)) {
      List<CompletableFuture<Void>> threads =
          java.util.stream.IntStream.range(0, 4)
              .mapToObj(t -> CompletableFuture.runAsync(() -> askOften(client)))
              .toList();
      for (CompletableFuture<Void> thread : threads) {
        thread.get(20, TimeUnit.SECONDS);
      }
    }
  }

  private void askOften(OpenServiceClient client) {
    try {
      for (int n = 0; n < 200; n++) {
        try (OwnedFd fd = client.open(file, READ)) {
          byte[] content = new byte[7];
          fd.<Integer, dev.baton.sys.SysException>borrow(d -> POSIX.read(d, content));
          assertEquals("content", new String(content, StandardCharsets.UTF_8));
        }
      }
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void aWaitEndsWhenTheClientIsClosed() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    CountDownLatch asked = new CountDownLatch(1);
    start(
        hooked(
            "statx",
            () -> {
              asked.countDown();
              gate.await(20, TimeUnit.SECONDS);
            }),
        everybody());
    OpenServiceClient client = OpenServiceClient.connect(socket);
    try {
      CompletableFuture<Throwable> waiting =
          CompletableFuture.supplyAsync(
              () -> assertThrows(java.io.IOException.class, () -> client.open(file, READ)));
      assertTrue(asked.await(20, TimeUnit.SECONDS));
      client.close();
      assertTrue(
          waiting.get(20, TimeUnit.SECONDS) instanceof java.nio.channels.ClosedChannelException);
    } finally {
      client.close();
      gate.countDown();
    }
    assertTrue(Duration.ZERO.compareTo(served()) < 0);
  }
}
