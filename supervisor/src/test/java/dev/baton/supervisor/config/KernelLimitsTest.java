package dev.baton.supervisor.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelLimitsTest {

  private static final String LISTENERS =
      """
      listeners:
        web: {address: 'tcp://*:0', backlog: 129}
        default: {address: 'tcp://*:0'}
        fits: {address: 'unix:/x', backlog: 128}
        dns:
          address: udp://*:0
          udp: {receiveBuffer: 4m, sendBuffer: 213k}
        lines: {address: 'unixgram:/y'}
      """;

  @TempDir private Path root;

  private KernelLimits limits(String somaxconn, String rmemMax, String wmemMax) throws IOException {
    Path folder = Files.createDirectories(root.resolve("proc/sys/net/core"));
    Files.writeString(folder.resolve("somaxconn"), somaxconn + "\n");
    Files.writeString(folder.resolve("rmem_max"), rmemMax + "\n");
    Files.writeString(folder.resolve("wmem_max"), wmemMax + "\n");
    return KernelLimits.read(root);
  }

  private BatonConfig config() throws ConfigException {
    return Loaded.in(root).load(LISTENERS);
  }

  @Test
  void whatTheKernelCapsIsTold() throws Exception {
    assertEquals(
        List.of(
            "listener web has a backlog of 129, above net.core.somaxconn: the kernel caps it at"
                + " 128",
            "listener dns has a udp.receiveBuffer of 4194304, above net.core.rmem_max: the kernel"
                + " caps it at 212992",
            "listener dns has a udp.sendBuffer of 218112, above net.core.wmem_max: the kernel caps"
                + " it at 212992"),
        limits("128", "212992", "212992").warnings(config()));
  }

  @Test
  void whatFitsIsNotTold() throws Exception {
    assertEquals(List.of(), limits("129", "4194304", "218112").warnings(config()));
  }

  @Test
  void whatCannotBeReadLimitsNothing() throws Exception {
    KernelLimits none =
        new KernelLimits(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());
    assertEquals(none, KernelLimits.read(root));
    assertEquals(none, limits("", "max", "-"));
    assertEquals(List.of(), none.warnings(config()));
  }

  @Test
  void thisMachineHasALimitOfTheBacklog() {
    assertTrue(KernelLimits.read().somaxconn().orElseThrow() > 0);
  }
}
