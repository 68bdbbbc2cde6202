package dev.baton.samples.hello;

import dev.baton.worker.Drain;
import dev.baton.worker.Worker;
import dev.baton.worker.WorkerContext;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Answers every HTTP request with who answered, on all listeners it is given: one thread accepts
 * per listener, and a few serve.
 */
public final class HelloWorker implements Worker {
  private static final int MOST_THREADS = 64;
  private static final long PAUSE_MILLIS = 100;

  private final List<ServerSocketChannel> listeners = new ArrayList<>();
  private final List<Thread> acceptors = new ArrayList<>();
  // When all are busy the accepting thread serves, and the others wait in the listener's queue.
  private final ThreadPoolExecutor servers =
      new ThreadPoolExecutor(
          0,
          MOST_THREADS,
          30,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          new ThreadPoolExecutor.CallerRunsPolicy());
  private Greeting greeting;

  @Override
  public void start(WorkerContext context) throws IOException {
    greeting = new Greeting(context.identity());
    for (String name : context.listeners()) {
      ServerSocketChannel listener = context.listener(name);
      listeners.add(listener);
      Thread acceptor = new Thread(() -> accept(listener), "accept-" + name);
      acceptors.add(acceptor);
      acceptor.start();
    }
    context.ready();
  }

  private void accept(ServerSocketChannel listener) {
    while (listener.isOpen()) {
      try {
        SocketChannel client = listener.accept();
        servers.execute(() -> greeting.answer(client));
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        // Such as too many open files: connections wait in the queue until some are free.
        System.err.println("cannot accept: " + e.getMessage() + "; again in 100 ms");
        pause();
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Closes only this worker's copies of the listeners: others go on accepting. */
  @Override
  public void drain(Drain drain) throws IOException, InterruptedException {
    for (ServerSocketChannel listener : listeners) {
      listener.close();
    }
    for (Thread acceptor : acceptors) {
      acceptor.join(); // what it accepted last is with the servers then
    }
    servers.shutdown();
    if (servers.awaitTermination(drain.remaining().toMillis(), TimeUnit.MILLISECONDS)) {
      drain.done();
    }
  }
}
