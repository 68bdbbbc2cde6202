package dev.baton.supervisor.openserver;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Descriptor;

/**
 * An answer and why it is that.
 *
 * @param reason for the audit log: the rule that allowed it, or the text of the refusal
 */
record Decision(Answer answer, String reason) {
  /** Takes the descriptor. */
  static Decision given(OwnedFd fd, Descriptor.Kind kind, String rule) {
    return new Decision(new Answer.Given(fd, kind), rule);
  }

  static Decision refused(Refusal why) {
    return new Decision(
        new Answer.Refused(why.code(), why.getMessage()), why.code() + " " + why.getMessage());
  }

  /** Gives back what nobody wants any more. */
  void abandon() {
    if (answer instanceof Answer.Given given) {
      given.fd().close();
    }
  }
}
