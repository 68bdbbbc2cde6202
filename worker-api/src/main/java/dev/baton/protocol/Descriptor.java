package dev.baton.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What one descriptor beside a frame is; the i-th of a message's {@code fds} tells of the i-th that
 * came.
 *
 * @param kind what sort of descriptor
 * @param name the configured name; for a payload or a single connection that of its listener
 * @param purpose whether the plugin gets it; {@link Purpose#USE} when absent
 * @param address where a listener is bound, such as {@code tcp://127.0.0.1:8080}; else null
 * @param mode how a listener's connections reach workers ({@code shared}); else null
 * @param access how a file was opened ({@code read}, {@code write}, {@code read-write}, {@code
 *     append}); else null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Descriptor(
    Kind kind, String name, Purpose purpose, String address, String mode, String access) {

  private static final String[] LABELS = {"listener:", "file:", "connection:", "payload:"};

  /** Sorts of descriptors. */
  public enum Kind {
    @JsonProperty("listener")
    LISTENER,
    @JsonProperty("file")
    FILE,
    @JsonProperty("connection")
    CONNECTION,
    /** The memfd that holds a message too large for a frame. */
    @JsonProperty("payload")
    PAYLOAD
  }

  /** Why a descriptor is offered. */
  public enum Purpose {
    /** For the plugin. */
    @JsonProperty("use")
    USE,
    /** Kept by the SDK, unseen by the plugin, so that it survives the supervisor. */
    @JsonProperty("custody")
    CUSTODY
  }

  public Descriptor {
    Fields.require(kind, "kind");
    Fields.require(name, "name");
    purpose = purpose == null ? Purpose.USE : purpose;
  }

  /** What it is, for messages: {@code listener:web}. */
  public String label() {
    return LABELS[kind.ordinal()] + name;
  }

  /** A listener for use. */
  public static Descriptor listener(String name, String address, String mode) {
    return new Descriptor(Kind.LISTENER, name, Purpose.USE, address, mode, null);
  }

  /** A held file for use. */
  public static Descriptor file(String name, String access) {
    return new Descriptor(Kind.FILE, name, Purpose.USE, null, null, access);
  }
}
