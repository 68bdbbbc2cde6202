package dev.baton.supervisor.state;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * What one program leaves to the next in the same process, beside the state folder. What a later
 * version adds is passed over; what it must not pass over raises the format.
 *
 * @param number of upgrades of this process, this one included
 * @param version of the program that leaves
 * @param protocol that its workers speak
 * @param runtimeDir which the next one must use, too
 * @param command of the program that leaves, to have it back; empty when it is the one coming back
 * @param begun when the exec came, by {@link System#nanoTime}
 * @param descriptors which stay open
 * @param logs how far each log of a worker is on the supervisor's output, in bytes
 * @param pools what only the program knew of them
 * @param failure why the program before this one gave up; empty when none has
 */
public record Handover(
    int number,
    String version,
    String protocol,
    String runtimeDir,
    List<String> command,
    long begun,
    Descriptors descriptors,
    Map<String, Long> logs,
    List<PoolMemory> pools,
    String failure) {
  private static final int FORMAT = 1;
  private static final String UNREADABLE = "the state of the program before cannot be read: ";
  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  /** Copies the lists. */
  public Handover {
    command = List.copyOf(command);
    logs = Map.copyOf(logs);
    pools = List.copyOf(pools);
  }

  /**
   * By number, which an exec leaves as it is.
   *
   * @param lock of the runtime directory
   * @param adoption the adoption socket
   * @param others all that the store holds
   */
  public record Descriptors(int lock, int adoption, List<Carried> others) {
    /** None, where nothing is handed over yet. */
    public static final Descriptors NONE = new Descriptors(-1, -1, List.of());

    /** Copies the list. */
    public Descriptors {
      others = List.copyOf(others);
    }
  }

  /** The same, now that the exec is about to come. */
  public Handover departing(long now, Descriptors along, Map<String, Long> printed) {
    return new Handover(
        number, version, protocol, runtimeDir, command, now, along, printed, pools, failure);
  }

  /** The way back. */
  public Handover failed(String why) {
    return new Handover(
        number, version, protocol, runtimeDir, List.of(), begun, descriptors, logs, pools, why);
  }

  /** As JSON. */
  public byte[] text() throws IOException {
    ObjectNode json = JSON.createObjectNode().put("format", FORMAT);
    json.setAll((ObjectNode) JSON.valueToTree(this));
    return JSON.writeValueAsBytes(json);
  }

  /**
   * Reads one.
   *
   * @throws IOException for the operator: it is none, or of another format
   */
  public static Handover parse(byte[] text) throws IOException {
    try {
      ObjectNode json = (ObjectNode) JSON.readTree(text);
      int format = json.path("format").asInt();
      if (format != FORMAT) {
        throw new IOException(
            "the state of the program before is of format "
                + format
                + ", this program reads "
                + FORMAT);
      }
      return JSON.treeToValue(json, Handover.class);
    } catch (JacksonException e) {
      throw new IOException(UNREADABLE + e.getOriginalMessage(), e);
    } catch (ClassCastException e) {
      throw new IOException(UNREADABLE + "it is no JSON object", e);
    } catch (NullPointerException e) {
      throw new IOException(UNREADABLE + "something is missing", e);
    }
  }
}
