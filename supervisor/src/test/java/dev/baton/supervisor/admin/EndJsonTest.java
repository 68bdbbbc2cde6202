package dev.baton.supervisor.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndJsonTest {
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void comesBackAsItWasWritten(boolean handedOff) throws Exception {
    EndView end =
        new EndView(
            "pool/0#3",
            "how",
            "circumstances",
            0,
            "SIGKILL",
            true,
            "out of memory: so it is",
            "ready",
            true,
            42,
            handedOff ? OptionalLong.of(7) : OptionalLong.empty(),
            "/e/pool-0.3",
            List.of("threads.txt"),
            List.of("one", "two"));
    Verdict verdict = new Verdict(false, "no", 3, List.of("two"), Optional.of(end));
    String json = AdminWriter.verdict(verdict);
    assertEquals(verdict, AdminReader.rolloutLine(json.strip()).verdict().orElseThrow());
  }
}
