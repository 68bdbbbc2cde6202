package dev.baton.e2e.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The assembled program that tests run, and the JDK they run it with.
 *
 * @param dist the folder with {@code bin/baton}, {@code lib}, {@code samples} and {@code conf}
 * @param javaHome the JDK
 */
public record Installation(Path dist, Path javaHome) {
  private static final String DIST = "baton.test.dist";
  private static final String JAVA_HOME = "baton.test.javaHome";
  private static final AtomicBoolean ARCHIVED = new AtomicBoolean();

  /**
   * Checks that both folders are what they should be; if not, an {@link IllegalStateException} says
   * which.
   */
  public Installation {
    for (var needed : List.of("bin/baton", "lib", "samples", "conf")) {
      if (!Files.exists(dist.resolve(needed))) {
        throw new IllegalStateException(
            "no distribution in "
                + dist
                + ": "
                + needed
                + " is missing (assembled by mvn package)");
      }
    }
    if (!Files.isExecutable(javaHome.resolve("bin/java"))) {
      throw new IllegalStateException("no JDK in " + javaHome + ": bin/java is missing");
    }
  }

  /**
   * The installation that the system properties {@code baton.test.dist} and {@code
   * baton.test.javaHome} (by default the running JDK) name.
   */
  public static Installation find() {
    var dist = System.getProperty(DIST);
    if (dist == null) {
      throw new IllegalStateException(
          "the system property " + DIST + " must name the assembled distribution");
    }
    var home = System.getProperty(JAVA_HOME, System.getProperty("java.home"));
    var installation = new Installation(Path.of(dist).toAbsolutePath().normalize(), Path.of(home));
    installation.archive();
    return installation;
  }

  /** As an operator would after installing: every start takes half as long. Once per JVM. */
  private void archive() {
    if (ARCHIVED.getAndSet(true)) {
      return;
    }
    try {
      var result = new Launcher(this).run("archive");
      if (result.exit() != 0) {
        System.out.println("starts take longer: " + result); // they work as well
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** The launcher. */
  public Path launcher() {
    return dist.resolve("bin/baton");
  }

  /** What a pool needs as its class path to run this sample. */
  public List<String> classPath(Sample sample) {
    var entries = new ArrayList<String>();
    try (var jars = Files.newDirectoryStream(dist.resolve("samples"), "*.jar")) {
      jars.forEach(jar -> entries.add(jar.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (entries.isEmpty()) {
      throw new IllegalStateException("no jar in " + dist.resolve("samples"));
    }
    if (sample == Sample.HTTP) {
      entries.add(dist.resolve("samples/lib") + "/*.jar");
    }
    return entries;
  }
}
