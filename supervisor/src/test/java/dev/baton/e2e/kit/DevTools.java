package dev.baton.e2e.kit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The Chrome DevTools protocol over a WebSocket (RFC 6455) of our own: the JDK's client keeps
 * descriptors open that no test could tell from a leak. Owns its socket and its thread.
 */
final class DevTools implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long ANSWER_SECONDS = 20;
  private static final int FIN_TEXT = 0x81;
  private static final int MASKED = 0x80;
  private static final int FIN = 0x80;
  private static final int CLOSE = 8;
  private static final int PING = 9;

  private final Socket socket;
  private final Consumer<JsonNode> events;
  private final AtomicInteger numbers = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> open = new ConcurrentHashMap<>();
  private final Thread reader;

  /**
   * Connects.
   *
   * @param address that the browser says, {@code ws://127.0.0.1:PORT/devtools/browser/ID}
   * @param events told what is no answer, on a thread of its own
   */
  DevTools(URI address, Consumer<JsonNode> events) throws IOException {
    this.events = events;
    socket = new Socket(address.getHost(), address.getPort());
    try {
      String key = Base64.getEncoder().encodeToString(new byte[16]);
      String request =
          "GET "
              + address.getPath()
              + " HTTP/1.1\r\nHost: "
              + address.getAuthority()
              + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
              + "Sec-WebSocket-Key: "
              + key
              + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      DataInputStream in = new DataInputStream(socket.getInputStream());
      String head = head(in);
      if (!head.startsWith("HTTP/1.1 101 ")) {
        throw new IOException("no WebSocket: " + head);
      }
      reader = new Thread(() -> read(in), "devtools");
      reader.start();
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  private static String head(DataInputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.readUnsignedByte());
    }
    return head.toString();
  }

  private void read(DataInputStream in) {
    try {
      while (true) {
        JsonNode message = JSON.readTree(message(in));
        if (message.has("id")) {
          CompletableFuture<JsonNode> waits = open.remove(message.path("id").asInt());
          if (waits != null) {
            waits.complete(message);
          }
        } else {
          events.accept(message);
        }
      }
    } catch (IOException e) {
      open.values()
          .forEach(waits -> waits.completeExceptionally(e)); // closed by us, or the browser
    }
  }

  /** One message, which may come in several frames. */
  private static byte[] message(DataInputStream in) throws IOException {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    while (true) {
      int first = in.readUnsignedByte();
      long length = in.readUnsignedByte();
      if (length == 126) {
        length = in.readUnsignedShort();
      } else if (length == 127) {
        length = in.readLong();
      }
      byte[] part = in.readNBytes(Math.toIntExact(length));
      int kind = first & 0xf;
      if (kind == CLOSE) {
        throw new EOFException("the browser has closed");
      }
      if (kind < PING) {
        whole.write(part);
        if ((first & FIN) != 0) {
          return whole.toByteArray();
        }
      }
    }
  }

  private synchronized void send(byte[] text) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(14 + text.length);
    frame.put((byte) FIN_TEXT).put((byte) (MASKED | 127)).putLong(text.length);
    frame.putInt(0).put(text); // a mask of zeros changes nothing
    OutputStream out = socket.getOutputStream();
    out.write(frame.array(), 0, frame.position());
  }

  /**
   * Calls a method and waits for its result.
   *
   * @param session of a page; empty for the browser itself
   */
  JsonNode call(String session, String method, Map<String, ?> parameters) throws IOException {
    int number = numbers.incrementAndGet();
    ObjectNode message = JSON.createObjectNode().put("id", number).put("method", method);
    if (!session.isEmpty()) {
      message.put("sessionId", session);
    }
    message.set("params", JSON.valueToTree(parameters));
    CompletableFuture<JsonNode> waits = new CompletableFuture<>();
    open.put(number, waits);
    send(JSON.writeValueAsBytes(message));
    try {
      JsonNode answer = waits.get(ANSWER_SECONDS, TimeUnit.SECONDS);
      if (answer.has("error")) {
        throw new IOException(method + ": " + answer.path("error"));
      }
      return answer.path("result");
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException(method + " has no answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(method + " was interrupted", e);
    } finally {
      open.remove(number);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
    try {
      reader.join(TimeUnit.SECONDS.toMillis(ANSWER_SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
