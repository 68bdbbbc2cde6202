package dev.baton.benchmarks;

import dev.baton.load.Target;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code conf/baton.yaml}, with free ports instead of its usual ones. They are free when this is
 * made; the supervisor binds them a moment later.
 *
 * @param file the configuration
 * @param hello where its pool hello will answer over TCP
 * @param variables that tell the ports
 */
record ShippedConfiguration(Path file, Target hello, Map<String, String> variables) {
  private static final List<String> PORTS = List.of("HELLO_PORT", "WEB_PORT", "SCRIBE_PORT");

  /** That of a distribution or of a checkout. */
  static ShippedConfiguration of(Path home) throws IOException {
    List<Integer> ports = freePorts(PORTS.size());
    return new ShippedConfiguration(
        home.resolve("conf/baton.yaml"),
        Target.tcp("127.0.0.1", ports.get(0)),
        Map.of(
            PORTS.get(0), String.valueOf(ports.get(0)),
            PORTS.get(1), String.valueOf(ports.get(1)),
            PORTS.get(2), String.valueOf(ports.get(2))));
  }

  /** Different ones on the loopback address. */
  static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> open = new ArrayList<>();
    try {
      List<Integer> ports = new ArrayList<>();
      while (ports.size() < count) {
        ServerSocket socket = new ServerSocket();
        open.add(socket);
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        ports.add(socket.getLocalPort());
      }
      return ports;
    } finally {
      for (ServerSocket socket : open) {
        socket.close();
      }
    }
  }
}
