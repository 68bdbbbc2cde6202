package dev.baton.supervisor.openserver;

import dev.baton.protocol.OpenHow;
import java.util.function.Consumer;

/**
 * One request on its way.
 *
 * @param kind what is asked for
 * @param target a path, or an address
 * @param how of a file; else null
 * @param answer gets the answer
 */
record Request(Kind kind, String target, OpenHow how, Consumer<Answer> answer) {
  /** Characters of a target that the audit log shows. */
  private static final int SHOWN = 512;

  /** What can be asked for. */
  enum Kind {
    OPEN("open "),
    CONNECT("connect "),
    BIND("bind ");

    private final String verb;

    Kind(String verb) {
      this.verb = verb;
    }
  }

  /** As the audit log has it: {@code open "/var/lib/app/x.db" [read]}. */
  String words() {
    String quoted = kind.verb + Quoted.text(target, SHOWN);
    return how == null ? quoted : quoted + ' ' + Wish.words(how);
  }
}
