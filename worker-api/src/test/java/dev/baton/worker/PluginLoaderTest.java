package dev.baton.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.protocol.ErrorCode;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every way in which a plugin cannot be loaded, with what the operator reads. */
class PluginLoaderTest {
  private static final String HERE = PluginLoaderTest.class.getName() + "$";

  @TempDir Path dir;

  /** A plugin as it should be. */
  public static final class Good implements Worker {
    @Override
    public void start(WorkerContext context) {}
  }

  /** Another one. */
  public static final class AlsoGood implements Worker {
    @Override
    public void start(WorkerContext context) {}
  }

  /** No plugin at all. */
  public static final class NoWorker {}

  /** Cannot be made. */
  public abstract static class Abstract implements Worker {}

  static final class NotPublic implements Worker {
    @Override
    public void start(WorkerContext context) {}
  }

  /** Wants what nobody gives. */
  public static final class NeedsArgument implements Worker {
    private final String argument;

    public NeedsArgument(String argument) {
      this.argument = argument;
    }

    @Override
    public void start(WorkerContext context) {
      context.status(argument);
    }
  }

  /** Fails early. */
  public static final class Throws implements Worker {
    public Throws() {
      throw new IllegalStateException("licence expired");
    }

    @Override
    public void start(WorkerContext context) {}
  }

  private static PluginException failure(ClassLoader loader, String name) {
    return assertThrows(PluginException.class, () -> new PluginLoader(loader).load(name));
  }

  private static void assertUnusable(String name, String text) {
    PluginException e = failure(PluginLoaderTest.class.getClassLoader(), HERE + name);
    assertEquals(ErrorCode.PLUGIN_UNUSABLE, e.code());
    assertEquals(text, e.getMessage());
  }

  @Test
  void byName() throws Exception {
    assertInstanceOf(Good.class, new PluginLoader(getClass().getClassLoader()).load(HERE + "Good"));
  }

  @Test
  void notFound() {
    PluginException e = failure(getClass().getClassLoader(), "com.example.Gone");
    assertEquals(ErrorCode.PLUGIN_NOT_FOUND, e.code());
    assertTrue(
        e.getMessage()
            .startsWith("plugin class com.example.Gone was not found on the class path: "),
        e.getMessage());
  }

  @Test
  void unusable() {
    assertUnusable(
        "NoWorker", "plugin class " + HERE + "NoWorker is not a dev.baton.worker.Worker");
    assertUnusable("Abstract", "plugin class " + HERE + "Abstract is abstract");
    assertUnusable("NotPublic", "plugin class " + HERE + "NotPublic is not public");
    assertUnusable(
        "NeedsArgument",
        "plugin class " + HERE + "NeedsArgument has no public constructor without parameters");
    assertUnusable(
        "Throws",
        "the constructor of plugin class "
            + HERE
            + "Throws threw java.lang.IllegalStateException: licence expired");
  }

  private ClassLoader providers(String... names) throws IOException {
    Path services = Files.createDirectories(dir.resolve("META-INF/services"));
    Files.write(services.resolve(Worker.class.getName()), List.of(names));
    return URLClassLoader.newInstance(new URL[] {dir.toUri().toURL()}, getClass().getClassLoader());
  }

  @Test
  void onlyProvider() throws Exception {
    assertInstanceOf(Good.class, new PluginLoader(providers(HERE + "Good")).load(null));
  }

  @Test
  void noProvider() {
    PluginException e = failure(getClass().getClassLoader(), null);
    assertEquals(ErrorCode.PLUGIN_NOT_FOUND, e.code());
    assertTrue(
        e.getMessage()
            .startsWith(
                "no plugin class is named and no META-INF/services/dev.baton.worker.Worker names"
                    + " one on: "),
        e.getMessage());
  }

  @Test
  void severalProviders() throws Exception {
    PluginException e = failure(providers(HERE + "Good", HERE + "AlsoGood"), null);
    assertEquals(ErrorCode.PLUGIN_UNUSABLE, e.code());
    assertEquals(
        "no plugin class is named and 2 were found; name one of "
            + HERE
            + "Good, "
            + HERE
            + "AlsoGood",
        e.getMessage());
  }

