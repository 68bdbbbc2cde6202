package dev.baton.supervisor.cli;

import dev.baton.supervisor.config.BatonConfig;
import dev.baton.supervisor.config.KernelLimits;
import dev.baton.supervisor.config.ListenerConfig;
import dev.baton.supervisor.config.MemoryBudget;
import dev.baton.supervisor.config.PoolConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "check", description = "Check a configuration without starting anything.")
final class CheckCommand implements Callable<Integer> {

  private final CliContext context;

  @Mixin private HelpOption help;

  @Mixin private ConfParameter conf;

  CheckCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Path file = conf.file(context);
    BatonConfig config = context.load(file);
    List<String> problems = Trials.of(config, context.environment());
    config.warnings().forEach(this::warn);
    KernelLimits.read().warnings(config).forEach(this::warn);
    MemoryBudget.of(config).warning().ifPresent(this::warn);
    config.pools().values().stream()
        .flatMap(pool -> new ConfinementTrials(pool, context.environment()).warnings().stream())
        .forEach(this::warn);
    if (!problems.isEmpty()) {
      problems.forEach(problem -> context.err().println(file + ": " + problem));
      int count = problems.size();
      throw new CliException(
          ExitCode.USE, file + " has " + (count == 1 ? "a problem" : count + " problems"));
    }
    context.out().println(file + " is fine");
    config.listeners().values().forEach(this::show);
    config.pools().values().forEach(this::show);
    return ExitCode.DONE;
  }

  private void warn(String text) {
    context.complain("warning: " + text);
  }

  private void show(ListenerConfig listener) {
    String mode = listener.mode().name().toLowerCase(Locale.ROOT);
    context
        .out()
        .println(
            "  listens on "
                + listener.address().uri()
                + " ("
                + listener.name()
                + ", "
                + mode
                + ")");
  }

  private void show(PoolConfig pool) {
    String what = pool.plugin().orElse("the plugin on its class path");
    String workers = pool.workers() == 1 ? " worker runs " : " workers run ";
    context.out().println("  pool " + pool.name() + ": " + pool.workers() + workers + what);
  }
}
