package dev.baton.e2e.kit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a process holds at one moment: the things that a test may leave behind. Compared by identity
 * (inode, path, start time), never by count, so that the difference names the culprit.
 *
 * @param descriptors the targets of its descriptors, as they are shown in {@code /proc/PID/fd}
 * @param children its child processes
 * @param sockets the socket files in the folders that were looked at
 */
record Footprint(Set<String> descriptors, Set<Proc.Identity> children, Set<Path> sockets) {

  /** The footprint of the test JVM, with the socket files below these folders. */
  static Footprint ofThisJvm(Collection<Path> folders) {
    var descriptors = new HashSet<String>();
    for (var fd : Proc.fds(Proc.self())) {
      descriptors.add(fd.target());
    }
    var children = new HashSet<Proc.Identity>();
    for (var child : Proc.children(Proc.self())) {
      children.add(new Proc.Identity(child.pid(), child.startTicks()));
    }
    var sockets = new TreeSet<Path>();
    folders.forEach(folder -> sockets.addAll(SocketFiles.below(folder)));
    return new Footprint(descriptors, children, sockets);
  }

  /**
   * What has come since, one line each: sockets and pipes, files below the folders, children alive
   * or zombie, socket files. Other descriptors are the JVM's business (jars, epoll).
   */
  List<String> grownSince(Footprint before, Collection<Path> folders) {
    var lines = new ArrayList<String>();
    for (var target : new TreeSet<>(descriptors)) {
      boolean counts =
          target.startsWith("socket:")
              || target.startsWith("pipe:")
              || folders.stream().anyMatch(folder -> target.startsWith(folder + "/"));
      if (counts && !before.descriptors.contains(target)) {
        lines.add("descriptor of " + target + " is open");
      }
    }
    for (var child : children) {
      if (!before.children.contains(child)) {
        var how = Proc.isZombie(child.pid()) ? "a zombie" : "alive";
        lines.add("child " + child.pid() + " is " + how + " " + Proc.commandLine(child.pid()));
      }
    }
    for (var socket : sockets) {
      if (!before.sockets.contains(socket)) {
        lines.add("socket file " + socket + " exists");
      }
    }
    return lines;
  }
}
