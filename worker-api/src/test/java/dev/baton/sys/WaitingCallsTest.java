package dev.baton.sys;

import static dev.baton.sys.SocketCallsTest.assertFails;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.testkit.Children;
import dev.baton.testkit.FdLeakCheck;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(FdLeakCheck.class)
@SuppressWarnings("try") // closing early is part of what is tested
class WaitingCallsTest {
  private static final byte[] ONE =
      ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(1).array();
  private static final int WAIT = 10_000;

  private final Posix posix = Posix.system();

  private OwnedFd event() throws SysException {
    return OwnedFd.of(posix, posix.eventfd(), "eventfd");
  }

  @Test
  void epollTellsWhichByToken() throws Exception {
    EpollEvents events = new EpollEvents(8);
    try (OwnedFd epoll = OwnedFd.of(posix, posix.epollCreate(), "epoll");
        OwnedFd a = event();
        OwnedFd b = event()) {
      long high = 0x1234_5678_9abc_def0L;
      control(epoll, Constants.EPOLL_CTL_ADD, a, 1);
      control(epoll, Constants.EPOLL_CTL_ADD, b, high);
      assertFails("epoll_ctl", Errno.EEXIST, () -> control(epoll, Constants.EPOLL_CTL_ADD, a, 1));
      assertEquals(0, await(epoll, events, 0));

      b.borrow(n -> posix.write(n, ONE, 8));
      assertEquals(1, await(epoll, events, WAIT));
      assertEquals(high, events.token(0));
      assertEquals(Constants.EPOLLIN, events.events(0));

      a.borrow(n -> posix.write(n, ONE, 8));
      Map<Long, Integer> both = new HashMap<>();
      int ready = await(epoll, events, WAIT);
      for (int i = 0; i < ready; i++) {
        both.put(events.token(i), events.events(i));
      }
      assertEquals(Map.of(1L, Constants.EPOLLIN, high, Constants.EPOLLIN), both);

      control(epoll, Constants.EPOLL_CTL_DEL, b, 0);
      control(epoll, Constants.EPOLL_CTL_MOD, a, 7);
      assertEquals(1, await(epoll, events, WAIT));
      assertEquals(7, events.token(0));
      byte[] counter = new byte[8];
      assertEquals(8, a.<Integer, SysException>borrow(n -> posix.read(n, counter)));
      assertEquals(Posix.WOULD_BLOCK, a.<Integer, SysException>borrow(n -> posix.read(n, counter)));
      assertEquals(0, await(epoll, events, 0));
    }
    assertFails("epoll_wait", Errno.EBADF, () -> posix.epollWait(-1, events, 0));
  }

  private void control(OwnedFd epoll, int operation, OwnedFd fd, long token) throws SysException {
    epoll.<SysException>use(
        e -> fd.<SysException>use(n -> posix.epollCtl(e, operation, n, Constants.EPOLLIN, token)));
  }

  private int await(OwnedFd epoll, EpollEvents events, int millis) throws SysException {
    return epoll.borrow(e -> posix.epollWait(e, events, millis));
  }

  @Test
  void aFullBufferOfEventsLeavesTheRestForTheNextCall() throws Exception {
    EpollEvents two = new EpollEvents(2);
    try (OwnedFd epoll = OwnedFd.of(posix, posix.epollCreate(), "epoll");
        OwnedFd a = event();
        OwnedFd b = event();
        OwnedFd c = event()) {
      for (OwnedFd fd : List.of(a, b, c)) {
        control(epoll, Constants.EPOLL_CTL_ADD, fd, 5);
        fd.borrow(n -> posix.write(n, ONE, 8));
      }
      assertEquals(2, await(epoll, two, WAIT));
      a.close();
      b.close();
      assertEquals(1, await(epoll, two, WAIT));
    }
  }

  @Test
  void pollSeesReadableAndHangUp() throws Exception {
    FdPair pair = posix.socketpair(Constants.SOCK_SEQPACKET);
    try (OwnedFd a = OwnedFd.of(posix, pair.first(), "a");
        OwnedFd b = OwnedFd.of(posix, pair.second(), "b")) {
      assertEquals(0, poll(a, 0));
      MessageBuffer buffer = new MessageBuffer(1, 1);
      buffer.put(new byte[1], 1);
      b.borrow(n -> posix.sendmsg(n, buffer, 0));
      assertEquals(Constants.POLLIN, poll(a, WAIT));
      b.close();
      assertEquals(Constants.POLLIN | Constants.POLLHUP, poll(a, WAIT));
    }
  }

  private int poll(OwnedFd fd, int millis) throws SysException {
    return fd.borrow(n -> posix.poll(n, Constants.POLLIN, millis));
  }

  @Test
  void aPidfdBecomesReadableWhenTheChildEnds(@TempDir Path folder) throws Exception {
    int pid = Children.spawn(posix, folder.resolve("out"), List.of("/bin/sleep", "1000"));
    try (OwnedFd pidfd = OwnedFd.of(posix, posix.pidfdOpen(pid), "pidfd")) {
      assertEquals(0, poll(pidfd, 0));
      assertEquals(Optional.empty(), posix.waitpid(pid));
      posix.kill(pid, Constants.SIGKILL);
      assertNotEquals(0, poll(pidfd, WAIT) & Constants.POLLIN);
      assertEquals(new WaitStatus(9, 0, false), posix.waitpid(pid).orElseThrow());
      assertFails("waitpid", Errno.ECHILD, () -> posix.waitpid(pid));
    }
    assertFails("pidfd_open", Errno.ESRCH, () -> posix.pidfdOpen(pid));
    assertFails("kill", Errno.ESRCH, () -> posix.kill(pid, 0));
  }

  @Test
  void aNegativePidKillsTheGroup(@TempDir Path folder) throws Exception {
    List<String> parent = List.of("/bin/sh", "-c", "sleep 1000 & echo $!; wait");
    Path out = folder.resolve("out");
    int pid = Children.spawn(posix, out, parent);
    long grandchild = Long.parseLong(firstLine(out));
    posix.kill(-pid, Constants.SIGKILL);
    assertEquals(9, Children.reap(posix, pid).signal());
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (running(grandchild)) {
      assertTrue(System.nanoTime() - deadline < 0, "the grandchild lives on");
      Thread.onSpinWait();
    }
  }

  /** A zombie counts as ended: whoever adopts it reaps it. */
  private static boolean running(long pid) throws Exception {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static String firstLine(Path out) throws Exception {
    long deadline = System.nanoTime() + 10_000_000_000L;
    for (; ; ) {
      String text = Files.readString(out);
      if (text.endsWith("\n")) {
        return text.strip();
      }
      assertTrue(System.nanoTime() - deadline < 0, "the child says nothing");
      Thread.onSpinWait();
    }
  }
}
