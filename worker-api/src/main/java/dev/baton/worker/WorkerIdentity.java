package dev.baton.worker;

import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.ProtocolException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who this worker is.
 *
 * @param pool its pool's name
 * @param slot its place in the pool, from 0
 * @param run rises with every worker that takes the slot
 * @param generation rises with every rollout of the pool
 */
public record WorkerIdentity(String pool, int slot, int run, int generation) {
  private static final Pattern ID = Pattern.compile("(.+)/([0-9]{1,9})#([0-9]{1,9})");

  /** {@code pool/slot#run}, as in logs and status. */
  public String id() {
    return pool + "/" + slot + "#" + run;
  }

  static WorkerIdentity parse(String id, int generation) throws ProtocolException {
    Matcher m = ID.matcher(id);
    if (!m.matches()) {
      throw new ProtocolException(
          ErrorCode.BAD_MESSAGE, "worker is \"" + id + "\", not pool/slot#run");
    }
    return new WorkerIdentity(
        m.group(1), Integer.parseInt(m.group(2)), Integer.parseInt(m.group(3)), generation);
  }
}
