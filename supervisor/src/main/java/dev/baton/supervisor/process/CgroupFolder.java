package dev.baton.supervisor.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A cgroup, version 2, by the folder that stands for it ({@code cgroups(7)}, and the kernel's
 * {@code cgroup-v2}). Below one with controllers given on there may be no processes but in its
 * leaves, the root excepted; so a supervisor that divides its own cgroup moves into a leaf of it.
 *
 * @param folder below the mount of the hierarchy
 */
record CgroupFolder(Path folder) {

  /** The leaf that a supervisor is in, as systemd's {@code DelegateSubgroup} can have it, too. */
  static final String SUPERVISOR = "supervisor";

  private static final Path ROOT = Path.of("/");
  private static final String PROCESSES = "cgroup.procs";
  private static final String GIVEN = "cgroup.subtree_control";
  private static final String CONTROLLERS = "cgroup.controllers";

  /** A folder that has to be a cgroup. */
  static CgroupFolder at(Path folder) throws IOException {
    if (!Files.isRegularFile(folder.resolve(CONTROLLERS))) {
      throw new IOException(folder + " is no cgroup (version 2)");
    }
    return new CgroupFolder(folder);
  }

  /** The one below which the workers of this process belong: its own, or that of its leaf. */
  static CgroupFolder own() throws IOException {
    return own(ROOT);
  }

  static CgroupFolder own(Path root) throws IOException {
    String path =
        lines(root.resolve("proc/self/cgroup")).stream()
            .filter(line -> line.startsWith("0::"))
            .map(line -> line.substring("0::".length()))
            .findFirst()
            .orElseThrow(() -> new IOException("this machine has no cgroups of version 2"));
    Path own = mounted(root, path);
    boolean leaf = own.endsWith(SUPERVISOR) && Files.exists(own.resolveSibling(CONTROLLERS));
    return at(leaf ? own.getParent() : own);
  }

  /** The folder of a cgroup, as {@code /proc/PID/cgroup} names it. */
  static Path mounted(String path) throws IOException {
    return mounted(ROOT, path);
  }

  static Path mounted(Path root, String path) throws IOException {
    for (String line : lines(root.resolve("proc/self/mountinfo"))) {
      // ID parent device root mount-point options ... - type source options (proc(5))
      String[] halves = line.split(" - ", 2);
      String[] mount = halves[0].split(" ");
      if (halves.length == 2 && halves[1].startsWith("cgroup2 ") && below(path, mount[3])) {
        String rest = mount[3].equals("/") ? path : path.substring(mount[3].length());
        Path point = root.resolve(mount[4].substring(1));
        return point.resolve(rest.replaceFirst("^/+", ""));
      }
    }
    throw new IOException("the cgroups of version 2 are not mounted here, or not ours");
  }

  private static boolean below(String path, String mountRoot) {
    return !path.contains("..")
        && (mountRoot.equals("/") || path.equals(mountRoot) || path.startsWith(mountRoot + '/'));
  }

  /** Which of some controllers it lacks. */
  Set<String> missing(Set<String> controllers) throws IOException {
    Set<String> missing = new TreeSet<>(controllers);
    missing.removeAll(available());
    return missing;
  }

  /** The controllers that it has. */
  Set<String> available() throws IOException {
    return words(CONTROLLERS);
  }

  /** Whether new cgroups and processes can come below it. */
  boolean writable() {
    return Files.isWritable(folder) && Files.isWritable(folder.resolve(PROCESSES));
  }

  /**
   * Gives controllers on to the cgroups below.
   *
   * @param controllers that it has
   */
  void giveOn(Set<String> controllers) throws IOException {
    Set<String> wanted = new LinkedHashSet<>(controllers);
    wanted.removeAll(words(GIVEN));
    if (wanted.isEmpty()) {
      return;
    }
    makeWay();
    for (String controller : wanted) {
      write(folder.resolve(GIVEN), "+" + controller);
    }
  }

  /** Leaves it for a leaf, if it is ours and nobody else is in it. */
  private void makeWay() throws IOException {
    boolean root = !Files.exists(folder.resolve("cgroup.type"));
    List<String> processes = lines(folder.resolve(PROCESSES));
    if (root || processes.isEmpty()) {
      return;
    }
    String self = String.valueOf(ProcessHandle.current().pid());
    if (!processes.equals(List.of(self))) {
      throw new IOException(
          folder
              + " holds other processes than the supervisor, so its controllers cannot be given on;"
              + " a service with Delegate=yes has a cgroup of its own");
    }
    write(child(SUPERVISOR).folder.resolve(PROCESSES), self);
  }

  /** One below, made if need be. */
  CgroupFolder child(String name) throws IOException {
    Path child = folder.resolve(name);
    if (!Files.isDirectory(child)) {
      try {
        Files.createDirectory(child);
      } catch (FileSystemException e) {
        throw new IOException("cannot make the cgroup " + child + ": " + reason(e), e);
      }
    }
    return new CgroupFolder(child);
  }

  private Set<String> words(String file) throws IOException {
    Set<String> words = new LinkedHashSet<>();
    for (String line : lines(folder.resolve(file))) {
      words.addAll(Arrays.asList(line.split(" ")));
    }
    words.remove("");
    return words;
  }

  /** Writes to a file of the kernel, which is there. */
  static void write(Path file, String text) throws IOException {
    try {
      Files.writeString(file, text, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new IOException("cannot write \"" + text + "\" to " + file + ": " + reason(e), e);
    }
  }

  private static String reason(IOException e) {
    return e instanceof FileSystemException f && f.getReason() != null
        ? f.getReason()
        : e instanceof AccessDeniedException ? "Permission denied" : e.getMessage();
  }

  private static List<String> lines(Path file) throws IOException {
    try {
      return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new IOException("cannot read " + file + ": " + reason(e), e);
    }
  }
}
