package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.DescriptorCounts;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.Openers;
import dev.baton.e2e.kit.OpeningTree;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Half of the requests are refused or abandoned; in the end the worker and the supervisor have the
 * descriptors that they had, as the kernel shows them.
 */
@BatonTest
@Timeout(120)
class OpenSoakIT {
  private static final int WARMUP = 2_000;
  private static final int AT_ONCE = 200;

  private final Installation installation = Installation.find();
  @TempDir Path temporary;
  private OpeningTree tree;

  @BeforeEach
  void files() throws Exception {
    tree = OpeningTree.in(temporary.toRealPath());
  }

  @AfterEach
  void removeSocket() throws Exception {
    java.nio.file.Files.delete(tree.socket());
  }

  @Test
  void twentyThousandRequestsLeaveNoDescriptor() throws Exception {
    soak(20_000);
  }

  @Test
  @Tag("long")
  @Timeout(1200)
  void aMillionRequestsLeaveNoDescriptor() throws Exception {
    soak(1_000_000);
  }

  private void soak(int requests) throws Exception {
    var openers =
        new Openers(tree.folder())
            .allow(tree.read())
            .allow(tree.special())
            .addresses("connect", "unix:" + tree.socket())
            .limit("perSecond", 1_000_000);
    try (var baton = BatonProcess.start(installation, openers.conf());
        var client = new Openers.Client(baton)) {
      check(client.count(command(WARMUP)), WARMUP);
      var supervisor = DescriptorCounts.settled(baton.pid());
      var worker = DescriptorCounts.settled(Openers.pid(baton));

      long begin = System.nanoTime();
      var found = client.count(command(requests));
      System.out.printf("%s in %.1f s%n", found, (System.nanoTime() - begin) / 1e9);
      check(found, requests);
      supervisor.awaitSame(baton.pid());
      worker.awaitSame(Openers.pid(baton));
      // And neither of them is another process than before.
      assertEquals("openers/0#1", baton.workers(Openers.POOL).get(0).id());
    }
  }

  private String[] command(int requests) {
    var words = new java.util.ArrayList<>(List.of("soak", "" + requests, "" + AT_ONCE));
    words.add(tree.read() + "/plain");
    words.add(tree.secret());
    words.add(tree.read() + "/missing");
    words.add(tree.read() + "/to-plain");
    words.add(tree.special() + "/fifo");
    words.add(tree.read() + "/../read/plain");
    words.add("unix:" + tree.socket());
    words.add("tcp://127.0.0.1:1");
    words.add("bind:tcp://127.0.0.1:0");
    return words.toArray(String[]::new);
  }

  /** A future that is cancelled late may have its file already. */
  private static void check(java.util.Map<String, Long> found, int requests) {
    long opened = found.getOrDefault("opened", 0L);
    long abandoned = found.getOrDefault("abandoned", 0L);
    assertTrue(opened >= requests / 2, found::toString);
    assertTrue(abandoned >= requests / 8, found::toString);
    assertEquals(requests - requests / 4, opened + abandoned, found::toString);
    assertEquals(requests, found.values().stream().mapToLong(Long::longValue).sum());
    assertTrue(found.getOrDefault("NOT_ALLOWED", 0L) > 0, found::toString);
    assertTrue(found.getOrDefault("NOT_FOUND", 0L) > 0, found::toString);
    assertTrue(found.getOrDefault("BAD_REQUEST", 0L) > 0, found::toString);
    assertEquals(0L, found.getOrDefault("BUSY", 0L), found::toString);
  }
}
