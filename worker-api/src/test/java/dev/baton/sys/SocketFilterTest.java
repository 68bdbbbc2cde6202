package dev.baton.sys;

import static dev.baton.sys.Constants.BPF_ABS;
import static dev.baton.sys.Constants.BPF_ALU;
import static dev.baton.sys.Constants.BPF_JEQ;
import static dev.baton.sys.Constants.BPF_JMP;
import static dev.baton.sys.Constants.BPF_K;
import static dev.baton.sys.Constants.BPF_LD;
import static dev.baton.sys.Constants.BPF_MOD;
import static dev.baton.sys.Constants.BPF_RET;
import static dev.baton.sys.Constants.BPF_W;
import static dev.baton.sys.Constants.SKF_AD_OFF;
import static dev.baton.sys.Constants.SKF_AD_RANDOM;
import static dev.baton.sys.SocketCallsTest.assertFails;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.sys.SocketFilter.Instruction;
import dev.baton.testkit.FdLeakCheck;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Programs that choose among the sockets of one SO_REUSEPORT group. */
@ExtendWith(FdLeakCheck.class)
class SocketFilterTest {
  private static final Instruction RET_1 = Instruction.of(BPF_RET | BPF_K, 1);

  private final Posix posix = Posix.system();
  private final List<OwnedFd> group = new ArrayList<>();
  private SockAddr address;

  @BeforeEach
  void open() throws Exception {
    address = SockAddr.inet(InetAddress.getByName("127.0.0.1"), 0);
    for (int i = 0; i < 3; i++) {
      int type = Constants.SOCK_STREAM | Constants.SOCK_NONBLOCK;
      OwnedFd fd = OwnedFd.of(posix, posix.socket(Constants.AF_INET, type, 0), "socket " + i);
      group.add(fd);
      fd.use(n -> posix.setsockopt(n, Constants.SOL_SOCKET, Constants.SO_REUSEPORT, 1));
      fd.use(n -> posix.bind(n, address));
      fd.use(n -> posix.listen(n, 128));
      address = fd.borrow(posix::getsockname);
    }
  }

  @AfterEach
  void close() {
    group.forEach(OwnedFd::close);
  }

  private void attach(Instruction... program) throws SysException {
    SocketFilter filter = SocketFilter.of(List.of(program));
    group.get(0).use(n -> posix.attachReuseportFilter(n, filter));
  }

  /** Connects, and counts what each socket of the group got. */
  private int[] spread(int connections) throws SysException {
    List<OwnedFd> clients = new ArrayList<>();
    int[] got = new int[group.size()];
    try {
      for (int i = 0; i < connections; i++) {
        OwnedFd client =
            OwnedFd.of(posix, posix.socket(Constants.AF_INET, Constants.SOCK_STREAM, 0), "client");
        clients.add(client);
        client.borrow(n -> posix.connect(n, address));
      }
    } finally {
      clients.forEach(OwnedFd::close);
    }
    for (int i = 0; i < got.length; i++) {
      int n;
      while ((n = group.get(i).<Integer, SysException>borrow(posix::accept4)) >= 0) {
        posix.close(n);
        got[i]++;
      }
    }
    return got;
  }

  @Test
  void theProgramChoosesAndIsReplaced() throws Exception {
    attach(RET_1);
    assertArrayEquals(new int[] {0, 20, 0}, spread(20));
    attach(Instruction.of(BPF_RET | BPF_K, 2));
    assertArrayEquals(new int[] {0, 0, 20}, spread(20));
    attach(
        Instruction.of(BPF_LD | BPF_W | BPF_ABS, SKF_AD_OFF + SKF_AD_RANDOM),
        Instruction.of(BPF_ALU | BPF_MOD | BPF_K, 2),
        new Instruction(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 1),
        Instruction.of(BPF_RET | BPF_K, 2),
        Instruction.of(BPF_RET | BPF_K, 0));
    int[] got = spread(60);
    assertEquals(0, got[1]);
    assertTrue(got[0] > 5 && got[2] > 5, got[0] + " and " + got[2]);
  }

  @Test
  void theKernelRefusesANonsense() throws Exception {
    attach(RET_1);
    assertFails(
        "setsockopt", Errno.EINVAL, () -> attach(Instruction.of(BPF_LD | BPF_W | BPF_ABS, 0)));
    assertFails("setsockopt", Errno.EINVAL, () -> attach(Instruction.of(0xffff, 0)));
    assertArrayEquals(new int[] {0, 5, 0}, spread(5), "the program before stays");
    SocketFilter filter = SocketFilter.of(List.of(RET_1));
    assertFails("setsockopt", Errno.EBADF, () -> posix.attachReuseportFilter(-1, filter));
  }

  @Test
  void whatIsNoProgram() {
    assertThrows(IllegalArgumentException.class, () -> SocketFilter.of(List.of()));
    List<Instruction> many = Collections.nCopies(SocketFilter.MAX + 1, RET_1);
    assertThrows(IllegalArgumentException.class, () -> SocketFilter.of(many));
    assertThrows(IllegalArgumentException.class, () -> new Instruction(0x10000, 0, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> new Instruction(0, 256, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> new Instruction(0, 0, -1, 0));
  }

  @Test
  void theLongestProgramIsTaken() throws Exception {
    SocketFilter longest = SocketFilter.of(Collections.nCopies(SocketFilter.MAX, RET_1));
    group.get(2).use(n -> posix.attachReuseportFilter(n, longest));
    assertArrayEquals(new int[] {0, 5, 0}, spread(5));
    assertEquals(longest, SocketFilter.of(longest.instructions()));
    assertEquals(longest.hashCode(), SocketFilter.of(longest.instructions()).hashCode());
  }
}
