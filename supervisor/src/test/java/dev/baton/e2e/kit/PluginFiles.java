package dev.baton.e2e.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;

/**
 * A folder with the classes of {@code dev.baton.e2e.plugin}, to be named as the class path of a
 * pool, or to be packed into a jar. What is changed here counts from the next generation on.
 */
public final class PluginFiles {
  /** The class that a pool names. */
  public static final String PLUGIN = "dev.baton.e2e.plugin.ScriptedWorker";

  private static final List<String> CLASSES =
      List.of(
          "dev/baton/e2e/plugin/ScriptedWorker.class",
          "dev/baton/e2e/plugin/LateAnswer.class",
          "dev/baton/e2e/plugin/Embrace.class");

  private final Path folder;

  /** Fills a new folder with a plugin of version 1 that serves. */
  public PluginFiles(Path folder) throws IOException {
    this.folder = folder;
    restoreClasses();
    version("1");
    behaviour("serve");
  }

  /** The folder. */
  public Path folder() {
    return folder;
  }

  /** What the plugin does: the words of {@code ScriptedWorker}. */
  public PluginFiles behaviour(String words) throws IOException {
    Files.writeString(folder.resolve("behaviour.txt"), words);
    return this;
  }

  /** The version that the plugin answers with. */
  public PluginFiles version(String version) throws IOException {
    Files.writeString(folder.resolve("version.txt"), version);
    return this;
  }

  /** Takes the plugin's class away. */
  public void removeClass() throws IOException {
    Files.delete(folder.resolve(CLASSES.get(0)));
  }

  /** Puts all classes where they belong. */
  public void restoreClasses() throws IOException {
    for (var name : CLASSES) {
      var file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      try (var in = PluginFiles.class.getResourceAsStream("/" + name)) {
        if (in == null) {
          throw new IllegalStateException(name + " was not compiled with the tests");
        }
        Files.write(file, in.readAllBytes());
      }
    }
  }

  /**
   * Packs the folder into a jar, over what the file holds: an existing file keeps its inode, as
   * with {@code cp}.
   */
  public void packInto(Path jar) throws IOException {
    try (var out = new JarOutputStream(Files.newOutputStream(jar));
        var files = Files.walk(folder)) {
      // Resources first and of any length: what comes behind them moves with each packing.
      for (var file : files.filter(Files::isRegularFile).sorted().toList()) {
        out.putNextEntry(new ZipEntry(folder.relativize(file).toString()));
        out.write(Files.readAllBytes(file));
        out.closeEntry();
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
