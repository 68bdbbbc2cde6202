package dev.baton.supervisor.cli;

import dev.baton.supervisor.metrics.ProcessFigures;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "top",
    description = "Show pools and workers with their load, anew each second until Ctrl-C.")
final class TopCommand implements Callable<Integer> {
  /** Workers tell of their work with each answer to a heartbeat, every 5 s unless configured. */
  private static final int WINDOW = 10;

  private final CliContext context;

  @Option(
      names = "--once",
      description = "One frame and no more, as where the output is no terminal.")
  private boolean once;

  @Mixin private ColourOption colour;
  @Mixin private InstanceOption instance;
  @Mixin private HelpOption help;

  TopCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    Paint paint = new Paint(colour.wanted());
    AdminClient client = instance.client(context);
    TopFrame first = frame(client);
    if (once || !Screen.terminal()) {
      TopTable.of(null, first, paint).forEach(context.out()::println);
      return ExitCode.DONE;
    }
    Deque<TopFrame> frames = new ArrayDeque<>();
    try (Screen screen = new Screen(context.out())) {
      for (TopFrame now = first; ; now = frame(client)) {
        screen.show(TopTable.of(frames.peekFirst(), now, paint));
        frames.addLast(now);
        if (frames.size() > WINDOW) {
          frames.removeFirst();
        }
        TimeUnit.SECONDS.sleep(1); // the refresh itself is the event
      }
    }
  }

  private static TopFrame frame(AdminClient client) {
    return TopFrame.of(System.nanoTime(), client.status(), ProcessFigures::read);
  }
}
