package dev.baton.supervisor.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What all readers of one file share.
 *
 * @param folder of the configuration file, absolute; relative paths are relative to it
 * @param recorder told of every key that is asked for
 */
record Reading(Problems problems, Substitution variables, Path folder, KeyUse.Recorder recorder) {

  /** Replaces variables; empty after a problem was added, in which {@code allowed} may appear. */
  Optional<Value> value(LocatedNode node, String path, Substitution.Scope scope, String allowed) {
    if (!(node instanceof LocatedNode.Scalar scalar) || scalar.value() == null) {
      problems.add(node.line(), path, node.words(), allowed);
      return Optional.empty();
    }
    List<Substitution.Fault> faults = new ArrayList<>();
    String text = variables.expand(scalar.text(), scope, faults);
    for (Substitution.Fault fault : faults) {
      problems.add(node.line(), path, fault.found(), fault.allowed());
    }
    if (text.indexOf('\0') >= 0) {
      problems.add(node.line(), path, "a NUL character", "text without NUL");
      return Optional.empty();
    }
    return faults.isEmpty()
        ? Optional.of(new Value(node.line(), path, node.words(), text))
        : Optional.empty();
  }

  /** Adds the problem that {@code value} is not what is allowed. */
  void refuse(Value value, String allowed) {
    problems.add(value.line(), value.path(), value.words(), allowed);
  }

  /** The absolute path that a value names; empty after a problem was added. */
  Optional<Path> path(Value value) {
    return path(value, value.text());
  }

  /** The same for a part of the value's text. */
  Optional<Path> path(Value value, String text) {
    if (text.isEmpty()) {
      refuse(value, "a path");
      return Optional.empty();
    }
    try {
      return Optional.of(folder.resolve(text).normalize());
    } catch (InvalidPathException e) {
      // For example a letter outside the encoding of file names (LANG unset means ASCII).
      refuse(value, "a path that this system can name (" + Words.oneLine(e.getReason()) + ")");
      return Optional.empty();
    }
  }
}
