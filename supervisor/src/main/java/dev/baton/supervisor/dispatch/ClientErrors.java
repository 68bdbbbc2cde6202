package dev.baton.supervisor.dispatch;

/**
 * Errors of {@code accept4(2)} that are about the one client at the head of the queue, which has
 * left it then: "Linux accept() passes already-pending network errors on the new socket as an error
 * code from accept()" (its man page, Error handling). The next client is to be accepted as usual.
 */
final class ClientErrors {
  private static final int EPERM = 1;
  private static final int ENONET = 64;
  private static final int EPROTO = 71;
  private static final int ENOPROTOOPT = 92;
  private static final int EOPNOTSUPP = 95;
  private static final int ENETDOWN = 100;
  private static final int ENETUNREACH = 101;
  private static final int ECONNABORTED = 103;
  private static final int ETIMEDOUT = 110;
  private static final int EHOSTDOWN = 112;
  private static final int EHOSTUNREACH = 113;

  private ClientErrors() {}

  static boolean contains(int number) {
    return switch (number) {
      case EPERM, // firewall rules
          ENONET,
          EPROTO,
          ENOPROTOOPT,
          EOPNOTSUPP,
          ENETDOWN,
          ENETUNREACH,
          ECONNABORTED,
          ETIMEDOUT,
          EHOSTDOWN,
          EHOSTUNREACH ->
          true;
      default -> false;
    };
  }
}
