package dev.baton.samples.scribe;

import dev.baton.worker.Drain;
import dev.baton.worker.Worker;
import dev.baton.worker.WorkerContext;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Appends each line that a client sends to the held file {@code lines}, and answers {@code ok}. The
 * supervisor opened the file for appending, so the lines of several workers never tear: each is one
 * {@code write(2)}, which moves to the end and writes in one step ({@code open(2)}, O_APPEND). A
 * line counts when its {@code ok} has come. When the file was renamed, {@code baton reload} has the
 * workers write to a new one.
 */
public final class ScribeWorker implements Worker {
  private static final String FILE = "lines";
  private static final int MOST_CLIENTS = 64;
  private static final long PAUSE_MILLIS = 100;

  private final ExecutorService writers = Executors.newCachedThreadPool();
  private final Semaphore places = new Semaphore(MOST_CLIENTS);
  private final Set<LineClient> clients = ConcurrentHashMap.newKeySet();
  private Lines lines;
  private ServerSocketChannel listener;
  private Thread acceptor;

  @Override
  public void start(WorkerContext context) throws IOException {
    if (context.listeners().size() != 1) {
      throw new IllegalArgumentException(
          "one listener is needed, given were: " + context.listeners());
    }
    lines = new Lines(context.file(FILE));
    listener = context.listener(context.listeners().iterator().next());
    acceptor = new Thread(this::accept, "accept");
    acceptor.start();
    context.ready();
  }

  /** After a rotation the next line goes to the new file; a line is never in both, or in none. */
  @Override
  public void onFileChanged(String name, FileChannel file) {
    lines.replace(file);
  }

  private void accept() {
    while (listener.isOpen()) {
      try {
        places.acquire(); // before accepting: who finds none waits in the listener's queue
        serve(new LineClient(listener.accept(), lines));
      } catch (ClosedChannelException | InterruptedException e) {
        return;
      } catch (IOException e) {
        places.release();
        System.err.println("cannot accept: " + e.getMessage() + "; again in 100 ms");
        pause();
      }
    }
  }

  private void serve(LineClient client) {
    clients.add(client);
    writers.execute(
        () -> {
          try {
            client.serve();
          } finally {
            clients.remove(client);
            places.release();
          }
        });
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Accepts nothing more, and closes each connection when no line of it is in work. */
  @Override
  public void drain(Drain drain) throws IOException, InterruptedException {
    listener.close();
    clients.forEach(
        LineClient::finish); // which also frees the place that the acceptor may wait for
    acceptor.join(); // an interrupt could lose a connection that was just accepted
    clients.forEach(LineClient::finish);
    writers.shutdown();
    if (writers.awaitTermination(drain.remaining().toMillis(), TimeUnit.MILLISECONDS)) {
      drain.done();
    }
  }
}
