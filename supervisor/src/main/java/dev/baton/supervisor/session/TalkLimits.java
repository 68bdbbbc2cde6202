package dev.baton.supervisor.session;

import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.ProtocolException;
import dev.baton.protocol.ToSupervisor;

/** How much one worker may say. Only for the loop's thread. */
final class TalkLimits {
  private static final int MESSAGES_PER_SECOND = 10_000;

  /** Far above what any policy grants, each refusal of which is an answer. */
  private static final int REQUESTS_PER_SECOND = 100_000;

  private final RateLimit messages = new RateLimit(MESSAGES_PER_SECOND);
  private final RateLimit requests = new RateLimit(REQUESTS_PER_SECOND);

  /**
   * Counts a message.
   *
   * @param now nanoseconds of the loop
   * @throws ProtocolException when it is one too many
   */
  void check(ToSupervisor message, long now) throws ProtocolException {
    if (message instanceof ToSupervisor.Asking) {
      if (requests.exceeded(now)) {
        throw tooMuch(REQUESTS_PER_SECOND + " requests");
      }
    } else if (!ofConnections(message) && messages.exceeded(now)) {
      throw tooMuch(MESSAGES_PER_SECOND + " messages");
    }
  }

  private static ProtocolException tooMuch(String limit) {
    return new ProtocolException(ErrorCode.OVERFLOW, "sends more than " + limit + " a second");
  }

  /** Bounded by the connections themselves: one that names another than it was given is killed. */
  private static boolean ofConnections(ToSupervisor message) {
    return message instanceof ToSupervisor.Claim claim && !claim.connections().isEmpty()
        || message instanceof ToSupervisor.Closed closed && !closed.connections().isEmpty()
        || message instanceof ToSupervisor.Refuse refuse && !refuse.connections().isEmpty();
  }
}
