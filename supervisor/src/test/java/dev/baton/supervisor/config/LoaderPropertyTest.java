package dev.baton.supervisor.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever a file holds: a configuration or problems, never anything else, and always the same. */
class LoaderPropertyTest {

  private static final String BITS =
      "\t \n:-?[]{}&*!|>%@`'\"#,~<=$.\\/0123456789abxeE_+\u0000\u0085\u00e4\u2028\uFEFF\uD83D";
  private static final List<String> PIECES =
      List.of(
          "${",
          "}",
          ":-",
          "$${",
          "${pool}",
          "${NONE}",
          "&a ",
          "*a",
          "!!binary ",
          "!!int ",
          "? ",
          "- ",
          ": ",
          "---\n",
          "...\n",
          "%YAML 1.1\n",
          "%YAML 999999999999.1\n",
          "<<: ",
          "[",
          "{",
          "null",
          "~",
          "0x",
          "0b1",
          "1e999",
          ".nan",
          "1_0",
          "\n  ",
          "\n\t",
          "|2\n",
          ">-\n",
          "\"\\x");

  private static Path folder;
  private static String reference;
  private static String json;

  @BeforeContainer
  static void prepare() throws IOException {
    folder = Files.createTempDirectory("baton-config");
    reference = Files.readString(ShippedFilesTest.root().resolve("conf/reference.yaml"));
    json = "{\"name\":\"a\",\"pools\":{\"p\":{\"plugin\":\"a.B\",\"config\":{\"k\":[1,null]}}}}";
  }

  @AfterContainer
  static void cleanUp() throws IOException {
    Files.deleteIfExists(folder.resolve("test.yaml"));
    Files.deleteIfExists(folder.resolve("test.json"));
    Files.delete(folder);
  }

  @Property(tries = 400)
  void aMutatedFileNeverBreaksTheLoader(@ForAll Random random) {
    check("test.yaml", mutated(reference, random).getBytes(StandardCharsets.UTF_8));
  }

  @Property(tries = 200)
  void mutatedJsonNeverBreaksTheLoader(@ForAll Random random) {
    check("test.json", mutated(json, random).getBytes(StandardCharsets.UTF_8));
  }

  @Property(tries = 200)
  void bytesNeverBreakTheLoader(@ForAll byte[] bytes) {
    check("test.yaml", bytes);
  }

  @Property(tries = 300)
  void textOfYamlCharactersNeverBreaksTheLoader(@ForAll("soup") String text) {
    check("test.yaml", text.getBytes(StandardCharsets.UTF_8));
  }

  @Property(tries = 200)
  void anyValueAtAnyKeyNeverBreaksTheLoader(@ForAll Random random, @ForAll("soup") String value) {
    String quoted = '"' + value.replaceAll("[\\\\\"\n\r\t\u0000]", "") + '"';
    List<String> lines = reference.lines().toList();
    StringBuilder text = new StringBuilder();
    int chosen = random.nextInt(lines.size());
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      boolean replace = i == chosen && line.matches("\\s*[A-Za-z]+: .*");
      text.append(replace ? line.substring(0, line.indexOf(": ") + 2) + quoted : line).append('\n');
    }
    check("test.yaml", text.toString().getBytes(StandardCharsets.UTF_8));
  }

  @Provide
  Arbitrary<String> soup() {
    Arbitrary<String> characters =
        Arbitraries.integers().between(0, BITS.length() - 1).map(i -> BITS.substring(i, i + 1));
    Arbitrary<String> keys = Arbitraries.of("pools: ", "listeners:\n  a: ", "name: ", "files: ");
    return Arbitraries.oneOf(characters, Arbitraries.of(PIECES), keys)
        .list()
        .ofMaxSize(40)
        .map(parts -> String.join("", parts));
  }

  /** One to five edits: insert, delete, duplicate or replace a part. */
  private static String mutated(String original, Random random) {
    StringBuilder text = new StringBuilder(original);
    for (int edits = 1 + random.nextInt(5); edits > 0 && !text.isEmpty(); edits--) {
      int from = random.nextInt(text.length());
      int to = Math.min(text.length(), from + random.nextInt(12));
      switch (random.nextInt(4)) {
        case 0 -> text.insert(from, PIECES.get(random.nextInt(PIECES.size())));
        case 1 -> text.delete(from, to);
        case 2 -> text.insert(random.nextInt(text.length()), text.substring(from, to));
        default -> text.setCharAt(from, BITS.charAt(random.nextInt(BITS.length())));
      }
    }
    return text.toString();
  }

  private static void check(String name, byte[] bytes) {
    assertEquals(outcome(name, bytes), outcome(name, bytes), "loading twice");
  }

  /** The configuration or its problems; anything else that is thrown fails the test. */
  private static Object outcome(String name, byte[] bytes) {
    Loaded loaded = new Loaded(folder, Map.of("BATON_RUNTIME_BASE", "/run/test", "A", "1"));
    try {
      BatonConfig config = loaded.load(name, bytes);
      assertTrue(config.runtimeDir().isAbsolute());
      assertTrue(Names.valid(config.name()), config.name());
      return config;
    } catch (ConfigException e) {
      assertFalse(e.problems().isEmpty());
      assertEquals(e.problems().size(), e.getMessage().split("\n", -1).length, e.getMessage());
      return e.problems();
    }
  }
}
