package dev.baton.samples.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.baton.samples.kit.FakeContext;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Over sockets, asked by {@code dig} where there is one, and by clients that mean no good. */
@Timeout(60)
class DnsWorkerTest {
  private static final InetAddress LOCAL = InetAddress.getLoopbackAddress();

  private final DnsWorker dns = new DnsWorker();
  private final FakeContext context = new FakeContext();
  private DatagramChannel udp;
  private ServerSocketChannel tcp;
  private int port;

  private static DnsConfig config() {
    List<String> large = Collections.nCopies(8, "y".repeat(250));
    return new DnsConfig(
        "example.test",
        null,
        Map.of(
            "@", new DnsConfig.Records(List.of("192.0.2.1"), null, List.of("the zone itself")),
            "www",
                new DnsConfig.Records(
                    List.of("192.0.2.2", "192.0.2.3"), List.of("2001:db8::1"), null),
            "notes", new DnsConfig.Records(null, null, List.of("a \"quoted\" text", "ü")),
            "large", new DnsConfig.Records(null, null, large)));
  }

  @BeforeEach
  void start() throws Exception {
    bind();
    dns.start(context.with("udp", udp).with("tcp", tcp).config(config()));
    assertTrue(context.isReady());
  }

  /** One number for both, as a client expects it. */
  private void bind() throws IOException {
    for (int attempt = 0; ; attempt++) {
      udp = DatagramChannel.open(StandardProtocolFamily.INET);
      udp.bind(new InetSocketAddress(LOCAL, 0));
      port = ((InetSocketAddress) udp.getLocalAddress()).getPort();
      tcp = ServerSocketChannel.open();
      try {
        tcp.bind(new InetSocketAddress(LOCAL, port));
        return;
      } catch (IOException e) {
        udp.close();
        tcp.close();
        if (attempt == 10) {
          throw e;
        }
      }
    }
  }

  @AfterEach
  void drain() throws Exception {
    dns.drain(context);
    assertTrue(context.awaitDrained(), "not drained");
    assertFalse(udp.isOpen());
    tcp.close();
  }

  private List<String> shortly(String... args) throws Exception {
    assumeTrue(Dig.installed(), "there is no dig (Debian: bind9-dnsutils)");
    String[] all = new String[args.length + 1];
    System.arraycopy(args, 0, all, 0, args.length);
    all[args.length] = "+short";
    return Dig.ask(port, all).lines().sorted().toList();
  }

  private String wholly(String... args) throws Exception {
    assumeTrue(Dig.installed(), "there is no dig (Debian: bind9-dnsutils)");
    String text = Dig.ask(port, args);
    assertFalse(text.contains("WARNING: Mess"), text);
    assertFalse(text.contains("Got bad packet"), text);
    return text;
  }

  @Test
  void digFindsAddressesAndTexts() throws Exception {
    assertEquals(List.of("192.0.2.2", "192.0.2.3"), shortly("www.example.test"));
    assertEquals(List.of("192.0.2.1"), shortly("EXAMPLE.test", "A"));
    assertEquals(List.of("2001:db8::1"), shortly("www.example.test", "AAAA"));
    assertEquals(
        List.of("\"\\195\\188\"", "\"a \\\"quoted\\\" text\""),
        shortly("notes.example.test", "TXT"));
    assertEquals(List.of("\"web/1#7\""), shortly("id.server", "CH", "TXT"));
    assertEquals(List.of("192.0.2.2", "192.0.2.3"), shortly("+noedns", "www.example.test"));
  }

  @Test
  void digIsToldWhyThereIsNone() throws Exception {
    String none = wholly("no.example.test");
    assertTrue(none.contains("status: NXDOMAIN"), none);
    assertTrue(none.contains("flags: qr aa rd;"), none);
    assertTrue(none.contains("hostmaster.example.test."), none);
    String otherType = wholly("notes.example.test", "A");
    assertTrue(otherType.contains("status: NOERROR"), otherType);
    assertTrue(otherType.contains("ANSWER: 0, AUTHORITY: 1"), otherType);
    assertTrue(wholly("example.org").contains("status: REFUSED"));
    assertTrue(wholly("+opcode=5", "+noedns", "example.test").contains("status: NOTIMP"));
    assertTrue(wholly("+edns=1", "+noednsneg", "example.test").contains("status: BADVERS"));
    assertTrue(wholly("example.test", "ANY", "+notcp").contains("RFC8482"));
  }

