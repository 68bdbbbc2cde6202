package dev.baton.supervisor.systemd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.e2e.kit.ServiceManager;
import dev.baton.fd.OwnedFd;
import dev.baton.ipc.UnixDatagram;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import dev.baton.testkit.FdLeakCheck;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Against a stand-in that keeps descriptors as systemd does. */
@Timeout(60)
@ExtendWith(FdLeakCheck.class)
class StoredFdsTest {
  private static final Posix POSIX = Posix.system();

  @TempDir Path folder;

  private static OwnedFd memory(String name) throws SysException {
    return OwnedFd.of(POSIX, POSIX.memfdCreate(name), name);
  }

  private static StoredFds to(String socket, String... more) {
    Map<String, String> environment = new LinkedHashMap<>(Map.of("NOTIFY_SOCKET", socket));
    for (int i = 0; i < more.length; i += 2) {
      environment.put(more[i], more[i + 1]);
    }
    return StoredFds.of(POSIX, environment);
  }

  @Test
  void theManagerKeepsWhatThereIsUntilTheEnd() throws Exception {
    try (ServiceManager manager = ServiceManager.in(folder);
        OwnedFd a = memory("a");
        OwnedFd b = memory("b");
        OwnedFd other = memory("other")) {
      int heard;
      long stopped;
      try (StoredFds stored = to(manager.socket())) {
        stored.keep(Map.of("file.a", a, "file.b", b));
        manager.awaitNames("file.a", "file.b");
        String before = manager.identities().get("file.b");
        stored.keep(Map.of("file.b", other));
        manager.awaitNames("file.b");
        assertFalse(before.equals(manager.identities().get("file.b")), "it was replaced");
        heard = manager.heard().size();
        stored.keep(Map.of("file.b", other));
        stored.stopping();
        stored.keep(Map.of("file.a", a));
        stopped = System.nanoTime();
      }
      assertEquals(Set.of(), manager.names(), "the manager has closed everything by then");
      assertTrue(System.nanoTime() - stopped < Duration.ofSeconds(2).toNanos(), "it answers");
      List<String> later =
          manager.heard().subList(heard, manager.heard().size()).stream()
              .filter(text -> !text.equals("BARRIER=1"))
              .toList();
      assertEquals(List.of("FDSTOREREMOVE=1\nFDNAME=file.b"), later);
    }
  }

  @Test
  void whatAnEarlierOneLeftIsForgottenAtOnce() throws Exception {
    try (ServiceManager manager = ServiceManager.in(folder);
        OwnedFd a = memory("a");
        OwnedFd b = memory("b");
        StoredFds earlier = to(manager.socket());
        StoredFds stored = to(manager.socket())) {
      earlier.keep(Map.of("file.a", a, "file.b", b));
      stored.forget(Set.of("file.b"));
      assertEquals(Set.of("file.a"), manager.names());
      assertTrue(manager.barriers() > 0);
    }
  }

  @Test
  void aFullQueueIsTriedAgain() throws Exception {
    Map<String, OwnedFd> many = new LinkedHashMap<>();
    Path path = folder.resolve("slow");
    try (UnixDatagram manager = UnixDatagram.bind(path);
        OwnedFd fd = memory("fd");
        StoredFds stored = to(path.toString())) {
      for (int i = 0; i < 700; i++) { // more than any usual net.unix.max_dgram_qlen
        many.put("listener.web." + i, fd);
      }
      Set<String> came = new HashSet<>();
      int calls = 0;
      while (came.size() < many.size() && calls <= many.size()) {
        stored.keep(many);
        calls++;
        for (var next = manager.receive(Duration.ZERO);
            next.isPresent();
            next = manager.receive(Duration.ZERO)) {
          String text = new String(next.get().bytes(), StandardCharsets.UTF_8);
          if (!text.equals("BARRIER=1")) {
            assertTrue(text.startsWith("FDSTORE=1\nFDPOLL=0\nFDNAME=listener.web."), text);
            assertTrue(came.add(text), "twice: " + text);
          }
        }
      }
      assertEquals(many.size(), came.size());
      assertTrue(calls > 1, "the queue was full");
    }
  }

  @Test
  void noMoreThanTheManagerWants() throws Exception {
    try (ServiceManager manager = ServiceManager.in(folder);
        OwnedFd a = memory("a");
        OwnedFd b = memory("b");
        StoredFds none = to(manager.socket(), "FDSTORE", "0");
        StoredFds one = to(manager.socket(), "FDSTORE", "1")) {
      Map<String, OwnedFd> two = new LinkedHashMap<>();
      two.put("file.a", a);
      two.put("file.b", b);
      none.keep(two);
      none.forget(Set.of("file.c"));
      one.keep(two);
      one.keep(two);
      manager.awaitNames("file.a");
      one.keep(Map.of("file.b", b));
      manager.awaitNames("file.b");
      assertTrue(manager.heard().get(0).contains("FDNAME=file.a"), () -> manager.heard().get(0));
    }
  }

  @Test
  void withoutAManagerNothingHappens() throws Exception {
    try (OwnedFd a = memory("a");
        StoredFds none = StoredFds.of(POSIX, Map.of());
        StoredFds odd = to("relative");
        StoredFds deaf = to(folder + "/none")) {
      for (StoredFds stored : List.of(none, odd, deaf)) {
        stored.keep(Map.of("file.a", a));
        stored.keep(Map.of());
        stored.forget(Set.of("file.b"));
        stored.stopping();
      }
    }
  }
}
