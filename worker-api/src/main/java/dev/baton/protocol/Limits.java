package dev.baton.protocol;

/** What one peer may send; checked before anything is allocated. */
public final class Limits {
  /** Bytes of one frame. A larger message travels in a sealed memfd. */
  public static final int FRAME_BYTES = 64 * 1024;

  /** Bytes of one message that travels in a memfd. */
  public static final int MESSAGE_BYTES = 4 * 1024 * 1024;

  /** Descriptors beside one frame; the kernel's own limit (SCM_MAX_FD). */
  public static final int FRAME_DESCRIPTORS = 253;

  /** Connections that one message names. */
  public static final int CONNECTIONS = 4096;

  /** Bytes of one {@link ConnectionFrame}. */
  public static final int CONNECTION_FRAME_BYTES = 512;

  /** Bytes of one line of the open service, its end included. */
  public static final int SERVICE_LINE_BYTES = 32 * 1024;

  /** Nesting of a message's JSON. */
  public static final int JSON_DEPTH = 64;

  /** Frames that wait for a peer to read, before it is given up. */
  public static final int QUEUED_FRAMES = 1024;

  /** Bytes that wait for a peer to read, before it is given up. */
  public static final int QUEUED_BYTES = 4 * 1024 * 1024;

  /** Characters of a text that a peer sends for people to read; more is cut off. */
  public static final int TEXT_CHARS = 8192;

  private Limits() {}

  /** A peer's text cut to {@link #TEXT_CHARS}; empty for {@code null}. */
  public static String text(String text) {
    if (text == null) {
      return "";
    }
    return text.length() <= TEXT_CHARS ? text : text.substring(0, TEXT_CHARS) + " ...";
  }
}
