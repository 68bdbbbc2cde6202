package dev.baton.worker;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** The plugin of the real worker processes in tests: greets on every listener, writes to a file. */
public final class TestPlugin implements Worker {
  @Override
  public void start(WorkerContext context) throws Exception {
    System.out.println(
        "plugin of " + context.identity().id() + " on thread " + Thread.currentThread().getName());
    for (String name : context.listeners()) {
      ServerSocketChannel listener = context.listener(name);
      Thread thread = new Thread(() -> serve(listener, name), "serve-" + name);
      thread.setDaemon(true);
      thread.start();
    }
    for (String name : context.files()) {
      context.file(name).write(bytes("from the worker\n"));
    }
    context.ready();
  }

  private static void serve(ServerSocketChannel listener, String name) {
    try {
      for (; ; ) {
        try (SocketChannel client = listener.accept()) {
          client.write(bytes("hello from " + name));
        }
      }
    } catch (IOException e) {
      System.out.println(name + " ended: " + e);
    }
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void stop() {
    System.out.println("stopped");
  }
}
