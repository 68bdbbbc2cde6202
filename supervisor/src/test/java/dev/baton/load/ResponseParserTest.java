package dev.baton.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseParserTest {
  private static final String CHUNKED =
      "HTTP/1.1 200 OK\r\n"
          + "Transfer-Encoding: chunked\r\n\r\n"
          + "3\r\n"
          + "abc\r\n"
          + "A;x=y\r\n"
          + "0123456789\r\n"
          + "0\r\n"
          + "T: u\r\n\r\n";

  @Test
  void fixedLengthLeavesWhatComesAfter() throws Exception {
    var parser = new ResponseParser(true);
    var bytes = bytes("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabcHTTP");
    assertTrue(parser.feed(bytes));
    assertEquals(4, bytes.remaining());
    assertEquals(200, parser.status());
    assertEquals("abc", text(parser));
    assertFalse(parser.announcesClose());
  }

  @Test
  void everySplitOfAChunkedBodyGivesTheSame() throws Exception {
    for (int cut = 1; cut < CHUNKED.length(); cut++) {
      var parser = new ResponseParser(true);
      assertFalse(parser.feed(bytes(CHUNKED.substring(0, cut))), "cut at " + cut);
      assertTrue(parser.feed(bytes(CHUNKED.substring(cut))), "cut at " + cut);
      assertEquals("abc0123456789", text(parser));
    }
  }

  @Test
  void endOfFileEndsOnlyABodyWhoseCloseWasAnnounced() throws Exception {
    var announced = new ResponseParser(true);
    assertFalse(announced.feed(bytes("HTTP/1.1 200 OK\r\nConnection: Close\r\n\r\nab")));
    assertTrue(announced.endOfFile());
    assertEquals("ab", text(announced));
    var old = new ResponseParser(true);
    assertFalse(old.feed(bytes("HTTP/1.0 200 OK\r\n\r\nab")));
    assertTrue(old.announcesClose());
    assertTrue(old.endOfFile());
    var cut = new ResponseParser(true);
    assertFalse(cut.feed(bytes("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab")));
    assertFalse(cut.endOfFile());
  }

  @Test
  void interimResponsesAreSkippedAndSomeStatusesHaveNoBody() throws Exception {
    var parser = new ResponseParser(true);
    assertTrue(parser.feed(bytes("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No\r\n\r\n")));
    assertEquals(204, parser.status());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0",
        "HTTP/2 200\r\n",
        "HTTP/1.1 999 No\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n",
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n"
      })
  void malformedResponsesAreRejected(String response) {
    assertThrows(ProtocolException.class, () -> new ResponseParser(false).feed(bytes(response)));
  }

  @Test
  void linesAndHeadersAreBounded() {
    var line = "HTTP/1.1 200 OK\r\nX: " + "x".repeat(20_000);
    assertThrows(ProtocolException.class, () -> new ResponseParser(false).feed(bytes(line)));
    var many = "HTTP/1.1 200 OK\r\n" + "X: x\r\n".repeat(300);
    assertThrows(ProtocolException.class, () -> new ResponseParser(false).feed(bytes(many)));
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String text(ResponseParser parser) {
    return new String(parser.body(), StandardCharsets.ISO_8859_1);
  }
}
