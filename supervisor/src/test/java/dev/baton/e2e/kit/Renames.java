package dev.baton.e2e.kit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Renames in a tight loop, on a thread of its own: {@code ROOT/moving} is a folder with a file
 * {@code name} that says {@code inside}, and a link to the outside, by turns; between them it is
 * not there, or the folder is outside.
 */
public final class Renames implements AutoCloseable {
  private final Path moving;
  private final Path aside;
  private final Path out;
  private final Path link;
  private final Thread thread;
  private volatile boolean stopping;
  private volatile long rounds;
  private volatile IOException failure;

  private Renames(OpeningTree tree, Path root) throws IOException {
    moving = root.resolve("moving");
    aside = root.resolve("aside");
    out = tree.folder().resolve("moved-out");
    link = root.resolve("link");
    Files.createDirectory(moving);
    Files.writeString(moving.resolve("name"), "inside\n");
    Files.createSymbolicLink(link, Path.of("../outside"));
    thread = new Thread(this::run, "renames");
  }

  /** Makes the folder and begins. */
  public static Renames start(OpeningTree tree, Path root) throws IOException {
    var renames = new Renames(tree, root);
    renames.thread.start();
    return renames;
  }

  /** How often all of it was done. */
  public long rounds() {
    return rounds;
  }

  private void run() {
    try {
      while (!stopping) {
        move(moving, aside);
        move(link, moving);
        move(moving, link);
        move(aside, moving);
        move(moving, out);
        move(out, moving);
        rounds++;
      }
    } catch (IOException e) {
      failure = e;
    }
  }

  private static void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void close() throws IOException {
    stopping = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (failure != null) {
      throw failure;
    }
  }
}
