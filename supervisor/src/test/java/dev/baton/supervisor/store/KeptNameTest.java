package dev.baton.supervisor.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KeptNameTest {
  @Test
  void ours() {
    for (String text :
        List.of(KeptName.ofListener("web"), KeptName.ofSlot("a-1", 17), KeptName.ofFile("audit"))) {
      assertEquals(text, KeptName.parse(text).orElseThrow().toString());
    }
    assertTrue(KeptName.parse("listener.a.3").orElseThrow().isOf(3));
    assertFalse(KeptName.parse("listener.a.3").orElseThrow().isOf(2));
    assertTrue(KeptName.parse("listener.a").orElseThrow().isOf(0));
  }

  @Test
  void others() {
    for (String text :
        List.of(
            "",
            "web",
            "listener",
            "listener.",
            "listener.Web",
            "listener.a.b",
            "listener.a.1234567",
            "file.a.1",
            "baton@shop.socket",
            "connection")) {
      assertEquals(Optional.empty(), KeptName.parse(text), text);
    }
  }
}
