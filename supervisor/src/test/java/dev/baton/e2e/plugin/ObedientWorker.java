package dev.baton.e2e.plugin;

import dev.baton.samples.unruly.Unruly;
import dev.baton.worker.Drain;
import dev.baton.worker.Worker;
import dev.baton.worker.WorkerContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Greets as {@link GreetingWorker} does, and misbehaves when it is ordered to: an order is a file
 * {@code order.SLOT-RUN} in the folder of the gates, and its content a mode of the sample {@code
 * unruly}.
 */
public final class ObedientWorker implements Worker {
  private static final long PERIOD_MILLIS = 20;

  private final GreetingWorker honest = new GreetingWorker();

  @Override
  public void start(WorkerContext context) throws IOException {
    honest.start(context);
    var gates = Path.of(context.config(GreetingWorker.Settings.class).gates());
    var who = context.identity();
    var order = gates.resolve("order." + who.slot() + "-" + who.run());
    var thread = new Thread(() -> obey(context, order), "orders");
    thread.setDaemon(true);
    thread.start();
  }

  private static void obey(WorkerContext context, Path order) {
    try {
      while (true) {
        if (Files.exists(order)) {
          var mode = Files.readString(order);
          Files.delete(order);
          System.out.println("obedient: " + mode);
          Unruly.misbehave(context, mode);
        }
        Thread.sleep(PERIOD_MILLIS);
      }
    } catch (Exception e) {
      e.printStackTrace();
    }
  }

  @Override
  public void drain(Drain drain) throws InterruptedException {
    honest.drain(drain);
  }
}
