package dev.baton.supervisor.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.core.dispatch.Hands.Found;
import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import dev.baton.testkit.FdLeakCheck;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the kernel tells of a connection, after all that a client and a worker can do. */
@ExtendWith(FdLeakCheck.class)
@Timeout(60)
class ExaminerTest {
  private static final Posix POSIX = Posix.system();
  private static final int INET = Constants.AF_INET;
  private static final int UNIX = Constants.AF_UNIX;

  private final Examiner examiner = new Examiner(POSIX);
  private OwnedFd listener;
  private OwnedFd copy;
  private OwnedFd worker;
  private Socket client;

  private void connect() throws IOException {
    listener = DispatchWorld.tcp(8);
    int port = listener.<Integer, SysException>borrow(n -> POSIX.getsockname(n).port());
    client = new Socket(InetAddress.getLoopbackAddress(), port);
    accept();
  }

  private void accept() throws SysException {
    listener.<Integer, SysException>borrow(n -> POSIX.poll(n, Constants.POLLIN, 5000));
    copy = OwnedFd.of(POSIX, listener.borrow(POSIX::accept4), "ours");
    worker = copy.duplicate("the worker's");
  }

  @AfterEach
  void closeAll() throws IOException {
    listener.close();
    copy.close();
    worker.close();
    if (client != null) {
      client.close();
    }
  }

  private void send(int bytes) throws IOException {
    client.getOutputStream().write(new byte[bytes]);
    awaitQueued(bytes);
  }

  private void awaitQueued(int bytes) throws SysException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (copy.<Integer, SysException>borrow(POSIX::queuedBytes) < bytes) {
      assertTrue(System.nanoTime() - deadline < 0, "the bytes do not come");
      Thread.onSpinWait();
    }
  }

  private void awaitEvents(int events) throws SysException {
    int got = copy.<Integer, SysException>borrow(n -> POSIX.poll(n, events, 10_000));
    assertTrue((got & events) == events, "events " + got);
  }

  private void workerReads(int bytes) throws SysException {
    int read = worker.<Integer, SysException>borrow(n -> POSIX.read(n, new byte[bytes]));
    assertEquals(bytes, read);
  }

  private void workerWrites(int bytes) throws SysException {
    worker.<Integer, SysException>borrow(n -> POSIX.write(n, new byte[bytes], bytes));
  }

  /** The worker's end closes its descriptor, as at its death. */
  private Found examine(int family) throws SysException {
    worker.close();
    return examiner.examine(copy, family);
  }

  @Test
  void nothingHappened() throws IOException {
    connect();
    assertFalse(examiner.gone(copy, INET));
    assertEquals(Found.UNTOUCHED, examine(INET));
  }

  @Test
  void aRequestWaits() throws IOException {
    connect();
    send(5000);
    assertFalse(examiner.gone(copy, INET));
    assertEquals(Found.UNTOUCHED, examine(INET));
  }

  @Test
  void readByTheWorker() throws IOException {
    connect();
    send(1);
    workerReads(1);
    assertEquals(Found.TOUCHED, examine(INET));
  }

  @Test
  void partlyReadByTheWorker() throws IOException {
    connect();
    send(100);
    workerReads(40);
    assertEquals(Found.TOUCHED, examine(INET));
  }

  @Test
  void writtenByTheWorker() throws IOException {
    connect();
    send(10);
    workerWrites(1);
    assertEquals(Found.TOUCHED, examine(INET));
  }

  @Test
  void writtenAndAcknowledged() throws IOException {
    connect();
    workerWrites(1);
    assertEquals(0, client.getInputStream().read());
    assertEquals(Found.TOUCHED, examine(INET));
  }

  @Test
  void theClientEndsItsDirectionWithoutAByte() throws IOException {
    connect();
    client.shutdownOutput();
    awaitEvents(Constants.POLLRDHUP);
    assertFalse(examiner.gone(copy, INET));
    assertEquals(Found.UNTOUCHED, examine(INET));
  }

  @Test
  void theClientEndsItsDirectionAfterARequest() throws IOException {
    connect();
    send(7);
    client.shutdownOutput();
    awaitEvents(Constants.POLLRDHUP);
    assertFalse(examiner.gone(copy, INET));
    assertEquals(Found.UNTOUCHED, examine(INET));
  }

  @Test
  void oneByteReadAndTheClientsEnd() throws IOException {
    connect();
    send(7);
    client.shutdownOutput();
    awaitEvents(Constants.POLLRDHUP);
    workerReads(1);
    assertEquals(Found.TOUCHED, examine(INET));
  }

  @Test
  void allReadAndTheClientsEnd() throws IOException {
    connect();
    send(7);
    client.shutdownOutput();
    awaitEvents(Constants.POLLRDHUP);
    workerReads(7);
    assertEquals(Found.TOUCHED, examine(INET));
  }

  @Test
  void theClientResets() throws IOException {
    connect();
    send(7);
    DispatchWorld.reset(client);
    awaitEvents(Constants.POLLHUP);
    assertTrue(examiner.gone(copy, INET));
    assertEquals(Found.GONE, examine(INET));
  }

  @Test
  void theWorkerEndsTheWritingSide() throws IOException {
    connect();
    worker.use(n -> POSIX.shutdown(n, Constants.SHUT_WR));
    assertEquals(Found.TOUCHED, examine(INET));
  }

  @Test
  void theWorkerEndsTheReadingSide() throws IOException {
    connect();
    worker.use(n -> POSIX.shutdown(n, Constants.SHUT_RD));
    assertEquals(Found.TOUCHED, examine(INET));
  }

  @Test
  void theClientSendsAllTheWhile() throws Exception {
    connect();
    Thread sender =
        new Thread(
            () -> {
              try {
                for (; ; ) {
                  client.getOutputStream().write(new byte[100]);
                }
              } catch (IOException e) {
                // The test is over.
              }
            });
    sender.start();
    awaitQueued(100);
    for (int i = 0; i < 2000; i++) {
      assertEquals(Found.UNTOUCHED, examiner.examine(copy, INET));
    }
    workerReads(1);
    for (int i = 0; i < 2000; i++) {
      assertEquals(Found.TOUCHED, examiner.examine(copy, INET));
    }
    client.close();
    sender.join();
  }

  @Test
  void unixDomain(@TempDir Path folder) throws IOException {
    Path path = folder.resolve("s");
    listener = DispatchWorld.unix(path);
    try (SocketChannel unixClient = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      unixClient.connect(UnixDomainSocketAddress.of(path));
      accept();
      assertFalse(examiner.gone(copy, UNIX));
      unixClient.write(ByteBuffer.wrap(new byte[3]));
      assertEquals(Found.UNTOUCHED, examine(UNIX));
    }
    awaitEvents(Constants.POLLHUP);
    assertFalse(examiner.gone(copy, UNIX), "its request can still be read");
    assertEquals(Found.UNTOUCHED, examine(UNIX));
    copy.<Integer, SysException>borrow(n -> POSIX.read(n, new byte[3]));
    assertTrue(examiner.gone(copy, UNIX));
    assertEquals(Found.GONE, examine(UNIX));
  }
}
