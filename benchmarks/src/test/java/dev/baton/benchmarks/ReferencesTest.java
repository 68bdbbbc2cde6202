package dev.baton.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The programs to compare with, as the checkout has them: they compile, and do what they say. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ReferencesTest {
  private static final Path CHECKOUT = Path.of("").toAbsolutePath().getParent();

  @TempDir Path folder;

  @Test
  void withoutACheckoutThereAreNone() {
    assertThrows(IOException.class, () -> new References(Optional.empty(), folder));
    assertThrows(IOException.class, () -> new References(Optional.of(folder), folder));
  }

  @Test
  void passes() throws IOException, InterruptedException {
    assertTrue(Counting.of(List.of(program("passes"), "16", "0.05"))[0] > 0);
    assertThrows(IOException.class, () -> Counting.of(List.of(program("passes"), "254", "1")));
  }

  @Test
  void streams() throws IOException, InterruptedException {
    String program = program("streams");
    for (String kind : List.of("unix", "tcp")) {
      for (String mode : List.of("throughput", "roundtrip")) {
        assertTrue(Counting.of(List.of(program, kind, mode, "0.05"))[0] > 0, kind + ", " + mode);
      }
    }
  }

  @Test
  void serversAndTheirClient() throws IOException, InterruptedException {
    String client = program("client");
    for (String mode : List.of("direct", "handoff")) {
      List<String> command = List.of(program("server"), mode, "2");
      boolean handsOff = mode.equals("handoff");
      try (ProgramServer server = ProgramServer.start(mode, handsOff, command, folder)) {
        String port = port(server);
        assertEquals(4, Counting.of(List.of(client, port, "20", "0")).length);
        assertEquals(3, server.cpu().pids().size());
        assertEquals(handsOff, server.handOffCpu().isPresent());
      }
    }
  }

  @Test
  void nodeCluster() throws IOException, InterruptedException {
    Optional<Path> node = Commands.find("node");
    assumeTrue(node.isPresent(), "there is no node here");
    String script = new References(Optional.of(CHECKOUT), folder).node("cluster").toString();
    List<String> command = List.of(node.get().toString(), script, "rr", "2");
    try (ProgramServer server = ProgramServer.start("node", true, command, folder)) {
      String port = port(server);
      assertEquals(4, Counting.of(List.of(program("client"), port, "5", "0")).length);
      assertEquals(3, server.cpu().pids().size());
    }
  }

  @Test
  void nginx() throws IOException, InterruptedException {
    Optional<Path> nginx = Commands.find("nginx");
    assumeTrue(nginx.isPresent(), "there is no nginx here");
    try (NginxServer server = NginxServer.start(nginx.get(), 2, folder)) {
      String port = port(server);
      assertEquals(4, Counting.of(List.of(program("client"), port, "5", "0")).length);
      assertEquals(3, server.cpu().pids().size());
    }
  }

  private static String port(Server server) {
    return String.valueOf(((InetSocketAddress) server.target().address()).getPort());
  }

  private String program(String name) throws IOException, InterruptedException {
    assumeTrue(Commands.find("gcc").isPresent(), "there is no gcc here");
    return new References(Optional.of(CHECKOUT), folder).compile(name).toString();
  }
}
