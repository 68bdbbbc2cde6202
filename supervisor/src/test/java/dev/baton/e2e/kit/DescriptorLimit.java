package dev.baton.e2e.kit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** RLIMIT_NOFILE of a process that runs, lowered for a while: prlimit(1). */
public final class DescriptorLimit {
  private final long pid;
  private final String before;

  /** From now on the process can have so many descriptors more than now. */
  public DescriptorLimit(long pid, int more) throws IOException, InterruptedException {
    this.pid = pid;
    var columns = prlimit("--output=SOFT,HARD", "--noheadings", "--nofile").strip().split("\\s+");
    before = columns[0];
    // A limit is on numbers, and new descriptors get the lowest that is free.
    int limit = Proc.fds(pid).size() + more;
    prlimit("--nofile=" + limit + ":" + columns[1]);
  }

  private String prlimit(String... options) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("prlimit", "--pid=" + pid));
    command.addAll(List.of(options));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(command + ": " + output);
    }
    return output;
  }

  /** Restores what was, if the process is still there. */
  public void restore() throws IOException, InterruptedException {
    try {
      prlimit("--nofile=" + before + ":");
    } catch (IOException e) {
      if (Proc.exists(pid)) {
        throw e;
      }
    }
  }
}
