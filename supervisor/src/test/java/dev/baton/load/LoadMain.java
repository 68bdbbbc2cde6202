package dev.baton.load;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The load generator by hand: runs for a time, prints the report. Exit status 0 if nothing was
 * lost, 1 if something was, 100 for wrong use.
 */
public final class LoadMain {
  private static final String USAGE =
      """
      usage: LoadMain ADDRESS... [--path PATH] [--rate N] [--new N] [--keep-alive N]
                      [--seconds N] [--timeout SECONDS] [--bodies]
        ADDRESS      tcp://host:port[/path] or unix:/path; several are asked at once
        --rate       requests a second for each plan, 0 for no pause (default 0)
        --new        a new connection for each request, at most N at once (default: 64)
        --keep-alive N connections that stay open; with --new, both kinds run at once
        --seconds    how long (default 10)
        --timeout    for each request (default 10)
        --bodies     count responses by their bodies
      """;

  private final List<String> addresses = new ArrayList<>();
  private String path;
  private double rate;
  private int fresh;
  private int kept;
  private double seconds = 10;
  private double timeout = 10;
  private boolean bodies;

  private LoadMain() {}

  /** Runs the program. */
  public static void main(String[] args) throws InterruptedException {
    LoadPlan[] plans;
    var main = new LoadMain();
    try {
      main.parse(List.of(args));
      plans = main.plans();
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage() + "\n" + USAGE);
      System.exit(100);
      return;
    }
    LoadReport report;
    try (var load = new LoadGenerator()) {
      load.start(plans);
      Thread.sleep((long) (main.seconds * 1000));
      report = load.stop();
    }
    System.out.print(report);
    System.exit(report.lost() == 0 ? 0 : 1);
  }

  private void parse(List<String> args) {
    for (var rest = args.iterator(); rest.hasNext(); ) {
      var arg = rest.next();
      switch (arg) {
        case "--bodies" -> bodies = true;
        case "--path" -> path = value(arg, rest);
        case "--rate" -> rate = number(arg, rest);
        case "--new" -> fresh = (int) number(arg, rest);
        case "--keep-alive" -> kept = (int) number(arg, rest);
        case "--seconds" -> seconds = number(arg, rest);
        case "--timeout" -> timeout = number(arg, rest);
        default -> {
          if (arg.startsWith("-")) {
            throw new IllegalArgumentException("unknown option " + arg);
          }
          addresses.add(arg);
        }
      }
    }
    if (addresses.isEmpty()) {
      throw new IllegalArgumentException("an address is needed");
    }
  }

  private LoadPlan[] plans() {
    var plans = new ArrayList<LoadPlan>();
    for (var address : addresses) {
      var target = Target.parse(address);
      if (kept > 0) {
        plans.add(plan(LoadPlan.keepAlive(target, kept), address));
      }
      if (fresh > 0 || kept == 0) {
        int atOnce = fresh > 0 ? fresh : 64;
        plans.add(plan(LoadPlan.newConnections(target).connections(atOnce), address));
      }
    }
    return plans.toArray(LoadPlan[]::new);
  }

  private LoadPlan plan(LoadPlan plain, String address) {
    int slash = address.startsWith("tcp://") ? address.indexOf('/', "tcp://".length()) : -1;
    var asked = path != null ? path : slash > 0 ? address.substring(slash) : "/";
    var plan = plain.path(asked).rate(rate).timeout(Duration.ofMillis((long) (timeout * 1000)));
    return bodies ? plan.countBy(body -> new String(body, StandardCharsets.UTF_8).strip()) : plan;
  }

  private static String value(String option, java.util.Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw new IllegalArgumentException(option + " needs a value");
    }
    return rest.next();
  }

  private static double number(String option, java.util.Iterator<String> rest) {
    var text = value(option, rest);
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(option + " needs a number, not " + text, e);
    }
  }
}
