package dev.baton.supervisor.adoption;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.ProtocolException;
import dev.baton.protocol.ToSupervisor.Rejoin;
import dev.baton.protocol.Version;
import dev.baton.supervisor.core.WorkerId;
import dev.baton.supervisor.process.ProcStat;
import dev.baton.supervisor.state.WorkerRecord;
import dev.baton.sys.PeerCredentials;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Whether who wants to be adopted is the worker that it says it is: the process that was written
 * down, by the kernel's word, which knows the secret of its welcome.
 */
public final class Identity {
  /** A supervisor that gave a million a second would need 285 years for it. */
  private static final long HIGHEST_NUMBER = 1L << 53;

  private Identity() {}

  /** What is written down in place of a secret: its SHA-256, in hexadecimal. */
  public static String hash(String secret) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha.digest(secret.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * Checks all that it said and is.
   *
   * @param record what was written down of the worker that it says it is
   * @return its process, for the caller to close
   * @throws ProtocolException VERSION or NOT_AUTHENTIC, with why for the operator
   */
  static OwnedFd check(
      Posix posix, Rejoin said, PeerCredentials peer, Optional<WorkerRecord> record)
      throws ProtocolException {
    Version version = Version.parse(said.protocol());
    if (!Version.CURRENT.compatible(version)) {
      throw new ProtocolException(
          ErrorCode.VERSION, "speaks protocol " + version + ", this supervisor " + Version.CURRENT);
    }
    WorkerRecord known = record.orElseThrow(() -> refused("no worker of this name is waited for"));
    if (WorkerId.parse(said.worker()).filter(id -> !id.spare()).isEmpty()) {
      throw refused("this is no name of a worker that serves");
    }
    if (peer.uid() != known.uid()) {
      throw refused("it runs as uid " + peer.uid() + ", the worker as " + known.uid());
    }
    if (peer.pid() != known.pid()) {
      throw refused("it is pid " + peer.pid() + ", the worker is " + known.pid());
    }
    if (!MessageDigest.isEqual(ascii(hash(said.secret())), ascii(known.secretHash()))) {
      throw refused("it does not know the worker's secret");
    }
    if (said.connections().stream().anyMatch(n -> n < 0 || n > HIGHEST_NUMBER)) {
      throw refused("it has connections of numbers that were never given");
    }
    return process(posix, known);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** The pidfd comes first: what its number is found to be then stays so. */
  private static OwnedFd process(Posix posix, WorkerRecord known) throws ProtocolException {
    OwnedFd pidfd = null;
    try {
      pidfd = OwnedFd.of(posix, posix.pidfdOpen(known.pid()), "pidfd:" + known.worker());
      if (isRunning(known)) {
        return pidfd;
      }
    } catch (SysException e) {
      throw refused("its process cannot be watched: " + e.getMessage());
    }
    pidfd.close();
    throw refused("pid " + known.pid() + " is another process by now");
  }

  /** Whether the very process that was written down is still there. */
  static boolean isRunning(WorkerRecord known) {
    try {
      ProcStat now = ProcStat.of(Path.of("/proc", String.valueOf(known.pid())));
      return !now.ended() && now.startTime().equals(known.startTime());
    } catch (IOException e) {
      return false;
    }
  }

  private static ProtocolException refused(String why) {
    return new ProtocolException(ErrorCode.NOT_AUTHENTIC, why);
  }
}
