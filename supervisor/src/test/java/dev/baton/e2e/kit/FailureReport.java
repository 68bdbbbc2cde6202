package dev.baton.e2e.kit;

import java.util.LinkedHashSet;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * When a test fails: prints the end of the output of each supervisor that it started, and of its
 * workers' logs and event journal.
 */
public final class FailureReport implements BeforeEachCallback, AfterEachCallback {
  /** Where worker logs and the journal are, below a runtime directory. */
  private static final List<String> FILES =
      List.of("logs/*.log", "logs/**/*.log", "*journal*", "*journal*/**", "{*,*/*}/*journal*");

  @Override
  public void beforeEach(ExtensionContext context) {
    BatonProcess.forgetStarted();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    context
        .getExecutionException()
        .ifPresent(
            failure -> System.err.println(text(context.getDisplayName(), BatonProcess.started())));
  }

  private static String text(String test, List<BatonProcess> processes) {
    var text = new StringBuilder("=== " + test + " failed\n");
    for (var process : processes) {
      var how = process.alive() ? " runs" : " ended";
      text.append("=== supervisor ").append(process.pid()).append(how).append('\n');
      text.append(process.describe()).append('\n');
      text.append(logs(process.conf()));
    }
    return text.toString();
  }

  /** The ends of all logs below the runtime directory. */
  static String logs(ConfFile conf) {
    var files = new LinkedHashSet<java.nio.file.Path>();
    FILES.forEach(glob -> files.addAll(Logs.find(conf.runtimeDir(), glob)));
    var text = new StringBuilder();
    for (var file : files) {
      text.append("--- end of ").append(conf.runtimeDir().relativize(file)).append('\n');
      text.append(Logs.tail(file)).append('\n');
    }
    return text.toString();
  }
}
