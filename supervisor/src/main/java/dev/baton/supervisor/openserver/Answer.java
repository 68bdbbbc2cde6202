package dev.baton.supervisor.openserver;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Descriptor;
import dev.baton.protocol.ErrorCode;
import java.util.Objects;

/** What the open server answers to one request. */
public sealed interface Answer {
  /**
   * It is done.
   *
   * @param fd belongs to whoever gets the answer
   * @param kind what it is
   */
  record Given(OwnedFd fd, Descriptor.Kind kind) implements Answer {
    /** Checks that both are there. */
    public Given {
      Objects.requireNonNull(fd, "fd");
      Objects.requireNonNull(kind, "kind");
    }
  }

  /**
   * It is not done.
   *
   * @param code which sort of reason
   * @param text the reason for people
   */
  record Refused(ErrorCode code, String text) implements Answer {
    /** Checks that both are there. */
    public Refused {
      Objects.requireNonNull(code, "code");
      Objects.requireNonNull(text, "text");
    }
  }
}
