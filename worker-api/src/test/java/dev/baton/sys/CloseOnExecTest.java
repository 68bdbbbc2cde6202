package dev.baton.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.FdBag;
import dev.baton.fd.OwnedFd;
import dev.baton.testkit.Children;
import dev.baton.testkit.FdLeakCheck;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Whatever creates a descriptor creates it close-on-exec, by the kernel's own word. */
@ExtendWith(FdLeakCheck.class)
class CloseOnExecTest {
  private final Posix posix = Posix.system();

  @Test
  void everythingIsCloseOnExecFromBirth(@TempDir Path folder) throws Exception {
    int child = Children.spawn(posix, folder.resolve("out"), List.of("/bin/sleep", "1000"));
    try (FdBag bag = new FdBag()) {
      Map<String, Integer> made = new LinkedHashMap<>();
      FdPair pair = posix.socketpair(Constants.SOCK_SEQPACKET);
      made.put("socketpair, first", pair.first());
      made.put("socketpair, second", pair.second());
      int listener = posix.socket(Constants.AF_INET, Constants.SOCK_STREAM, 0);
      made.put("socket", listener);
      posix.bind(listener, SockAddr.inet(InetAddress.getByName("127.0.0.1"), 0));
      posix.listen(listener, 1);
      int client = posix.socket(Constants.AF_INET, Constants.SOCK_STREAM, 0);
      made.put("client", client);
      posix.connect(client, posix.getsockname(listener));
      made.put("accept4", posix.accept4(listener));
      made.put("open", posix.open("/dev/null", Constants.O_RDWR, 0));
      made.put("duplicate", posix.duplicate(listener));
      made.put("memfd_create", posix.memfdCreate("x"));
      made.put("epoll_create1", posix.epollCreate());
      made.put("eventfd", posix.eventfd());
      made.put("pidfd_open", posix.pidfdOpen(child));
      made.forEach((name, number) -> bag.add(OwnedFd.of(posix, number, name)));
      for (Map.Entry<String, Integer> entry : made.entrySet()) {
        assertNotEquals(0, kernelFlags(entry.getValue()) & Constants.O_CLOEXEC, entry.getKey());
        assertTrue(posix.closeOnExec(entry.getValue()), entry.getKey());
      }
    } finally {
      posix.kill(child, Constants.SIGKILL);
      assertEquals(9, Children.reap(posix, child).signal());
    }
  }

  private static int kernelFlags(int number) throws Exception {
    for (String line : Files.readAllLines(Path.of("/proc/self/fdinfo/" + number))) {
      if (line.startsWith("flags:")) {
        return Integer.parseInt(line.substring(6).strip(), 8);
      }
    }
    throw new AssertionError("no flags for " + number);
  }
}
