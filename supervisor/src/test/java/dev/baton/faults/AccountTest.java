package dev.baton.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.faults.Chronicle.Entry;
import dev.baton.load.GreetingOutcome;
import dev.baton.load.GreetingReport.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An account that finds a reason for everything would be worth nothing. */
class AccountTest {
  private static final String KILLED = "exited: killed by SIGKILL";

  private final Excuses excuses = new Excuses();
  private final Account account = new Account(excuses);

  private static Entry warning(String subject, String text) {
    return new Entry(Instant.now(), "warning", subject, text);
  }

  private void cut(String worker) {
    var text = "end-of-file after the greeting of " + worker;
    failed(GreetingOutcome.CUT_AFTER_GREETING, text);
  }

  private void failed(GreetingOutcome outcome, String text) {
    account.failed("shared-tcp", new Failure(Duration.ZERO, outcome, text));
  }

  private void assertUnexplained(int count, Entry... entries) {
    account.settle(List.of(entries));
    assertEquals(count, account.unexplained().size(), account::toString);
  }

  @Test
  void aWorkerThatWasKilledAndItsClientsAreExplained() {
    excuses.add("shared/0#1", Excuses.ANY, Duration.ofSeconds(5), "killed");
    cut("shared/0#1");
    failed(GreetingOutcome.CUT_BEFORE_GREETING, "end-of-file before a greeting");
    assertUnexplained(0, warning("shared/0#1", KILLED));
  }

  @Test
  void anEndThatIsSeenLateExplainsWhatFollowedTheKillOfThatWorker() {
    excuses.add("shared/0#1", Excuses.ANY, Duration.ofSeconds(60), "killed");
    failed(GreetingOutcome.CUT_BEFORE_GREETING, "reset before a greeting");
    var late = Instant.now().plusSeconds(20);
    assertUnexplained(0, new Entry(late, "warning", "shared/0#1", KILLED));
    assertUnexplained(2, new Entry(late, "warning", "shared/1#1", KILLED));
  }

  @Test
  void anEndWithoutAFaultIsNot() {
    excuses.add("shared/0#1", Excuses.ANY, Duration.ofSeconds(5), "killed");
    assertUnexplained(1, warning("shared/0#10", KILLED));
    assertTrue(account.toString().contains("shared/0#10"));
  }

  @Test
  void anEndLongAfterTheFaultIsNot() {
    excuses.add("shared/0#1", Excuses.ANY, Duration.ofSeconds(5), "killed");
    var late = Instant.now().plusSeconds(6);
    assertUnexplained(1, new Entry(late, "warning", "shared/0#1", KILLED));
  }

  @Test
  void anEndForAnotherReasonIsNot() {
    excuses.add("", ".*ENOSPC.*", Duration.ofSeconds(5), "disk full");
    assertUnexplained(
        1, warning("shared/0#1", "exited: cannot write: ENOSPC"), warning("dispatch/0#1", KILLED));
  }

  @Test
  void aClientCutByAWorkerThatLeftInOrderIsNot() {
    cut("shared/0#1");
    failed(GreetingOutcome.CUT_BEFORE_GREETING, "end-of-file before a greeting");
    assertUnexplained(2, new Entry(Instant.now(), "info", "shared/0#1", "exited: exit code 0"));
  }

  @Test
  void theDeathOfAnotherPoolsWorkerExplainsNothing() {
    excuses.add("dispatch/0#1", Excuses.ANY, Duration.ofSeconds(5), "killed");
    failed(GreetingOutcome.CUT_BEFORE_GREETING, "end-of-file before a greeting");
    assertUnexplained(1, warning("dispatch/0#1", KILLED));
  }

  @Test
  void nothingExplainsARefusalOrAClientServedTwice() {
    excuses.add("", Excuses.ANY, Duration.ofSeconds(5), "everything");
    failed(GreetingOutcome.REFUSED, "connection refused");
    failed(GreetingOutcome.SERVED_TWICE, "+shared/0#1");
    failed(GreetingOutcome.TIMEOUT, "not greeted");
    assertUnexplained(3, warning("shared/0#1", KILLED));
  }
}
