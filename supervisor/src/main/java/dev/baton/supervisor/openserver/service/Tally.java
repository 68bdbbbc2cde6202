package dev.baton.supervisor.openserver.service;

/** Counts; one thread writes, others read. */
final class Tally {
  private volatile int clients;
  private volatile long accepted;
  private volatile long turnedAway;
  private volatile long answered;
  private volatile long refused;

  void entered() {
    clients = clients + 1;
    accepted = accepted + 1;
  }

  void left() {
    clients = clients - 1;
  }

  void turnedAway() {
    turnedAway = turnedAway + 1;
  }

  void answered() {
    answered = answered + 1;
  }

  void refused() {
    refused = refused + 1;
  }

  ServiceFigures figures() {
    return new ServiceFigures(clients, accepted, turnedAway, answered, refused);
  }
}
