package dev.baton.e2e.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A class path with all plugins that were compiled with the tests, and nothing else of them. */
public final class PluginFolder {
  /** The plugin that greets every connection. */
  public static final String GREETING = "dev.baton.e2e.plugin.GreetingWorker";

  /** The plugin that sends datagrams back. */
  public static final String ECHO = "dev.baton.e2e.plugin.EchoWorker";

  /** The plugin that has the supervisor open files. */
  public static final String OPEN = "dev.baton.e2e.plugin.OpenWorker";

  /** The greeting plugin that misbehaves when it is ordered to; needs the samples as well. */
  public static final String OBEDIENT = "dev.baton.e2e.plugin.ObedientWorker";

  private PluginFolder() {}

  /** Copies the classes into a new folder and returns it as text. */
  public static String in(Path folder) throws IOException {
    var name = Path.of("dev/baton/e2e/plugin");
    Files.createDirectories(folder.resolve(name));
    try (var files = Files.list(compiled().resolve(name))) {
      for (var file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
        Files.copy(file, folder.resolve(name).resolve(file.getFileName()));
      }
    }
    return folder.toString();
  }

  private static Path compiled() {
    try {
      var source = PluginFolder.class.getProtectionDomain().getCodeSource();
      return Path.of(source.getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new UncheckedIOException(new IOException("where the tests are is no path", e));
    }
  }
}
