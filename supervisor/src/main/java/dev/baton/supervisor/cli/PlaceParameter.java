package dev.baton.supervisor.cli;

import java.util.OptionalInt;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * A pool, or one slot of it, as operators write it: {@code POOL[/SLOT]}.
 *
 * @param slot empty for the whole pool
 */
record PlaceParameter(String pool, OptionalInt slot) {
  /**
   * Reads one.
   *
   * @throws CommandLine.ParameterException when it is none
   */
  static PlaceParameter of(String text, CommandSpec spec) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      return new PlaceParameter(text, OptionalInt.empty());
    }
    String slot = text.substring(slash + 1);
    if (!slot.matches("[0-9]{1,4}")) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "'" + text + "' is no slot, allowed: POOL or POOL/SLOT, such as shop/0");
    }
    return new PlaceParameter(text.substring(0, slash), OptionalInt.of(Integer.parseInt(slot)));
  }
}
