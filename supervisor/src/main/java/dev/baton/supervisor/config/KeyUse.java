package dev.baton.supervisor.config;

import java.util.List;

/**
 * That a reader has asked for a key: from all of these together follows which keys there are, and
 * so the file's schema.
 *
 * @param section where it may stand: keys from the root, {@code *} for a name that the operator
 *     chooses and {@code []} for an item of a list
 * @param key itself; {@code *} where the operator chooses it
 * @param allowed for people, or empty
 * @param choices of {@link Form#CHOICE}
 */
record KeyUse(
    String section, String key, Form form, String allowed, List<String> choices, double[] range) {

  /** What stands behind the key, as far as a schema can tell. */
  enum Form {
    /** It was only looked whether it is there. */
    ANY,
    SCALAR,
    INTEGER,
    DECIMAL,
    PERMISSIONS,
    CHOICE,
    DURATION,
    LIST,
    SECTIONS,
    SECTION,
    REQUIRED
  }

  /** Told of each of them. */
  interface Recorder {
    /** Not interested. */
    Recorder NONE = use -> {};

    void asked(KeyUse use);
  }
}
