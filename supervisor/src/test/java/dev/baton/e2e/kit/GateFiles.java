package dev.baton.e2e.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;

/** Holds workers of the greeting plugin at a step: the other side of its gates. */
public final class GateFiles {
  private final Path folder;

  /** Makes the folder, which the plugin's configuration has to name. */
  public GateFiles(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
  }

  /** The folder. */
  public Path folder() {
    return folder;
  }

  /** From now on every worker waits there. */
  public void hold(String step) throws IOException {
    Files.createFile(folder.resolve(step));
  }

  /** From now on the workers of one slot wait there. */
  public void hold(String step, int slot) throws IOException {
    Files.createFile(folder.resolve(step + "." + slot));
  }

  /** Lets all workers pass that {@link #hold(String)} holds. */
  public void pass(String step) throws IOException {
    Files.delete(folder.resolve(step));
  }

  /** Lets the workers of one slot pass. */
  public void pass(String step, int slot) throws IOException {
    Files.delete(folder.resolve(step + "." + slot));
  }

  /** How many connections wait at a step, those of workers that died there included. */
  public int waiting(String step) {
    return markers("at-" + step + ".").size();
  }

  /** How many connections wait at a step in one slot, in any run of it. */
  public int waiting(String step, int slot) {
    return markers("at-" + step + "." + slot + "-").size();
  }

  private List<Path> markers(String start) {
    try (var files = Files.list(folder)) {
      return files.filter(file -> file.getFileName().toString().startsWith(start)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Orders one run of a slot to misbehave: a mode of the sample {@code unruly}. */
  public void order(int slot, int run, String mode) throws IOException {
    var draft = Files.writeString(folder.resolve("draft." + slot + "-" + run), mode);
    Files.move(draft, folder.resolve("order." + slot + "-" + run), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Waits until at least so many connections wait at a step in one slot. */
  public void await(String step, int slot, int count) throws IOException, InterruptedException {
    Deadline.await(
        Duration.ofSeconds(20),
        count + " connections wait at " + step + " in slot " + slot,
        () -> waiting(step, slot) >= count,
        () -> "there are " + waiting(step, slot));
  }
}
