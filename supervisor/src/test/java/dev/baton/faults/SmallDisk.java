package dev.baton.faults;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file system of a few megabytes that can be filled; only root can have one. */
final class SmallDisk implements AutoCloseable {
  private static final String SIZE = "64m";

  private final Path folder;
  private final String missing;

  /** Mounts it, or tells in {@link #missing} why there is none. */
  SmallDisk(Path folder) throws IOException, InterruptedException {
    this.folder = Files.createDirectories(folder);
    missing = run("mount", "-t", "tmpfs", "-o", "mode=0700,size=" + SIZE, "tmpfs", folder + "");
  }

  /** Why it cannot be filled; empty when it can. */
  String missing() {
    return missing;
  }

  /** Leaves not a byte. */
  void fill() throws IOException {
    var block = ByteBuffer.allocate(1 << 20);
    var options = new StandardOpenOption[] {StandardOpenOption.CREATE, StandardOpenOption.WRITE};
    try (var file = FileChannel.open(filler(), options)) {
      for (int size = block.capacity(); size > 0; ) {
        try {
          file.write(block.clear().limit(size), file.size());
        } catch (IOException e) {
          size /= 2;
        }
      }
    }
  }

  /** Gives back what was taken. */
  void free() throws IOException {
    Files.deleteIfExists(filler());
  }

  private Path filler() {
    return folder.resolve("filler");
  }

  private static String run(String... command) throws IOException, InterruptedException {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() == 0 ? "" : "no small file system: " + output.strip();
  }

  @Override
  public void close() throws IOException {
    if (missing.isEmpty()) {
      try {
        var problem = run("umount", folder.toString());
        if (!problem.isEmpty()) {
          throw new AssertionError("left mounted: " + problem);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
