package dev.baton.supervisor.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be wrong with the file before its content means anything. */
class FileTextTest {

  private static final String READABLE = ", allowed: a readable file of at most 1 MiB";

  @TempDir Path folder;

  private String problem(Path file) {
    ConfigException e =
        assertThrows(ConfigException.class, () -> ConfigLoader.load(file, Loaded.HOME, Map.of()));
    assertEquals(1, e.problems().size(), e.getMessage());
    assertEquals(file, e.problems().get(0).file());
    return e.getMessage();
  }

  private String problem(byte[] bytes) {
    List<String> problems = Loaded.in(folder).problems("test.yaml", bytes);
    assertEquals(1, problems.size(), problems.toString());
    return problems.get(0);
  }

  @Test
  void aMissingFile() {
    Path file = folder.resolve("none.yaml");
    assertEquals(file + ": found no such file" + READABLE, problem(file));
  }

  @Test
  void aRelativeFileIsShownAsTheOperatorNamedIt() {
    String name = "no-such-folder/none.yaml";
    assertEquals(name + ": found no such file" + READABLE, problem(Path.of(name)));
  }

  @Test
  void aFolder() {
    assertEquals(folder + ": found a folder" + READABLE, problem(folder));
  }

  @Test
  void aFileWithoutPermission() throws Exception {
    Path file = Files.writeString(folder.resolve("secret.yaml"), "name: a");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    assumeFalse(Files.isReadable(file), "this user may read every file");
    assertEquals(file + ": found a file that this user may not read" + READABLE, problem(file));
  }

  @Test
  void aFileOfOneMebibyteIsReadAndOneByteMoreIsNot() throws Exception {
    byte[] most = "#".repeat(FileText.MAX_BYTES).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy("name: a\n".getBytes(StandardCharsets.US_ASCII), 0, most, 0, 8);
    assertEquals("a", Loaded.in(folder).load("test.yaml", most).name());
    byte[] more = new byte[FileText.MAX_BYTES + 1];
    assertEquals("test.yaml: found a file of more than 1 MiB" + READABLE, problem(more));
  }

  @Test
  void anEndlessFile() {
    Path zero = Path.of("/dev/zero");
    assertEquals("/dev/zero: found a file of more than 1 MiB" + READABLE, problem(zero));
  }

  @Test
  void bytesThatAreNotUtf8() {
    assertEquals(
        "test.yaml:2: found a byte that is not UTF-8 (0xe4), allowed: UTF-8 text",
        problem("name: a\n# \u00e4\n".getBytes(StandardCharsets.ISO_8859_1)));
    byte[] cutShort = {'a', ':', (byte) 0xc3};
    assertEquals(
        "test.yaml:1: found a byte that is not UTF-8 (0xc3), allowed: UTF-8 text",
        problem(cutShort));
  }

  @Test
  void controlCharacters() {
    assertEquals(
        "test.yaml:2: found a control character (U+0000), allowed: printable text, tabs and line"
            + " ends",
        problem("name: a\n\0".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void aByteOrderMarkIsSkipped() throws ConfigException {
    byte[] text = "\uFEFFname: a\n".getBytes(StandardCharsets.UTF_8);
    assertEquals("a", Loaded.in(folder).load("test.yaml", text).name());
  }

  @Test
  void lineEndsOfOtherSystems() throws ConfigException {
    assertEquals("a", Loaded.in(folder).load("pools: {}\r\nname: a\r\n").name());
    assertEquals(
        List.of("test.yaml:2: nme: found an unknown key (did you mean \"name\"?)"),
        Loaded.in(folder).problems("pools: {}\r\nnme: a\r\n").stream()
            .map(problem -> problem.substring(0, problem.indexOf(", allowed")))
            .toList());
  }

  @Test
  void malformedJson() {
    byte[] json = "{\"name\": \"a\",\n \"pools\": {]}".getBytes(StandardCharsets.UTF_8);
    String problem = Loaded.in(folder).problems("test.json", json).get(0);
    assertEquals(
        "test.json:2: found JSON that cannot be read (Unexpected", problem.substring(0, 55));
  }

  @Test
  void aThousandMillionLaughsAreRefused() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x]\n");
    for (int i = 1; i < 10; i++) {
      String alias = "*a" + (i - 1);
      String nine = String.join(", ", java.util.Collections.nCopies(9, alias));
      bomb.append("a" + i + ": &a" + i + " [" + nine + "]\n");
    }
    List<String> problems = Loaded.in(folder).problems(bomb.toString());
    assertEquals(10, problems.stream().filter(p -> p.contains("found an anchor")).count());
    assertEquals(81, problems.stream().filter(p -> p.contains("found an alias")).count());
  }
}
