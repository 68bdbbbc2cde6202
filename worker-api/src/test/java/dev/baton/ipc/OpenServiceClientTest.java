package dev.baton.ipc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.OpenHow;
import dev.baton.sys.Errno;
import dev.baton.sys.MessageBuffer;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import dev.baton.testkit.FaultMatrix;
import dev.baton.testkit.FdLeakCheck;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The client against a service that answers what it is told. The good one is the supervisor's. */
@ExtendWith(FdLeakCheck.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OpenServiceClientTest {
  private static final Path FILE = Path.of("/file");
  private static final OpenHow READ = OpenHow.of(OpenHow.Access.READ);
  private static final String GOOD = "{\"id\":1,\"ok\":true,\"kind\":\"file\"}\n";

  private final Posix posix = Posix.system();
  private final UnixAddress name = Peers.abstractName();

  /** Answers one client once. */
  private CompletableFuture<String> serve(UnixServer server, String answer, int descriptors) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (UnixConnection client = server.accept(Duration.ofSeconds(10)).orElseThrow();
              OwnedFd socket = client.take();
              OwnedFd event = OwnedFd.of(posix, posix.eventfd(), "event")) {
            MessageBuffer in = new MessageBuffer(8192, 1);
            posix.poll(socket.numberDoNotKeep(), 1, 10_000);
            int length = socket.<Integer, SysException>borrow(n -> posix.recvmsg(n, in, 0));
            int[] numbers = new int[descriptors];
            Arrays.fill(numbers, event.numberDoNotKeep());
            byte[] bytes = answer.getBytes(UTF_8);
            if (bytes.length > 0) {
              MessageBuffer out = new MessageBuffer(bytes.length, Math.max(1, descriptors));
              out.put(bytes, bytes.length);
              out.putDescriptors(numbers, descriptors);
              socket.<Integer, SysException>borrow(n -> posix.sendmsg(n, out, 0));
            }
            return new String(in.bytes(Math.max(0, length)), UTF_8);
          } catch (IOException e) {
            return e.toString();
          }
        });
  }

  private interface Use {
    void of(OpenServiceClient client) throws IOException;
  }

  private String with(String answer, int descriptors, Use use) throws Exception {
    try (UnixServer server = UnixServer.listen(name, UnixServer.Options.DEFAULT)) {
      CompletableFuture<String> serving = serve(server, answer, descriptors);
      try (OpenServiceClient client = OpenServiceClient.connect(name)) {
        use.of(client);
      }
      return serving.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void theRequestIsOneLine() throws Exception {
    String line = with(GOOD, 1, client -> client.open(Path.of("/a \"b\"\n"), READ).close());
    assertEquals(
        "{\"id\":1,\"open\":\"/a \\\"b\\\"\\n\",\"access\":[\"read\"],\"mode\":416}\n", line);
    String connection = GOOD.replace("file", "connection");
    line = with(connection, 1, client -> client.connect("unix:@x").close());
    assertEquals("{\"id\":1,\"connect\":\"unix:@x\"}\n", line);
    line =
        with(GOOD.replace("file", "listener"), 1, client -> client.bind("udp://[::1]:0").close());
    assertEquals("{\"id\":1,\"bind\":\"udp://[::1]:0\"}\n", line);
  }

  @Test
  void aRefusalHasACodeAndAText() throws Exception {
    String answer =
        "{\"id\":1,\"ok\":false,\"code\":14,\"error\":\"NOT_ALLOWED\",\"text\":\"no\"}\n";
    with(
        answer,
        0,
        client -> {
          RefusedException refused =
              assertThrows(RefusedException.class, () -> client.open(FILE, READ));
          assertEquals(14, refused.code());
          assertEquals("no", refused.text());
        });
  }

  /** The connection is over then, and says so instead of waiting for ever. */
  @Test
  void aRefusalOfTheConnectionIsTold() throws Exception {
    with(
        "{\"id\":0,\"ok\":false,\"code\":15,\"error\":\"BUSY\",\"text\":\"full\"}\n",
        0,
        client -> {
          assertEquals(
              15, assertThrows(RefusedException.class, () -> client.open(FILE, READ)).code());
          assertThrows(EOFException.class, () -> client.open(FILE, READ));
        });
  }

  /** Single quotes stand for double ones, and {@code /} for a newline. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'id':1,'ok':true,'kind':'file'}/ | 0",
        "{'id':1,'ok':true,'kind':'file'}/ | 2",
        "{'id':1,'ok':true,'kind':'file'}/ | 5",
        "{'id':2,'ok':true,'kind':'file'}/ | 1",
        "{'id':0,'ok':true,'kind':'file'}/ | 1",
        "{'id':1,'ok':true}/ | 1",
        "{'id':1,'ok':false,'code':14,'text':'no'}/ | 1",
        "{'id':7,'ok':false,'code':14,'text':'no'}/ | 0",
        "{'id':1,'ok':true,'kind':'file'}/{} | 1",
        "rubbish/ | 1",
        "/ | 0",
      })
  void whatIsNoAnswerIsClosed(String answer, int descriptors) throws Exception {
    with(
        answer.replace('\'', '"').replace('/', '\n'),
        descriptors,
        client -> {
          ProtocolException broken =
              assertThrows(ProtocolException.class, () -> client.open(FILE, READ));
          assertTrue(broken.getMessage().length() > 10, broken.getMessage());
          assertThrows(EOFException.class, () -> client.open(FILE, READ), "and it stays so");
        });
  }

  @Test
  void aLineWithoutAnEndIsNotKept() throws Exception {
    with(
        "x".repeat(40_000),
        1,
        client -> assertThrows(ProtocolException.class, () -> client.open(FILE, READ)));
  }

  @Test
  void anEndInTheMiddleIsTold() throws Exception {
    for (String half : new String[] {"", "{\"id\":1,\"ok\""}) {
      with(half, 1, client -> assertThrows(EOFException.class, () -> client.open(FILE, READ)));
    }
  }

  @Test
  void noServiceHasAName() {
    UnixSocketException none =
        assertThrows(UnixSocketException.class, () -> OpenServiceClient.connect(Path.of("/none")));
    assertEquals(Errno.ENOENT, none.errno());
  }

  @Test
  void noCallThatFailsLeavesADescriptor() {
    FaultMatrix.Outcome outcome =
        FaultMatrix.forEachCall(
            posix,
            Errno.ENOMEM,
            faulty -> {
              try (UnixServer server = UnixServer.listen(name, UnixServer.Options.DEFAULT)) {
                CompletableFuture<String> serving = serve(server, GOOD, 1);
                try (OpenServiceClient client = OpenServiceClient.connect(faulty, name)) {
                  client.open(FILE, READ).close();
                } finally {
                  // One more, in case that the client did not come so far.
                  UnixClient.connect(name, SocketType.STREAM, Duration.ofSeconds(5)).close();
                  serving.get(20, TimeUnit.SECONDS);
                }
              }
            });
    assertTrue(outcome.noticed() > 5, outcome.toString());
  }
}
