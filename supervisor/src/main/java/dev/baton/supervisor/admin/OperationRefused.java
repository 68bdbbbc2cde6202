package dev.baton.supervisor.admin;

/** The supervisor does not do what it was asked, because of the state it is in. */
public final class OperationRefused extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * A refusal.
   *
   * @param reason for the operator
   */
  public OperationRefused(String reason) {
    super(reason);
  }
}
