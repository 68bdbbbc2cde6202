package dev.baton.supervisor.upgrade;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.ProtocolException;
import dev.baton.protocol.Version;
import dev.baton.supervisor.state.Carried;
import dev.baton.supervisor.state.Handover;
import dev.baton.supervisor.state.PoolMemory;
import dev.baton.supervisor.state.StateFolder;
import dev.baton.supervisor.store.PassedSocket;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The other side of an upgrade: what the program before this one has left to it. Until it has
 * {@link #succeeded}, everything stays open under its old number, so that the program before can
 * come back. One thread.
 */
public final class Takeover {
  /** What a program says of itself that was tried and is able. */
  static final String ABLE = "able to take over: ";

  private final Posix posix;
  private final Map<String, String> environment;
  private final Optional<Handover> handover;
  private final boolean trial;
  private final List<OwnedFd> originals = new ArrayList<>();
  private boolean pending;

  private Takeover(
      Posix posix, Map<String, String> environment, Optional<Handover> handover, boolean trial) {
    this.posix = posix;
    this.environment = environment;
    this.handover = handover;
    this.trial = trial;
    this.pending = handover.isPresent() && !trial;
  }

  /** A start as any other. */
  public static Takeover none(Map<String, String> environment) {
    return new Takeover(null, clean(environment), Optional.empty(), false);
  }

  /**
   * Looks for one in the environment of this process.
   *
   * @throws IOException for the operator, when there is one that cannot be read
   */
  public static Takeover find(Map<String, String> environment) throws IOException {
    String value = environment.getOrDefault(Exec.VARIABLE, "");
    boolean trial = value.startsWith(Exec.TRY);
    if (!trial && !value.startsWith(Exec.TAKE)) {
      return none(environment); // without loading what calls the kernel: most commands never do
    }
    Posix posix = Posix.system();
    int number;
    try {
      number = Integer.parseInt(value.substring(value.indexOf(':') + 1));
    } catch (NumberFormatException e) {
      throw new IOException(Exec.VARIABLE + " is \"" + value + "\"; that is for Baton alone", e);
    }
    try (OwnedFd memory = OwnedFd.of(posix, number, "handover")) {
      Handover read = Memory.read(memory);
      Takeover takeover = new Takeover(posix, clean(environment), Optional.of(read), trial);
      if (takeover.pending) {
        for (Carried carried : read.descriptors().others()) {
          posix.setCloseOnExec(carried.fd(), true);
          takeover.originals.add(OwnedFd.of(posix, carried.fd(), "carried:" + carried.name()));
        }
        posix.setCloseOnExec(read.descriptors().lock(), true);
        posix.setCloseOnExec(read.descriptors().adoption(), true);
      }
      return takeover;
    }
  }

  /** What only this process is told, and by nobody who sees its environment later. */
  private static Map<String, String> clean(Map<String, String> environment) {
    Map<String, String> all = new HashMap<>(environment);
    all.remove(Exec.VARIABLE);
    return Map.copyOf(all);
  }

  /** Of this process, for all that it starts: without what an upgrade has left there. */
  public Map<String, String> environment() {
    return environment;
  }

  /** Whether this process is only asked if it could. */
  public boolean trial() {
    return trial;
  }

  /** Whether this process was another program before. */
  public boolean begun() {
    return handover.isPresent() && !trial;
  }

  /** How many upgrades this process has had, or has tried. */
  public int number() {
    return handover.map(Handover::number).orElse(0);
  }

  /** The version of the program before. */
  public String version() {
    return handover.map(Handover::version).orElse("");
  }

  /** Why a program was given up, if this one is back. */
  public Optional<String> failure() {
    return handover.map(Handover::failure).filter(text -> !text.isEmpty());
  }

  /** What the program before knew of its pools. */
  public List<PoolMemory> pools() {
    return handover.map(Handover::pools).orElse(List.of());
  }

  /** How far the logs of workers are printed, in bytes by file. */
  public Map<String, Long> logs() {
    return handover.map(Handover::logs).orElse(Map.of());
  }

  /** How long ago the exec was, in nanoseconds. */
  public long ageNanos() {
    return handover.map(h -> System.nanoTime() - h.begun()).orElse(0L);
  }

  /** The lock of the runtime directory, which this process has all the time; moved out. */
  public Optional<OwnedFd> lock() {
    return handover
        .filter(h -> pending)
        .map(h -> OwnedFd.of(posix, h.descriptors().lock(), "lock"));
  }

  /** The adoption socket, listening; moved out. */
  public Optional<OwnedFd> adoption() {
    return handover
        .filter(h -> pending)
        .map(h -> OwnedFd.of(posix, h.descriptors().adoption(), "adoption"));
  }

  /** Copies of the listeners and held files, for the caller to close. */
  public List<PassedSocket> carried() throws SysException {
    List<PassedSocket> all = new ArrayList<>();
    if (pending) {
      List<Carried> carried = handover.orElseThrow().descriptors().others();
      for (int i = 0; i < carried.size(); i++) {
        String name = carried.get(i).name();
        all.add(new PassedSocket(name, originals.get(i).duplicate(name)));
      }
    }
    return all;
  }

  /**
   * Says whether it could take over, without touching anything.
   *
   * @param runtimeDir that it would use
   * @param problems each is told
   * @return whether it could
   */
  public boolean check(
      Path runtimeDir, StateFolder state, String version, PrintStream out, PrintStream problems)
      throws IOException {
    Handover before = handover.orElseThrow();
    List<String> all = new ArrayList<>(state.unreadable());
    if (!runtimeDir.toString().equals(before.runtimeDir())) {
      all.add(
          "runtimeDir is "
              + runtimeDir
              + " in the configuration, and the supervisor runs on "
              + before.runtimeDir());
    }
    if (!speaks(before.protocol())) {
      all.add(
          "the workers speak protocol "
              + before.protocol()
              + ", and this program "
              + Version.CURRENT);
    }
    all.forEach(problem -> problems.println("baton: " + problem));
    if (all.isEmpty()) {
      out.println(ABLE + version + " on Java " + Runtime.version());
    }
    return all.isEmpty();
  }

  private static boolean speaks(String protocol) {
    try {
      return Version.CURRENT.compatible(Version.parse(protocol));
    } catch (ProtocolException e) {
      return false;
    }
  }

  /** It goes on as this program. */
  public void succeeded() {
    pending = false;
    originals.forEach(OwnedFd::close);
    originals.clear();
  }

  /**
   * Where it is not going on: becomes the program before again, which is told why. Returns where
   * there is none, or it cannot be.
   */
  public void giveUp(String why) throws IOException {
    if (!pending || handover.orElseThrow().command().isEmpty()) {
      return;
    }
    Handover back = handover.get().failed(why);
    Exec.become(posix, handover.get().command(), environment, back);
  }
}
