package dev.baton.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * How a file is to be opened; {@code open(2)} in words.
 *
 * @param access what is to be done with it; not empty
 * @param mode permission bits of a file that is made; the opener's umask applies
 */
public record OpenHow(Set<Access> access, int mode) {
  /** Permissions of a file that is made where nobody says otherwise. */
  public static final int DEFAULT_MODE = 0640;

  private static final int MOST_MODE = 0777;

  /** One word of {@link #access}. */
  public enum Access {
    @JsonProperty("read")
    READ,
    @JsonProperty("write")
    WRITE,
    /** Writes go to the end (O_APPEND). */
    @JsonProperty("append")
    APPEND,
    /** Made if it is not there (O_CREAT). */
    @JsonProperty("create")
    CREATE,
    /** Made, and an error if it is there (O_CREAT and O_EXCL). */
    @JsonProperty("exclusive")
    EXCLUSIVE,
    /** Emptied (O_TRUNC). */
    @JsonProperty("truncate")
    TRUNCATE,
    /** A directory, for reading (O_DIRECTORY). */
    @JsonProperty("directory")
    DIRECTORY
  }

  public OpenHow {
    if (Fields.require(access, "access").isEmpty()) {
      throw new IllegalArgumentException("field access must not be empty");
    }
    access = Collections.unmodifiableSet(EnumSet.copyOf(access));
    if (mode < 0 || mode > MOST_MODE) {
      throw new IllegalArgumentException("field mode must be from 0 to 0777");
    }
  }

  /** As it is on the wire. */
  @JsonCreator
  static OpenHow of(
      @JsonProperty("access") Set<Access> access, @JsonProperty("mode") Integer mode) {
    return new OpenHow(access, mode == null ? DEFAULT_MODE : mode);
  }

  /** With the permissions of {@link #DEFAULT_MODE}. */
  public static OpenHow of(Access first, Access... more) {
    return new OpenHow(EnumSet.of(first, more), DEFAULT_MODE);
  }

  /** Whether it is among {@link #access}. */
  public boolean has(Access word) {
    return access.contains(word);
  }
}
