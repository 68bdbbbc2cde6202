package dev.baton.channel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.ProtocolException;
import dev.baton.protocol.ToSupervisor;
import dev.baton.protocol.ToWorker;
import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import dev.baton.sys.WaitStatus;
import dev.baton.testkit.Children;
import dev.baton.testkit.FdLeakCheck;
import dev.baton.testkit.Python;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What only another process can do to a channel. */
@ExtendWith(FdLeakCheck.class)
@Timeout(60)
@SuppressWarnings("try") // closing early is part of what is tested
class PeerDeathTest {
  /** Sends three frames, the second with a descriptor, and never reads. */
  private static final String SPEAKER =
      """
      import os, socket, time
      s = socket.socket(fileno=3)
      r, w = os.pipe()
      s.send(b'{"type":"pong","seq":1}')
      socket.send_fds(s, [b'{"type":"rejoin","protocol":"1.0","worker":"p/0#1","generation":1,'
          b'"secret":"s","draining":false,"fds":[{"kind":"file","name":"f"}]}'], [r])
      s.send(b'{"type":"pong","seq":3}')
      print("sent", flush=True)
      time.sleep(1000)
      """;

  /** Sets its parent's limit of descriptors to each number it is sent, and answers the old one. */
  private static final String LIMITER =
      """
      import os, resource, socket
      s = socket.socket(fileno=3)
      while soft := s.recv(64):
          old = resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE)
          resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE, (int(soft), old[1]))
          s.send(str(old[0]).encode())
      """;

  private final Posix posix = Posix.system();

  @TempDir Path folder;
  private Path out;
  private String python;

  @BeforeEach
  void needsPython() {
    python = Python.required();
    out = folder.resolve("out");
  }

  private int start(String script, OwnedFd channel) throws SysException {
    try (channel) {
      return Children.spawn(posix, out, List.of(python, "-c", script), channel);
    }
  }

  private void awaitOutput(String text) throws Exception {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (!Files.readString(out).equals(text)) {
      assertTrue(System.nanoTime() - deadline < 0, "the child says: " + Files.readString(out));
      Thread.onSpinWait();
    }
  }

  @Test
  void aKilledPeersQueuedFramesAreReadToTheEnd() throws Exception {
    FrameSocket.Ends ends = FrameSocket.pair(posix, "test");
    try (MessageChannel<ToSupervisor> channel =
        new MessageChannel<>(
            posix, new FrameSocket(posix, ends.supervisor()), ToSupervisor.class)) {
      int pid = start(SPEAKER, ends.worker());
      for (int i = 0; i < 5; i++) {
        channel.send(new ToWorker.Ping(i));
      }
      awaitOutput("sent\n");
      posix.kill(pid, Constants.SIGKILL);
      assertEquals(new WaitStatus(9, 0, false), Children.reap(posix, pid));

      assertEquals(new ToSupervisor.Pong(1), channel.receive(true).orElseThrow().message());
      try (Received<ToSupervisor> received = channel.receive(true).orElseThrow()) {
        byte[] none = new byte[1];
        OwnedFd pipe = received.fds().get(0);
        assertEquals(
            0, pipe.<Integer, SysException>borrow(n -> posix.read(n, none)), "a pipe at its end");
      }
      assertEquals(new ToSupervisor.Pong(3), channel.receive(true).orElseThrow().message());
      assertThrows(EndOfChannel.class, () -> channel.receive(true));
      assertThrows(EndOfChannel.class, () -> channel.receive(true));
    }
  }

  @Test
  void lackOfNumbersIsToldAndWhatCameIsClosed() throws Exception {
    FrameSocket.Ends ends = FrameSocket.pair(posix, "limiter");
    try (FrameSocket limiter = new FrameSocket(posix, ends.supervisor());
        Channels.Sockets sockets = Channels.Sockets.open(posix)) {
      int pid = start(LIMITER, ends.worker());
      sendDescriptors(sockets.a());
      sockets.b().receive(true).orElseThrow().close();
      // Classes must be there before the limit falls, or their loading fails.
      assertEquals(ErrorCode.DESCRIPTORS, new ProtocolException(ErrorCode.DESCRIPTORS, "x").code());
      sendDescriptors(sockets.a());
      OwnedFd lowestFree = Channels.events(posix, 1).get(0);
      int allowed = lowestFree.numberDoNotKeep() + 20;
      lowestFree.close();
      String before = limit(limiter, String.valueOf(allowed));
      ProtocolException refusal = null;
      try {
        sockets.b().receive(true).orElseThrow().close();
      } catch (ProtocolException e) {
        refusal = e;
      } finally {
        limit(limiter, before);
      }
      assertTrue(refusal != null, "all 200 came below number " + allowed);
      assertEquals(
          "descriptors were lost: too many, or no numbers left here", refusal.getMessage());
      limiter.close();
      assertEquals(new WaitStatus(0, 0, false), Children.reap(posix, pid));
    }
  }

  private void sendDescriptors(FrameSocket socket) throws SysException {
    List<OwnedFd> fds = Channels.events(posix, 200);
    socket.send(new byte[] {1}, fds);
    Channels.close(fds);
  }

  private static String limit(FrameSocket limiter, String soft) throws Exception {
    limiter.send(soft.getBytes(UTF_8), List.of());
    return new String(limiter.receive(true).orElseThrow().payload(), UTF_8);
  }
}
