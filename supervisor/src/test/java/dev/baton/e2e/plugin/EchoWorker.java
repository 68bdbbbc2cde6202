package dev.baton.e2e.plugin;

import dev.baton.worker.Drain;
import dev.baton.worker.Worker;
import dev.baton.worker.WorkerContext;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends every datagram back, with {@code POOL/SLOT#RUN} behind it. What it has received it answers
 * before it closes, so that whatever is missing was lost elsewhere.
 */
public final class EchoWorker implements Worker {
  private static final int MOST_BYTES = 2048;

  private final List<Echo> echoes = new ArrayList<>();

  @Override
  public void start(WorkerContext context) throws IOException {
    for (var name : context.datagrams()) {
      echoes.add(new Echo(name, context.datagrams(name), " " + context.identity().id()));
    }
    context.ready();
  }

  @Override
  public void drain(Drain drain) throws InterruptedException {
    for (var echo : echoes) {
      echo.stop();
    }
    drain.done();
  }

  /** One socket and its thread. */
  private static final class Echo {
    private final DatagramChannel channel;
    private final Selector selector;
    private final byte[] who;
    private final Thread thread;
    private volatile boolean stopping;

    Echo(String name, DatagramChannel channel, String who) throws IOException {
      this.channel = channel;
      this.who = who.getBytes(StandardCharsets.US_ASCII);
      channel.configureBlocking(false);
      selector = Selector.open();
      channel.register(selector, SelectionKey.OP_READ);
      thread = new Thread(this::run, "echo-" + name);
      thread.start();
    }

    void stop() throws InterruptedException {
      stopping = true;
      selector.wakeup();
      thread.join();
    }

    private void run() {
      var buffer = ByteBuffer.allocateDirect(MOST_BYTES);
      try (channel;
          selector) {
        while (!stopping && channel.isOpen()) {
          selector.select(key -> {});
          answerAll(buffer);
        }
      } catch (ClosedChannelException e) {
        System.out.println("echo: the listener was taken back");
      } catch (IOException e) {
        e.printStackTrace();
      }
    }

    private void answerAll(ByteBuffer buffer) throws IOException {
      while (!stopping) {
        SocketAddress client = channel.receive(buffer.clear().limit(MOST_BYTES - who.length));
        if (client == null) {
          return;
        }
        if (client instanceof UnixDomainSocketAddress unix && unix.getPath().toString().isEmpty()) {
          continue;
        }
        buffer.limit(buffer.capacity()).put(who).flip();
        while (send(buffer, client) == 0) {
          Thread.onSpinWait(); // the socket's buffer is full: soon it is not
        }
      }
    }

    /** What cannot be sent at all counts as sent: such as to a client that is gone. */
    private int send(ByteBuffer buffer, SocketAddress client) throws ClosedChannelException {
      try {
        return channel.send(buffer, client);
      } catch (ClosedChannelException e) {
        throw e;
      } catch (IOException e) {
        System.out.println("echo: cannot answer " + client + ": " + e);
        return 1;
      }
    }
  }
}
