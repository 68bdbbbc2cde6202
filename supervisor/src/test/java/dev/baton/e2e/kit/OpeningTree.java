package dev.baton.e2e.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Files to be opened by a supervisor, some of them traps: the roots {@code read}, {@code write},
 * {@code follow}, {@code special} and {@code linked} (a symbolic link itself), and {@code outside}.
 * Each regular file in a root says {@code inside}; a file outside says {@code outside}.
 *
 * @param folder of everything
 */
public record OpeningTree(Path folder) {
  /** Bytes of the longest path that the kernel takes, PATH_MAX without its NUL. */
  public static final int LONGEST = 4095;

  private static final int LONGEST_NAME = 200;
  private static final String INSIDE = "inside\n";
  private static final String OUTSIDE = "outside\n";

  /** Makes them. */
  public static OpeningTree in(Path folder) throws IOException {
    var tree = new OpeningTree(folder);
    Files.createDirectories(folder.resolve("outside"));
    Files.writeString(folder.resolve("outside/secret"), OUTSIDE);
    Files.writeString(folder.resolve("outside/name"), OUTSIDE);
    Files.writeString(folder.resolve("read-beside"), OUTSIDE);
    tree.reading();
    tree.writing();
    tree.following();
    tree.specialFiles();
    Files.createSymbolicLink(tree.linkedRoot(), tree.read());
    return tree;
  }

  /** A root of files with symbolic links of all kinds in it, none of which may be followed. */
  public Path read() {
    return folder.resolve("read");
  }

  /** A root of files to be made, in which links lead out. */
  public Path write() {
    return folder.resolve("write");
  }

  /** A root whose links may be followed, as long as they stay in it. */
  public Path follow() {
    return folder.resolve("follow");
  }

  /** FIFOs, a socket. */
  public Path special() {
    return folder.resolve("special");
  }

  /** A socket that nobody listens on; its file is the test's to remove. */
  public Path socket() {
    return special().resolve("socket");
  }

  /** A symbolic link to {@link #read}. */
  public Path linkedRoot() {
    return folder.resolve("linked");
  }

  /** A file outside all roots. */
  public String secret() {
    return folder.resolve("outside/secret").toString();
  }

  /** The path of a file, as long as a path can be. */
  public String longest() {
    var path = new StringBuilder(read().toString());
    while (path.length() + 2 * (LONGEST_NAME + 1) < LONGEST) {
      path.append('/').append("d".repeat(LONGEST_NAME));
    }
    int rest = LONGEST - path.length() - 2;
    path.append('/').append("e".repeat(rest / 2));
    return path.append('/').append("f".repeat(LONGEST - path.length())).toString();
  }

  private void reading() throws IOException {
    Files.createDirectories(read().resolve("below"));
    Files.writeString(read().resolve("plain"), INSIDE);
    Files.writeString(read().resolve("below/deep"), INSIDE);
    Files.createLink(read().resolve("hard"), Path.of(secret()));
    links(read());
    var longest = Path.of(longest());
    Files.createDirectories(longest.getParent());
    Files.writeString(longest, INSIDE);
  }

  private void writing() throws IOException {
    Files.createDirectories(write().resolve("below"));
    Files.createSymbolicLink(write().resolve("secret.txt"), Path.of("../outside/secret"));
    Files.createSymbolicLink(write().resolve("dangling.txt"), Path.of("../outside/made"));
  }

  private void following() throws IOException {
    Files.createDirectories(follow());
    Files.writeString(follow().resolve("plain"), INSIDE);
    links(follow());
    Files.createSymbolicLink(follow().resolve("absolute"), Path.of(secret()));
    Files.createSymbolicLink(follow().resolve("loop"), Path.of("loop"));
  }

  private void links(Path root) throws IOException {
    Files.createSymbolicLink(root.resolve("to-plain"), Path.of("plain"));
    Files.createSymbolicLink(root.resolve("to-root"), Path.of("."));
    Files.createSymbolicLink(root.resolve("to-secret"), Path.of("../outside/secret"));
    Files.createSymbolicLink(root.resolve("to-outside"), Path.of("../outside"));
  }

  private void specialFiles() throws IOException {
    Files.createDirectories(special());
    Files.writeString(special().resolve("allowed-file"), INSIDE);
    fifo(special().resolve("fifo"));
    fifo(special().resolve("allowed-fifo"));
    // The file stays when its socket is closed (APUE 17.2).
    try (var socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.bind(UnixDomainSocketAddress.of(socket()));
    }
  }

  /** Makes one with mkfifo(1). */
  public static void fifo(Path path) throws IOException {
    try {
      var made = new ProcessBuilder("mkfifo", path.toString()).inheritIO().start();
      assertEquals(0, made.waitFor(), () -> "mkfifo " + path);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Nothing was written there, emptied, or made. */
  public void assertNothingHappenedOutside() throws IOException {
    assertEquals(OUTSIDE, Files.readString(Path.of(secret())));
    assertEquals(OUTSIDE, Files.readString(folder.resolve("outside/name")));
    try (var files = Files.list(folder.resolve("outside"))) {
      var names = files.map(file -> file.getFileName().toString()).sorted().toList();
      assertEquals(List.of("name", "secret"), names);
    }
  }
}
