package dev.baton.supervisor.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Use, configuration, and what is told when nobody answers. */
class BatonCliTest extends CliKit {

  @Test
  void versions() throws IOException {
    assertEquals(ExitCode.DONE, run("version"));
    assertTrue(out().startsWith("baton "), out());
    serve();
    assertEquals(ExitCode.DONE, here("version"));
    assertTrue(out().contains("supervisor demo, pid 999999999: 0.1.0"), out());
  }

  @Test
  void noSupervisor() throws IOException {
    for (String[] command :
        new String[][] {{"status"}, {"restart", "--all"}, {"scale", "a", "1"}, {"stop"}}) {
      assertEquals(ExitCode.SYSTEM, here(command));
      assertEquals(
          "baton: no supervisor runs on " + folder + "; start one with: bin/baton run FILE\n",
          err());
    }
    // What a killed supervisor leaves.
    ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(folder.resolve("admin.sock")))
        .close();
    Path file = conf("");
    assertEquals(ExitCode.SYSTEM, run("status", "--conf", file.toString()));
    assertEquals(
        "baton: no supervisor runs on " + folder + "; start one with: bin/baton run " + file + "\n",
        err());
  }

  @Test
  void aSocketThatDoesNotSpeakHttp() throws IOException {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("admin.sock"));
    try (ServerSocketChannel other =
        ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address)) {
      for (String answer :
          List.of(
              "",
              "220 mail\r\n",
              "HTTP/1.1 200 OK\r\n",
              "HTTP/1.1 200 OK\r\n\r\n{}",
              "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}",
              "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}",
              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}",
              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
              "HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\nno")) {
        Thread answering =
            new Thread(
                () -> {
                  try (var peer = other.accept()) {
                    peer.read(java.nio.ByteBuffer.allocate(1000));
                    peer.write(StandardCharsets.UTF_8.encode(answer));
                  } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                  }
                });
        answering.start();
        assertEquals(ExitCode.SYSTEM, here("status"), answer);
        assertTrue(err().startsWith("baton: no good answer on "), err());
        assertNoTrace();
      }
    }
  }

  @Test
  void aRuntimeDirectoryTooLongForASocket() {
    assertEquals(ExitCode.USE, run("status", "--runtime-dir", "/" + "x".repeat(100)));
    assertTrue(err().contains("at most 107 bytes"), err());
  }

  @Test
  void wrongUse() {
    assertUse("Missing required subcommand");
    assertUse("there is no command stauts; there are run, check, status,", "stauts");
    assertUse("Unknown option: '--jsno'", "status", "--jsno");
    assertUse("mutually exclusive", "status", "--conf", "a", "--runtime-dir", "b");
    assertUse("name the pools to restart, or --all", "restart");
    assertUse("name the pools to restart, or --all", "restart", "--all", "hello");
    assertUse("--surge is x, allowed: 0 to 1000", "restart", "a", "--surge", "x");
    assertUse("--surge is -1, allowed: 0 to 1000", "restart", "a", "--surge=-1");
    assertUse("Missing required parameters", "scale");
    assertUse("allowed: N, +N or -N", "scale", "hello", "many");
    assertUse("allowed: N, +N or -N", "scale", "hello", "--force");
    assertUse("Unknown option: '--force'", "scale", "--force", "3");
    assertUse("Unmatched argument", "run", "a", "b");
    assertUse("name a configuration file", "run");
    assertUse("name a configuration file", "status");
    assertUse("not a path", "status", "--conf", "\0");
  }

  private void assertUse(String text, String... args) {
    assertEquals(ExitCode.USE, run(args), err());
    assertTrue(err().contains(text), err());
    assertEquals("", out());
    assertNoTrace();
  }

  @Test
  void help() {
    assertEquals(ExitCode.DONE, run("--help"));
    for (String command :
        List.of("run", "check", "status", "restart", "scale", "stop", "version")) {
      assertTrue(out().contains("\n  " + command + " "), out());
    }
    for (String command :
        List.of("run", "check", "status", "restart", "scale", "stop", "version")) {
      assertEquals(ExitCode.DONE, run(command, "--help"));
      assertTrue(out().startsWith("Usage: bin/baton " + command), out());
      out().lines().forEach(line -> assertTrue(line.length() <= 80, line));
    }
  }

  @Test
  void runLaunches() throws IOException {
    Path file = conf("name: it\n");
    launcher =
        config -> {
          launched.add(config);
          return 42;
        };
    assertEquals(42, run("run", file.toString()), err());
    assertEquals("it", launched.get(0).name());
    assertEquals("baton: warning: there are no pools: nothing will run\n", err());
    defaultConf = Optional.of(file);
    assertEquals(42, run("run"));
  }

  @Test
  void problemsOfAConfigurationAreAllTold() throws IOException {
    Path file = conf("bogus: 1\npools: {a: {workers: -1}}\n");
    for (String command : List.of("run", "check")) {
      assertEquals(ExitCode.USE, run(command, file.toString()));
      assertTrue(err().contains(file + ":2: bogus: found an unknown key"), err());
      assertTrue(err().contains(file + ":3: pools.a.workers: found -1"), err());
      assertTrue(err().endsWith(file + " has 3 problems\n"), err());
      assertNoTrace();
    }
    assertEquals(ExitCode.USE, run("status", "--conf", file.toString()));
    assertTrue(launched.isEmpty());
    assertEquals(ExitCode.USE, run("check", folder.resolve("none.yaml").toString()));
  }

  @Test
  void aBugIsOneLine() throws IOException {
    Path file = conf("");
    launcher =
        config -> {
          throw new IllegalStateException("oops");
        };
    assertEquals(ExitCode.BUG, run("run", file.toString()));
    assertTrue(
        err()
            .endsWith(
                "baton: a bug in Baton: java.lang.IllegalStateException: oops"
                    + " (BATON_DEBUG=1 shows where)\n"),
        err());
    assertNoTrace();
    environment = Map.of("BATON_DEBUG", "1");
    assertEquals(ExitCode.BUG, run("run", file.toString()));
    assertTrue(err().contains("\tat "), err());
  }
}
