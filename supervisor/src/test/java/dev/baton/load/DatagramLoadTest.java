package dev.baton.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The counts are those of what a small server really does. */
@Timeout(60)
class DatagramLoadTest {
  private DatagramSocket server;

  @BeforeEach
  void bind() throws IOException {
    server = new DatagramSocket(0, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() {
    server.close();
  }

  /** Answers, as often as the last digit of a datagram's number and this text say. */
  private void serve(String timesByDigit) {
    var thread =
        new Thread(
            () -> {
              var packet = new DatagramPacket(new byte[100], 100);
              try {
                while (true) {
                  packet.setLength(100);
                  server.receive(packet);
                  var text =
                      new String(
                          packet.getData(), 0, packet.getLength(), StandardCharsets.US_ASCII);
                  var answer = (text + " echo/1#2").getBytes(StandardCharsets.US_ASCII);
                  int times = timesByDigit.charAt(text.charAt(text.length() - 1) - '0') - '0';
                  for (int i = 0; i < times; i++) {
                    server.send(
                        new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                  }
                }
              } catch (IOException e) {
                // closed, at the end of the test
              }
            },
            "datagram-server");
    thread.setDaemon(true);
    thread.start();
  }

  private DatagramReport load(double rate, long count) throws Exception {
    var target = (InetSocketAddress) server.getLocalSocketAddress();
    try (var load = new DatagramLoad(target, rate, 4)) {
      while (load.sent() < count) {
        Thread.sleep(5);
      }
      return load.stop();
    }
  }

  @Test
  void allAnswered() throws Exception {
    serve("1111111111");
    var report = load(500, 250); // the kernel's default buffer holds half a second of them
    assertEquals(0, report.lost(), report::toString);
    assertEquals(0, report.duplicates() + report.junk() + report.unreachable() + report.late());
    assertEquals(Map.of("echo/1#2", report.sent()), report.workers());
    assertEquals(4, report.byClient().size());
  }

  @Test
  void lostAndDoubledOnesAreCounted() throws Exception {
    serve("1101111121");
    var report = load(1000, 200);
    assertEquals(report.sent() / 10.0, report.lost(), 1, report::toString);
    assertEquals(report.sent() / 10.0, report.duplicates(), 1, report::toString);
    assertEquals(List.of(2, 12, 22), report.missing().subList(0, 3));
  }

  @Test
  void nobodyThere() throws Exception {
    var target = (InetSocketAddress) server.getLocalSocketAddress();
    server.close();
    try (var load = new DatagramLoad(target, 100, 1)) {
      while (load.sent() < 20) {
        Thread.sleep(5);
      }
      var report = load.stop();
      assertTrue(report.unreachable() > 0, report::toString);
      assertEquals(report.sent(), report.lost(), report::toString);
      assertTrue(report.kernel().noPorts() > 0, report::toString);
    }
  }

  @Test
  void theKernelsDropsAreSeen() throws Exception {
    var before = UdpCounters.read();
    var target = server.getLocalSocketAddress();
    try (var client = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      var junk = new DatagramPacket(new byte[1000], 1000, target);
      for (int i = 0; i < 5000; i++) {
        client.send(junk);
      }
    }
    var more = UdpCounters.read().since(before);
    assertTrue(more.bufferErrors() > 1000, more::toString);
    assertTrue(more.drops().get(server.getLocalPort()) > 1000, more::toString);
  }

  @Test
  void readsAddressesOfAStatus() {
    assertEquals(5300, DatagramLoad.target("udp://127.0.0.1:5300").getPort());
    assertTrue(DatagramLoad.target("udp://[::1]:53").getAddress().isLoopbackAddress());
  }
}
