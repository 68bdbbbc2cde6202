package dev.baton.samples.dns;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;

/**
 * One thread that answers what comes on one socket. It looks for the next datagram only while it
 * runs, and answers whatever it has received: what comes after a stop stays in the socket for the
 * worker that is lent it next.
 */
final class UdpServer implements AutoCloseable {
  private static final int MOST_QUERY_BYTES = 4096;
  private static final long PAUSE_MILLIS = 100;

  private final DatagramChannel channel;
  private final Responder responder;
  private final Selector selector;
  private final Thread thread;
  private volatile boolean stopping;

  /** Starts at once; the channel is closed in the end. */
  UdpServer(String name, DatagramChannel channel, Responder responder) throws IOException {
    this.channel = channel;
    this.responder = responder;
    channel.configureBlocking(false);
    selector = Selector.open();
    channel.register(selector, SelectionKey.OP_READ);
    thread = new Thread(this::run, "dns-" + name);
    thread.start();
  }

  private void run() {
    ByteBuffer in = ByteBuffer.allocateDirect(MOST_QUERY_BYTES);
    ByteBuffer out = ByteBuffer.allocateDirect(Responder.MOST_BYTES);
    try (DatagramChannel own = channel;
        Selector ownSelector = selector) {
      while (!stopping) {
        try {
          ownSelector.select(key -> {});
          serveAll(own, in, out);
        } catch (ClosedChannelException e) {
          return; // the supervisor took the listener back
        } catch (IOException e) {
          System.err.println("cannot receive: " + e.getMessage() + "; again in 100 ms");
          pause();
        }
        if (!own.isOpen()) {
          return;
        }
      }
    } catch (IOException e) {
      System.err.println("cannot close: " + e.getMessage());
    }
  }

  private void serveAll(DatagramChannel socket, ByteBuffer in, ByteBuffer out) throws IOException {
    while (!stopping) {
      SocketAddress client = socket.receive(in.clear());
      if (client == null) {
        return;
      }
      if (responder.answer(in.flip(), out, false)) {
        send(socket, out, client);
      }
    }
  }

  /** What cannot be sent is lost, as datagrams may be: a client asks again. */
  private static void send(DatagramChannel socket, ByteBuffer out, SocketAddress client)
      throws ClosedChannelException {
    try {
      socket.send(out, client);
    } catch (ClosedChannelException e) {
      throw e;
    } catch (IOException e) {
      // Such as a sender that says it has port 0; nobody can be told.
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Receives nothing more; returns when what was received is answered and the socket is closed. */
  void stop() throws InterruptedException {
    close();
    thread.join();
  }

  @Override
  public void close() {
    stopping = true;
    selector.wakeup();
  }
}
