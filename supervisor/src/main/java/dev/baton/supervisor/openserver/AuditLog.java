package dev.baton.supervisor.openserver;

import java.nio.file.Path;

/**
 * Where every decision of the open server is written down. Thread-safe; a disk that stands still
 * stops nobody.
 */
public interface AuditLog extends AutoCloseable {
  /** What is not bound to be kept. */
  AuditLog NONE =
      new AuditLog() {
        @Override
        public void decided(Requester who, String what, String verdict, String reason) {}

        @Override
        public void close() {}
      };

  /**
   * One decision.
   *
   * @param who who asked
   * @param what what for, such as {@code open "/var/lib/app/x.db" [read]}
   * @param verdict {@code allowed} or {@code refused}
   * @param reason the rule, or the code and text of the refusal
   */
  void decided(Requester who, String what, String verdict, String reason);

  /** Writes what is waiting, for a while. */
  @Override
  void close();

  /**
   * A log in a file, one line a decision, which is rotated at 10 MiB and keeps five old ones,
   * {@code .1} the youngest. What its peers sent is escaped and cut. When the disk is full or too
   * slow, lines are lost, counted and complained of once; nobody waits for it.
   */
  static AuditLog to(Path file) {
    return new AuditFile(file, AuditFile.MOST_BYTES);
  }
}
