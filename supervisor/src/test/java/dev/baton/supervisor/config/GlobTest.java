package dev.baton.supervisor.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.time.Duration;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Patterns for the names of files. */
class GlobTest {

  @ParameterizedTest
  @CsvSource({
    "*.db, x.db, true",
    "*.db, .db, true",
    "*.db, a/x.db, false",
    "**/*.db, x.db, true",
    "**/*.db, a/x.db, true",
    "**/*.db, a/b/x.db, true",
    "**/*.db, a/x.txt, false",
    "a/**/b, a/b, true",
    "a/**/b, a/x/y/b, true",
    "a/**/b, ab, false",
    "**.db, a/x.db, true",
    "**, a/b/c, true",
    "a?c, abc, true",
    "a?c, a/c, false",
    "[a-c]x, bx, true",
    "[!a-c]x, bx, false",
    "[!a-c]x, dx, true",
    "a[!b]c, a/c, false",
    "[]]x, ]x, true",
    "'{a,bc}.x', bc.x, true",
    "'{a,bc}.x', ab.x, false",
    "'{a*,b}/x', ab/x, true",
    "\\*, *, true",
    "\\*, x, false",
    "?, \uD83D\uDE00, true",
    "a, ab, false",
    "ab, a, false"
  })
  void whatMatches(String pattern, String path, boolean expected) {
    assertEquals(expected, Glob.of(pattern).matches(path, 0));
    assertEquals(expected, Glob.of(pattern).matches("root/" + path, 5));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "[a", "[!", "[a-", "{a", "{a,{b}}", "\\", "[a/b]", "[z-a]"})
  void whatIsNoPattern(String pattern) {
    assertThrows(IllegalArgumentException.class, () -> Glob.of(pattern));
  }

  /** The JDK decides alike, but for **&#47; as no folder, which is not in these patterns. */
  @Property(tries = 2000)
  void theJdkDecidesAlike(@ForAll Random random) {
    String pattern = text(random, "ab/*?.[]{}!-,\\").replace("**", "*");
    Glob glob;
    try {
      glob = Glob.of(pattern);
    } catch (IllegalArgumentException e) {
      return;
    }
    PathMatcher jdk;
    try {
      jdk = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
    } catch (IllegalArgumentException e) {
      return;
    }
    for (int i = 0; i < 20; i++) {
      String path = Path.of(text(random, "ab/.-!,")).normalize().toString();
      assertEquals(jdk.matches(Path.of(path)), glob.matches(path, 0), pattern + " for " + path);
    }
  }

  private static String text(Random random, String characters) {
    StringBuilder text = new StringBuilder();
    for (int length = random.nextInt(8); length > 0; length--) {
      text.append(characters.charAt(random.nextInt(characters.length())));
    }
    return text.toString();
  }

  @Test
  void aLongPathTakesNoLongTime() {
    Glob glob = Glob.of("**a".repeat(80));
    String path = "a".repeat(4000) + "b";
    assertTimeoutPreemptively(
        Duration.ofSeconds(20), () -> assertEquals(false, glob.matches(path, 0)));
  }
}