  @Test
  void digAsksAgainWithTcp() throws Exception {
    String cut = wholly("large.example.test", "TXT", "+ignore");
    assertTrue(cut.contains("flags: qr aa tc rd;"), cut);
    String whole = wholly("large.example.test", "TXT");
    assertTrue(whole.contains("Truncated, retrying in TCP mode"), whole);
    assertTrue(whole.contains("ANSWER: 8,"), whole);
    assertEquals(List.of("192.0.2.1"), shortly("+tcp", "+keepopen", "example.test"));
  }

  @Test
  void hostileDatagramsNeverEndIt() throws Exception {
    Random random = new Random(4711);
    try (DatagramSocket client = new DatagramSocket(0, LOCAL)) {
      for (int i = 0; i < 2000; i++) {
        byte[] junk = new byte[random.nextInt(6) == 0 ? random.nextInt(9000) : random.nextInt(60)];
        random.nextBytes(junk);
        client.send(new DatagramPacket(junk, junk.length, LOCAL, port));
      }
      client.send(new DatagramPacket(new byte[0], 0, LOCAL, port));
    }
    assertEquals("code 0 aa rd, 1/2/0/0", askUdp());
  }

  private String askUdp() throws IOException {
    ByteBuffer query = Message.query("www.example.test", ResourceRecord.A);
    byte[] bytes = new byte[query.remaining()];
    query.get(bytes);
    try (DatagramSocket client = new DatagramSocket(0, LOCAL)) {
      client.setSoTimeout(500);
      DatagramPacket answer = new DatagramPacket(new byte[1500], 1500);
      // The junk may have filled the socket's buffer.
      for (int attempt = 0; ; attempt++) {
        client.send(new DatagramPacket(bytes, bytes.length, LOCAL, port));
        try {
          client.receive(answer);
          return Message.describe(ByteBuffer.wrap(answer.getData(), 0, answer.getLength()));
        } catch (SocketTimeoutException e) {
          if (attempt == 20) {
            throw e;
          }
        }
      }
    }
  }

  @Test
  void hostileConnectionsAreClosed() throws Exception {
    for (byte[] junk : List.of(new byte[] {0, 3, 1, 2, 3}, new byte[] {(byte) 255, 0, 1})) {
      try (Socket client = new Socket(LOCAL, port)) {
        client.setSoTimeout(20_000);
        client.getOutputStream().write(junk);
        assertEquals(-1, read(client));
      }
    }
    try (Socket slow = new Socket(LOCAL, port)) {
      slow.setSoTimeout(20_000);
      slow.getOutputStream().write(0);
      assertEquals(-1, read(slow)); // after five seconds
    }
  }

  private static int read(Socket client) {
    try {
      return client.getInputStream().read();
    } catch (SocketTimeoutException e) {
      throw new AssertionError("not closed", e);
    } catch (IOException e) {
      return -1; // reset, since what it sent was not read to the end
    }
  }

  @Test
  void oneConnectionAsksMoreThanOnce() throws Exception {
    ByteBuffer query = Message.query("www.example.test", ResourceRecord.A);
    byte[] framed = new byte[2 + query.remaining()];
    framed[1] = (byte) query.remaining();
    query.get(framed, 2, framed.length - 2);
    try (Socket client = new Socket(LOCAL, port)) {
      client.setSoTimeout(20_000);
      DataInputStream in = new DataInputStream(client.getInputStream());
      for (int i = 0; i < 3; i++) {
        client.getOutputStream().write(framed);
        byte[] answer = new byte[in.readUnsignedShort()];
        in.readFully(answer);
        assertEquals("code 0 aa rd, 1/2/0/0", Message.describe(ByteBuffer.wrap(answer)));
      }
    }
  }

  /** What was received is answered although the drain has begun: the socket is closed after. */
  @Test
  void theDrainAnswersWhatWasReceived() throws Exception {
    ByteBuffer query = Message.query("www.example.test", ResourceRecord.A);
    byte[] bytes = new byte[query.remaining()];
    query.get(bytes);
    try (DatagramSocket client = new DatagramSocket(0, LOCAL)) {
      client.setSoTimeout(5000);
      client.send(new DatagramPacket(bytes, bytes.length, LOCAL, port));
      client.receive(new DatagramPacket(new byte[512], 512));
      dns.drain(context);
      assertFalse(udp.isOpen());
    }
  }
}
