package dev.baton.supervisor.systemd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.sys.Posix;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is refused; taking them is seen in a process of its own, whose descriptor 3 is free. */
class ListenFdsTest {
  private static final long PID = 17;

  private static Map<String, String> variables(String... pairs) {
    Map<String, String> variables = new HashMap<>();
    variables.put("LISTEN_PID", "" + PID);
    for (int i = 0; i < pairs.length; i += 2) {
      variables.put(pairs[i], pairs[i + 1]);
    }
    return variables;
  }

  private static String problem(String... pairs) {
    return assertThrows(
            IOException.class, () -> ListenFds.take(Posix.system(), variables(pairs), PID))
        .getMessage();
  }

  @Test
  void thereAreNoneWithoutTheVariablesOrForAnotherProcess() throws Exception {
    Posix posix = Posix.system();
    assertEquals(List.of(), ListenFds.take(posix, Map.of(), PID));
    assertEquals(List.of(), ListenFds.take(posix, Map.of("LISTEN_FDS", "2"), PID));
    assertEquals(List.of(), ListenFds.take(posix, variables("LISTEN_FDS", "2"), PID + 1));
    assertEquals(List.of(), ListenFds.take(posix, variables("LISTEN_FDS", "0"), PID));
  }

  @Test
  void rubbishIsRefused() {
    assertEquals("LISTEN_FDS is \"-1\"; allowed: a number up to 1024", problem("LISTEN_FDS", "-1"));
    assertEquals(
        "LISTEN_FDS is \"9999\"; allowed: a number up to 1024", problem("LISTEN_FDS", "9999"));
    assertTrue(
        problem("LISTEN_FDS", "2", "LISTEN_FDNAMES", "web")
            .startsWith("LISTEN_FDNAMES has 1 names for 2 descriptors"));
  }
}
