package dev.baton.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What an operator reads of a class path on which nothing was found. */
class PluginLoaderNamesTest {
  private static String jars(int count) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(i -> "/run/releases/pool/0123456789abcdef/" + i + ".jar")
        .collect(Collectors.joining(":"));
  }

  @Test
  void fileNamesOnly() {
    assertEquals("a.jar, classes", PluginLoader.names("/x/y/a.jar::/z/classes/"));
    assertEquals("(empty)", PluginLoader.names(""));
  }

  @Test
  void eightAtMost() {
    assertEquals(
        "1.jar, 2.jar, 3.jar, 4.jar, 5.jar, 6.jar, 7.jar, 8.jar", PluginLoader.names(jars(8)));
    assertEquals(
        "1.jar, 2.jar, 3.jar, 4.jar, 5.jar, 6.jar, 7.jar, 8.jar and 92 more",
        PluginLoader.names(jars(100)));
  }
}
