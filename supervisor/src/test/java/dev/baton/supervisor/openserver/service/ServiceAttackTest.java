package dev.baton.supervisor.openserver.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that are slow, silent, mad or bad: they get what they deserve, and nobody else does. */
class ServiceAttackTest extends ServiceKit {
  private static final Duration AT_ONCE = Duration.ofSeconds(5);

  private static int open() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return (int) all.count();
    }
  }

  private void assertServedAtOnce() throws IOException {
    Duration took = served();
    assertTrue(took.compareTo(AT_ONCE) < 0, () -> "another client waited for " + took);
  }

  /** The answer to what is no request, after which the connection is over. */
  private static void assertFailed(RawClient client, ErrorCode code) throws IOException {
    String line = client.line();
    assertNotNull(line, "closed without a word");
    assertTrue(
        line.startsWith(
            "{\"id\":0,\"ok\":false,\"code\":" + code.number() + ",\"error\":\"" + code),
        line);
    assertNull(client.line());
  }

  @Test
  void whoSendsHalfALineAndWaitsIsClosed() throws Exception {
    idleTimeout = SHORT;
    start();
    try (RawClient half = client();
        RawClient trickling = client()) {
      half.send("{\"open\":\"");
      assertServedAtOnce();
      long start = System.nanoTime();
      int sent = 0;
      try {
        // A byte now and then keeps nobody's place: only whole requests do.
        while (System.nanoTime() - start < Duration.ofSeconds(20).toNanos()) {
          sent += trickling.sendNow(new byte[] {' '});
          LockSupport.parkNanos(10_000_000);
        }
      } catch (IOException e) {
        assertTrue(e.getMessage().contains("EPIPE"), e.getMessage());
      }
      assertTrue(sent < Limits.SERVICE_LINE_BYTES, "it ended for its length");
      assertTrue(System.nanoTime() - start < Duration.ofSeconds(10).toNanos(), "still there");
      assertNull(half.line());
    }
  }

  /** Each unread answer holds a descriptor: they are few, and end with the client. */
  @Test
  void whoNeverReceivesHisDescriptorsIsNotReadAndThenClosed() throws Exception {
    idleTimeout = Duration.ofSeconds(2);
    start();
    int before = open();
    try (RawClient greedy = client()) {
      byte[] requests = RawClient.open(1, file).repeat(200).getBytes(UTF_8);
      long sent = 0;
      for (int n; (n = greedy.sendNow(requests)) > 0; ) {
        sent += n;
        LockSupport.parkNanos(1_000_000);
      }
      long most = 2 + limits.inFlight();
      assertTrue(open() - before <= most, () -> "more than " + most + " descriptors are held");
      long asked = sent / RawClient.open(1, file).length();
      assertTrue(asked > most, () -> "only " + asked + " requests");
      assertServedAtOnce();
      Awaitility.await("closed for idleness")
          .atMost(Duration.ofSeconds(20))
          .until(() -> service.figures().clients() == 0);
      assertTrue(service.figures().answered() < 200, () -> service.figures().toString());
    }
    Awaitility.await("closed descriptors").until(() -> open() <= before);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 253})
  void descriptorsSentToTheServiceAreClosed(int count) throws Exception {
    start();
    int before = open();
    try (RawClient client = client();
        OwnedFd event = event()) {
      OwnedFd[] gifts = new OwnedFd[count];
      Arrays.fill(gifts, event);
      client.send(RawClient.open(1, file).getBytes(UTF_8), gifts);
      assertFailed(client, ErrorCode.BAD_REQUEST);
    }
    Awaitility.await().until(() -> open() <= before);
    assertServedAtOnce();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\n\r\n",
        "\n",
        "null\n",
        "[]\n",
        "{}\n",
        "\u0000\u0001\u0002\n",
        "{\"open\":7}\n",
        "{\"id\":\"x\",\"open\":\"/\"}\n",
        "{\"open\":\"/a\",\"bind\":\"tcp://127.0.0.1:1\"}\n",
        "{\"open\":\"/a\",\"access\":[\"everything\"]}\n",
        "{\"open\":\"/a\",\"access\":[]}\n",
        "{\"open\":\"/a\",\"mode\":4095}\n",
        "{\"open\":\"/a\"} {\"open\":\"/b\"}\n",
      })
  void rubbishEndsTheConnectionWithAReason(String rubbish) throws Exception {
    start();
    try (RawClient client = client()) {
      client.send(rubbish);
      assertFailed(client, ErrorCode.BAD_MESSAGE);
    }
    assertServedAtOnce();
  }

  @Test
  void bytesThatAreNoTextAndNestingWithoutAnEndAreRubbishToo() throws Exception {
    start();
    try (RawClient client = client()) {
      byte[] line = RawClient.open(1, file).getBytes(UTF_8);
      line[line.length - 5] = (byte) 0xc0;
      client.send(line);
      assertFailed(client, ErrorCode.BAD_MESSAGE);
    }
    try (RawClient client = client()) {
      client.send("[".repeat(10_000) + "\n");
      assertFailed(client, ErrorCode.BAD_MESSAGE);
    }
  }

  @Test
  void pathsThatCannotBeAreRefusedAndTheConnectionGoesOn() throws Exception {
    start();
    try (RawClient client = client()) {
      for (String path :
          List.of("", "relative", "/a/../b", root + "/a\\u0000b", "/" + "x".repeat(5000))) {
        client.send("{\"id\":3,\"open\":\"" + path + "\"}\n");
        String line = client.line();
        assertTrue(line.startsWith("{\"id\":3,\"ok\":false,\"code\":19,"), line);
      }
      client.send(RawClient.open(4, file));
      assertEquals("{\"id\":4,\"ok\":true,\"kind\":\"file\"} content", client.lineAndContent());
    }
  }

  @Test
  void aLineMayBeSoLongAndNotLonger() throws Exception {
    start();
    try (RawClient client = client()) {
      String request = RawClient.open(4, file).strip();
      client.send(request + " ".repeat(Limits.SERVICE_LINE_BYTES - request.length() - 1) + "\n");
      assertEquals("{\"id\":4,\"ok\":true,\"kind\":\"file\"} content", client.lineAndContent());
      client.send(request + " ".repeat(Limits.SERVICE_LINE_BYTES - request.length()) + "\n");
      assertFailed(client, ErrorCode.TOO_LARGE);
    }
    try (RawClient client = client()) {
      client.send("x".repeat(Limits.SERVICE_LINE_BYTES));
      assertFailed(client, ErrorCode.TOO_LARGE);
    }
  }

  /** Silent ones, half of them in the middle of a line. */
  @Test
  void thousandsOfSilentClientsDoNotSlowAnotherOne() throws Exception {
    start();
    List<RawClient> silent = new ArrayList<>();
    try {
      for (int n = 0; n < 3000; n++) {
        silent.add(client());
        if (n % 2 == 0) {
          silent.get(n).send("{\"open\":\"" + "x".repeat(500));
        }
      }
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> service.figures().clients() == 3000);
      long start = System.nanoTime();
      for (int n = 0; n < 100; n++) {
        assertServedAtOnce();
      }
      Duration all = Duration.ofNanos(System.nanoTime() - start);
      assertTrue(all.compareTo(Duration.ofSeconds(5)) < 0, () -> "100 requests took " + all);
    } finally {
      silent.forEach(RawClient::close);
    }
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> service.figures().clients() == 0);
  }

  @Test
  void whatHalfLinesTakeOfTheMemoryIsBounded() throws Exception {
    start();
    List<RawClient> greedy = new ArrayList<>();
    try {
      int refused = 0;
      for (int n = 0; n < 100 && refused == 0; n++) {
        RawClient client = client();
        greedy.add(client);
        client.send("x".repeat(Limits.SERVICE_LINE_BYTES - 1));
        LockSupport.parkNanos(1_000_000);
        refused += (int) service.figures().refused();
      }
      assertTrue(refused > 0, "100 clients hold " + 100 * Limits.SERVICE_LINE_BYTES + " bytes");
      assertServedAtOnce();
    } finally {
      greedy.forEach(RawClient::close);
    }
  }

  @Test
  void tooManyClientsAreTurnedAwayWithAReason() throws Exception {
    maxClients = 3;
    start();
    RawClient first = client();
    try (RawClient second = client();
        RawClient third = client()) {
      third.send(RawClient.open(1, file));
      assertNotNull(third.lineAndContent());
      try (RawClient fourth = client()) {
        assertFailed(fourth, ErrorCode.BUSY);
      }
      first.fd.close();
      second.send(RawClient.open(1, file));
      assertNotNull(second.lineAndContent());
      Awaitility.await().until(() -> service.figures().clients() == 2);
      assertServedAtOnce();
    }
    first.close();
    assertEquals(1, service.figures().turnedAway());
  }

  @Test
  void tooManyClientsOfOneUserAreTurnedAway() throws Exception {
    maxClientsPerUser = 1;
    start();
    try (RawClient first = client()) {
      first.send(RawClient.open(1, file));
      assertNotNull(first.lineAndContent());
      try (RawClient second = client()) {
        String line = second.line();
        assertTrue(line.contains("your user has 1 connections, which is the limit"), line);
      }
    }
  }

  /** Over and over: whatever was on its way is closed. */
  @Test
  void clientsThatDieInTheMiddleOfAnswersLeaveNothing() throws Exception {
    start();
    int before = open();
    byte[] requests = RawClient.open(1, file).repeat(150).getBytes(UTF_8);
    for (int n = 0; n < 100; n++) {
      try (RawClient client = client()) {
        client.send(requests);
        if (n % 2 == 0) {
          client.line();
        }
      }
    }
    Awaitility.await().until(() -> service.figures().clients() == 0);
    Awaitility.await().until(() -> open() <= before);
    assertServedAtOnce();
  }
}