  @Test
  void providerThatIsNotThere() throws Exception {
    PluginException e = failure(providers("com.example.Gone"), null);
    assertEquals(ErrorCode.PLUGIN_UNUSABLE, e.code());
    assertTrue(e.getMessage().contains("com.example.Gone"), e.getMessage());
  }

  /** Compiles a class called Plugin into {@link #dir}. */
  private ClassLoader compiled(String apiClassPath, String... sources) throws IOException {
    Path output = Files.createDirectories(dir.resolve("out"));
    String[] arguments = {"-proc:none", "-nowarn", "-cp", apiClassPath, "-d", output.toString()};
    List<String> all = new java.util.ArrayList<>(List.of(arguments));
    for (String source : sources) {
      String name =
          source.replaceAll("(?s).*?public (?:final )?(?:class|interface) (\\w+).*", "$1");
      Path folder = Files.createDirectories(dir.resolve(name + "-source"));
      all.add(Files.writeString(folder.resolve(name + ".java"), source).toString());
    }
    int result =
        ToolProvider.getSystemJavaCompiler().run(null, null, null, all.toArray(String[]::new));
    assertEquals(0, result, "javac");
    return URLClassLoader.newInstance(
        new URL[] {output.toUri().toURL()}, getClass().getClassLoader());
  }

  private static String ownClassPath() {
    return System.getProperty("java.class.path");
  }

  @Test
  void compiledForANewerJava() throws Exception {
    ClassLoader loader =
        compiled(
            ownClassPath(),
            "public class Plugin implements dev.baton.worker.Worker {"
                + " public void start(dev.baton.worker.WorkerContext c) {} }");
    Path file = dir.resolve("out/Plugin.class");
    byte[] bytes = Files.readAllBytes(file);
    bytes[7] = 120;
    Files.write(file, bytes);
    PluginException e = failure(loader, "Plugin");
    assertEquals(ErrorCode.PLUGIN_UNUSABLE, e.code());
    assertTrue(e.getMessage().contains("UnsupportedClassVersionError"), e.getMessage());
    assertTrue(
        e.getMessage()
            .endsWith(
                "(it was compiled for a newer Java; this JVM is "
                    + Runtime.version().feature()
                    + ")"),
        e.getMessage());
  }

  @Test
  void jarMissing() throws Exception {
    ClassLoader loader =
        compiled(
            ownClassPath(),
            "public class Library { }",
            "public class Plugin implements dev.baton.worker.Worker { Library l = new Library();"
                + " public void start(dev.baton.worker.WorkerContext c) {} }");
    Files.delete(dir.resolve("out/Library.class"));
    PluginException e = failure(loader, "Plugin");
    assertEquals(
        "the constructor of plugin class Plugin threw java.lang.NoClassDefFoundError: Library,"
            + " caused by java.lang.ClassNotFoundException: Library (that class is not on the"
            + " class path)",
        e.getMessage());
  }

  @Test
  void builtForAnotherWorkerApi() throws Exception {
    ClassLoader loader =
        compiled(
            dir.toString(),
            "package dev.baton.worker; public interface WorkerContext { void later(); }",
            "package dev.baton.worker; public interface Worker { void start(WorkerContext c); }",
            "public class Plugin implements dev.baton.worker.Worker { public Plugin() {"
                + " start(null); } public void start(dev.baton.worker.WorkerContext c) {"
                + " dev.baton.worker.WorkerContext.class.getName(); dev.baton.worker.Later.call();"
                + " } }",
            "package dev.baton.worker; public class Later { public static void call() {} }");
    Files.walk(dir.resolve("out/dev"))
        .sorted(java.util.Comparator.reverseOrder())
        .forEach(path -> path.toFile().delete());
    PluginException e = failure(loader, "Plugin");
    assertTrue(
        e.getMessage()
            .endsWith(
                "(the plugin was built for another version of worker-api; this is "
                    + Sdk.version()
                    + ")"),
        e.getMessage());
  }
}
