package dev.baton.supervisor.store;

import dev.baton.protocol.Descriptor.Kind;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a service manager calls a descriptor that it keeps for us (FDNAME, {@code sd_notify(3)}):
 * {@code listener.web}, {@code listener.web.2} for the socket of a slot, {@code file.audit}. The
 * word before the first dot tells it from a socket that the manager has bound itself, which is the
 * manager's own. No part of it needs a colon or is long.
 *
 * @param slot whose socket it is; empty where slots have none of their own
 */
record KeptName(Kind kind, String name, OptionalInt slot) {
  private static final Pattern LISTENER =
      Pattern.compile("listener\\.([a-z0-9-]{1,32})(?:\\.([0-9]{1,6}))?");

  private static final Pattern FILE = Pattern.compile("file\\.([a-z0-9-]{1,32})");

  static String ofListener(String name) {
    return "listener." + name;
  }

  static String ofSlot(String listener, int slot) {
    return ofListener(listener) + '.' + slot;
  }

  static String ofFile(String name) {
    return "file." + name;
  }

  /** Whether it says that it is of this slot, or none has one of its own. */
  boolean isOf(int slot) {
    return this.slot.orElse(slot) == slot;
  }

  /** Reads one; empty when it is none of ours. */
  static Optional<KeptName> parse(String text) {
    Matcher listener = LISTENER.matcher(text);
    if (listener.matches()) {
      String slot = listener.group(2);
      return Optional.of(
          new KeptName(
              Kind.LISTENER,
              listener.group(1),
              slot == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(slot))));
    }
    Matcher file = FILE.matcher(text);
    return file.matches()
        ? Optional.of(new KeptName(Kind.FILE, file.group(1), OptionalInt.empty()))
        : Optional.empty();
  }

  /** As the manager knows it. */
  @Override
  public String toString() {
    return kind == Kind.FILE
        ? ofFile(name)
        : slot.isPresent() ? ofSlot(name, slot.getAsInt()) : ofListener(name);
  }
}
