package dev.baton.supervisor.upgrade;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.fd.OwnedFd;
import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What one program leaves to the next in a sealed memfd ({@code memfd_create(2)}), beside the
 * runtime directory's state folder. What a later version adds is passed over; what it must not pass
 * over raises the format.
 *
 * @param number of upgrades of this process, this one included
 * @param version of the program that leaves
 * @param runtimeDir which the next one must use, too
 * @param command of the program that leaves, to have it back; empty when it is the one coming back
 * @param begun when the exec came, by {@link System#nanoTime}
 * @param lock the number of the runtime directory's lock; -1 in a trial
 * @param adoption the number of the adoption socket; -1 in a trial
 * @param carried all other descriptors
 * @param pools what only the program knew of them
 * @param failure why the program before this one gave up; empty when none has
 */
public record Handover(
    int number,
    String version,
    String runtimeDir,
    List<String> command,
    long begun,
    int lock,
    int adoption,
    List<Carried> carried,
    List<PoolMemory> pools,
    String failure) {
  /** Of the text; another one cannot be read. */
  static final int FORMAT = 1;

  private static final int LARGEST = 16 << 20;
  private static final int SEALS =
      Constants.F_SEAL_SEAL
          | Constants.F_SEAL_SHRINK
          | Constants.F_SEAL_GROW
          | Constants.F_SEAL_WRITE;

  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  /** Copies the lists. */
  public Handover {
    command = List.copyOf(command);
    carried = List.copyOf(carried);
    pools = List.copyOf(pools);
  }

  /** The same with the numbers of an exec that is about to come. */
  Handover departing(long now, int lockFd, int adoptionFd, List<Carried> all) {
    return new Handover(
        number, version, runtimeDir, command, now, lockFd, adoptionFd, all, pools, failure);
  }

  /** The way back. */
  Handover failed(String why) {
    return new Handover(
        number, version, runtimeDir, List.of(), begun, lock, adoption, carried, pools, why);
  }

  /** Writes it where nobody can change it any more; the caller closes what comes. */
  OwnedFd write(Posix posix) throws IOException {
    ObjectNode json = JSON.createObjectNode().put("format", FORMAT);
    json.setAll((ObjectNode) JSON.valueToTree(this));
    byte[] text = JSON.writeValueAsBytes(json);
    OwnedFd fd = OwnedFd.of(posix, posix.memfdCreate("baton-handover"), "handover");
    try {
      int written = fd.<Integer, SysException>borrow(n -> posix.write(n, text, text.length));
      if (written != text.length) {
        throw new IOException("only " + written + " of " + text.length + " bytes were written");
      }
      fd.use(n -> posix.addSeals(n, SEALS));
      return fd;
    } catch (IOException | RuntimeException e) {
      fd.close();
      throw e;
    }
  }

  /**
   * Reads what is open under a number.
   *
   * @throws IOException for the operator: it is no handover, or of another format
   */
  static Handover read(int fd) throws IOException {
    Path file = Path.of("/proc/self/fd", String.valueOf(fd));
    if (Files.size(file) > LARGEST) {
      throw new IOException("the handover is too long: " + Files.size(file) + " bytes");
    }
    try {
      ObjectNode json = (ObjectNode) JSON.readTree(Files.readAllBytes(file));
      int format = json.path("format").asInt();
      if (format != FORMAT) {
        throw new IOException(
            "the state of the program before is of format "
                + format
                + ", this program reads "
                + FORMAT);
      }
      return JSON.treeToValue(json, Handover.class);
    } catch (JacksonException | ClassCastException | NullPointerException e) {
      throw new IOException("the state of the program before cannot be read: " + e.getMessage(), e);
    }
  }
}
