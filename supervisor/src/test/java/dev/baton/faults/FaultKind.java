package dev.baton.faults;

/** What can be done to a running instance. */
enum FaultKind {
  /** KILL to a worker, whatever it is doing. */
  KILL_WORKER,
  /** KILL to a worker that is held at a step of taking a connection over. */
  KILL_AT_STEP,
  /** STOP to a worker, and CONT. */
  STOP_WORKER,
  /** STOP to the supervisor, and CONT. */
  STOP_SUPERVISOR,
  /** A worker sends junk, half a frame or too much of it, or reads its channel no more. */
  MISDEED,
  /** RLIMIT_NOFILE of a worker is what it has open. */
  WORKER_DESCRIPTORS,
  /** RLIMIT_NOFILE of the supervisor is little more than what it has open. */
  SUPERVISOR_DESCRIPTORS,
  /** The file system of the runtime directory, logs included, is full. */
  DISK_FULL,
  /** Clients that are slow, half open, deaf, or gone at once. */
  RUDE_CLIENTS,
  /** Two operators give commands as fast as they can, junk among them. */
  OPERATORS,
  /** A pool goes to one worker, to many, and to one again. */
  SCALE,
  /** Restarts of a pool while it restarts. */
  RESTART_TWICE
}
