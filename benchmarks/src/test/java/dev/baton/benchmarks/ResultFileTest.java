package dev.baton.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultFileTest {
  @TempDir private Path folder;
  private Path path;
  private ResultFile file;

  @BeforeEach
  void write() throws IOException {
    path = folder.resolve("benchmarks.md");
    file = new ResultFile(path);
    Files.writeString(
        path,
        """
        before
        <!-- results: a -->
        old
        <!-- end of results: a -->
        between
        <!-- results: b -->
        <!-- end of results: b -->
        after
        """);
  }

  @Test
  void replacesWhatIsBetweenTheMarkersOfOneBenchmark() throws IOException {
    file.write("a", "first\n");
    file.write("b", "second\n");
    file.write("a", "third\n");
    assertEquals(
        """
        before
        <!-- results: a -->

        third

        <!-- end of results: a -->
        between
        <!-- results: b -->

        second

        <!-- end of results: b -->
        after
        """,
        Files.readString(path));
  }

  @Test
  void checkChangesNothing() throws IOException {
    String before = Files.readString(path);
    file.check("a");
    assertEquals(before, Files.readString(path));
  }

  @Test
  void namesTheMarkerThatIsMissing() {
    IOException e = assertThrows(IOException.class, () -> file.check("c"));
    assertTrue(e.getMessage().contains("<!-- results: c -->"), e.getMessage());
  }

  @Test
  void anEndBeforeItsBeginningIsMissing() throws IOException {
    Files.writeString(path, "<!-- end of results: a -->\n<!-- results: a -->\n");
    IOException e = assertThrows(IOException.class, () -> file.write("a", "x"));
    assertTrue(e.getMessage().contains("<!-- end of results: a -->"), e.getMessage());
  }
}
