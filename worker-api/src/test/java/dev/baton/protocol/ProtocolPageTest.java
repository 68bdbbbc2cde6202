package dev.baton.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What {@code docs/protocol.md} says, where a program can tell. */
class ProtocolPageTest {
  private static String page() throws Exception {
    Path place = Path.of("").toAbsolutePath();
    Path page = Path.of("docs", "protocol.md");
    while (!Files.exists(place.resolve(page))) {
      place = place.getParent();
      assertTrue(place != null, page + " is not above " + Path.of("").toAbsolutePath());
    }
    return Files.readString(place.resolve(page));
  }

  @Test
  void examplesAreMessages() throws Exception {
    List<ToSupervisor> examples = new ArrayList<>();
    for (String block : page().split("\n```json\n")) {
      for (String line : block.substring(0, Math.max(0, block.indexOf("\n```"))).split("\n")) {
        if (line.startsWith("{\"type\":") && !line.startsWith("{\"type\":\"large\"")) {
          examples.add(Codec.fromWorker(line.getBytes(StandardCharsets.UTF_8)));
        }
      }
    }
    assertEquals(2, examples.size(), examples.toString());
    assertEquals(0600, ((ToSupervisor.Open) examples.get(0)).how().mode());
  }

  @Test
  void everyTypeIsDescribed() throws Exception {
    String page = page();
    List<String> missing =
        MessageTypes.all().keySet().stream().filter(t -> !page.contains("`" + t + "`")).toList();
    assertEquals(List.of(), missing);
  }

  @Test
  void everyCodeAndWordIsListed() throws Exception {
    String page = page();
    for (ErrorCode code : ErrorCode.values()) {
      String row = "\n| " + code.number() + " | " + code.name() + " | ";
      assertTrue(page.contains(row), "section 16 lacks" + row);
    }
    String missing =
        Arrays.stream(OpenHow.Access.values())
            .map(word -> "`" + word.name().toLowerCase(java.util.Locale.ROOT) + "`")
            .filter(word -> !page.contains(word))
            .collect(Collectors.joining(", "));
    assertEquals("", missing);
  }
}
