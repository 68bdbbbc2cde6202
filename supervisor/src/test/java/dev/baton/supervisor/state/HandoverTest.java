package dev.baton.supervisor.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.supervisor.state.Handover.Descriptors;
import dev.baton.supervisor.state.PoolMemory.SlotMemory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HandoverTest {
  private static final Handover HANDOVER =
      new Handover(
          3,
          "0.1.0",
          "1.0",
          "/run/baton",
          List.of("/usr/bin/java", "-cp", "a b", "Main", "run", ""),
          42,
          new Descriptors(7, 9, List.of(new Carried("listener.web.2", 12))),
          Map.of("web-0.3.log", 4711L),
          List.of(
              new PoolMemory(
                  "web",
                  List.of(
                      new SlotMemory(
                          1, 4, true, 5, 6, 7, "killed", List.of(8L, 9L), "FAILED", 10)))),
          "");

  private static String text() throws IOException {
    return new String(HANDOVER.text(), StandardCharsets.UTF_8);
  }

  private static Handover parse(String text) throws IOException {
    return Handover.parse(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void comesBackAsItWas() throws Exception {
    assertEquals(HANDOVER, Handover.parse(HANDOVER.text()));
  }

  @Test
  void whatALaterVersionAddsIsPassedOver() throws Exception {
    String more = text().replace("{\"slot\"", "{\"mood\":\"good\",\"slot\"");
    assertEquals(HANDOVER, parse(more.replaceFirst("\\{", "{\"later\":{\"a\":[1]},")));
  }

  @Test
  void anotherFormatIsNamed() throws Exception {
    String other = text().replace("\"format\":1", "\"format\":2");
    IOException refused = assertThrows(IOException.class, () -> parse(other));
    assertTrue(
        refused.getMessage().contains("of format 2, this program reads 1"), refused.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "null", "{\"format\":1}", "{\"format\":1,\"number\":\"x\"}"})
  void whatIsNoneIsRefusedInWords(String text) {
    assertThrows(IOException.class, () -> parse(text));
  }

  @Test
  void theWayBackHasNoWayBack() {
    Handover back = HANDOVER.failed("it broke");
    assertEquals(List.of(), back.command());
    assertEquals("it broke", back.failure());
    assertEquals(HANDOVER.descriptors(), back.descriptors());
  }
}
