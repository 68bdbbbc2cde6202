package dev.baton.samples.unruly;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Ways to misbehave; in the configuration in small letters with hyphens. */
enum Mode {
  /** None at all. */
  NONE,
  /** Ends the process with {@code code} instead of becoming ready. */
  EXIT_BEFORE_READY,
  /** Throws out of {@code start}. */
  THROW_IN_START,
  /** Starts and never says that it serves. */
  NEVER_READY,
  /** Goes on serving when it is asked to drain. */
  IGNORE_DRAIN,
  /** Does not return from {@code stop}, nor from its shutdown hook: TERM does not end it. */
  IGNORE_STOP,
  /** Sends valid messages without end. */
  FLOOD,
  /** Sends a frame that is no JSON. */
  JUNK,
  /** Sends a frame of twice the allowed size. */
  OVERSIZE,
  /** Sends a frame whose JSON breaks off. */
  TRUNCATED,
  /** Sends a descriptor that its message does not tell of. */
  EXTRA_DESCRIPTORS,
  /** Sends a message of a type that nobody knows. */
  UNKNOWN_MESSAGE,
  /** Says ready a second time. */
  READY_TWICE,
  /** Stops the whole process (SIGSTOP), and again whenever somebody continues it. */
  HANG,
  /** Opens {@code count} descriptors and keeps them. */
  LEAK,
  /** Copies every listening socket that it has, and keeps the copies. */
  KEEP_COPIES,
  /** Kills itself with SIGKILL. */
  CRASH,
  /** Ends the process with {@code code}, without shutdown hooks. */
  HALT,
  /** Fills its heap. */
  OUT_OF_MEMORY,
  /** Lives on without reading its control channel. */
  NO_READ,
  /** Claims a connection that it was never sent, once it is sent one. */
  CLAIM_UNKNOWN,
  /** Claims its first connection twice. */
  CLAIM_TWICE,
  /** Takes no connection that it is sent, and answers no recall. */
  NEVER_CLAIM;

  /**
   * @throws IllegalArgumentException with the modes there are
   */
  static Mode of(String text) {
    for (Mode mode : values()) {
      if (mode.toString().equals(text)) {
        return mode;
      }
    }
    throw new IllegalArgumentException(
        "config.mode: found \""
            + text
            + "\", allowed is one of "
            + Arrays.stream(values()).map(Mode::toString).collect(Collectors.joining(", ")));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
