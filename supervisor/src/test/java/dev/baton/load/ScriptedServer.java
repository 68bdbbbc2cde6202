package dev.baton.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A server that treats each connection as a script says, well or badly. Closing it closes every
 * connection.
 */
public final class ScriptedServer implements AutoCloseable {

  /**
   * What to do with a connection; it is closed afterwards, and exceptions are taken for the
   * client's leaving.
   */
  @FunctionalInterface
  public interface Script {
    /** Serves the connection with this number, counted from 0. */
    void serve(Peer peer, int number) throws IOException, InterruptedException;
  }

  /** The server's side of a connection. */
  public static final class Peer {
    private final SocketChannel channel;
    private final BufferedReader reader;

    private Peer(SocketChannel channel) {
      this.channel = channel;
      reader =
          new BufferedReader(
              new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.ISO_8859_1));
    }

    /** Reads a request to the end of its header; false at end-of-file. */
    public boolean request() throws IOException {
      String line = reader.readLine();
      while (line != null && !line.isEmpty()) {
        line = reader.readLine();
      }
      return line != null;
    }

    /** Reads one byte of a request's body. */
    public void skip() throws IOException {
      if (reader.read() < 0) {
        throw new java.io.EOFException("the request ended before its body");
      }
    }

    /** Sends text as it is. */
    public void send(String text) throws IOException {
      var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }

    /** Sends a response with this status and body, and with these header lines added. */
    public void respond(int status, String body, String... headers) throws IOException {
      var extra = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
      var length = "Content-Length: " + body.length() + "\r\n";
      send("HTTP/1.1 " + status + " Some\r\n" + length + extra + "\r\n" + body);
    }

    /**
     * Makes the close to come a reset instead of an end-of-file (socket(7), SO_LINGER with time 0).
     */
    public void resetOnClose() throws IOException {
      channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    }

    /** Waits until the client has closed its side. */
    public void untilClientCloses() throws IOException {
      while (reader.read() >= 0) {
        // What comes is of no interest.
      }
    }
  }

  private final ServerSocketChannel listener;
  private final Set<SocketChannel> connections = ConcurrentHashMap.newKeySet();
  private final Script script;
  private volatile boolean closed;

  private ServerSocketChannel bound(StandardProtocolFamily family, SocketAddress address)
      throws IOException {
    var channel = ServerSocketChannel.open(family);
    try {
      return channel.bind(address, 512);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private ScriptedServer(StandardProtocolFamily family, SocketAddress address, Script script)
      throws IOException {
    this.script = script;
    listener = bound(family, address);
    start("scripted-server", this::accept);
  }

  /** Listens on a port of the loopback address that the kernel chooses. */
  public static ScriptedServer tcp(Script script) throws IOException {
    var address = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0);
    return new ScriptedServer(StandardProtocolFamily.INET, address, script);
  }

  /** Listens on a UNIX-domain socket; the file is the caller's to remove. */
  public static ScriptedServer unix(Path path, Script script) throws IOException {
    return new ScriptedServer(
        StandardProtocolFamily.UNIX, UnixDomainSocketAddress.of(path), script);
  }

  /** A script that answers every request with 200 and this body, and keeps the connection. */
  public static Script wellBehaved(String body) {
    return (peer, number) -> {
      while (peer.request()) {
        peer.respond(200, body);
      }
    };
  }

  /** Where it listens. */
  public Target target() throws IOException {
    var address = listener.getLocalAddress();
    return address instanceof InetSocketAddress inet
        ? Target.tcp("127.0.0.1", inet.getPort())
        : Target.unix(((UnixDomainSocketAddress) address).getPath());
  }

  /** How many connections are open at this moment. */
  public int openConnections() {
    return connections.size();
  }

  @Override
  public void close() throws IOException {
    closed = true;
    listener.close();
    for (var connection : connections) {
      connection.close();
    }
  }

  private void accept() {
    try {
      for (int number = 0; ; number++) {
        var connection = listener.accept();
        connections.add(connection);
        int mine = number;
        if (closed) {
          connection.close();
        } else {
          start("scripted-connection", () -> serve(connection, mine));
        }
      }
    } catch (IOException e) {
      // The listener was closed: the server ends.
    }
  }

  private void serve(SocketChannel connection, int number) {
    try (connection) {
      script.serve(new Peer(connection), number);
    } catch (IOException | InterruptedException e) {
      // The client has left, or the server closes.
    } finally {
      connections.remove(connection);
    }
  }

  private static void start(String name, Runnable body) {
    var thread = new Thread(body, name);
    thread.setDaemon(true);
    thread.start();
  }
}
