package dev.baton.supervisor.core.dispatch;

/** Why a worker must be killed. */
public enum Fault {
  WEDGED("neither claimed nor refused a recalled connection in time"),
  CLAIMED_UNSENT("claimed a connection that it does not have"),
  CLAIMED_TWICE("claimed a connection twice"),
  REFUSED_UNSENT("refused a connection that it does not have"),
  REFUSED_CLAIMED("refused a connection that it had claimed"),
  CLOSED_UNCLAIMED("reported a connection as closed that it had not claimed");

  private final String text;

  Fault(String text) {
    this.text = text;
  }

  /** For the operator; the worker is the subject of the sentence. */
  public String text() {
    return text;
  }
}
