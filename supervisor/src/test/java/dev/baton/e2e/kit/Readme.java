package dev.baton.e2e.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The fenced blocks of a Markdown file. */
public final class Readme {
  private static final Pattern BLOCK =
      Pattern.compile("^```(\\w+)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
  private static final List<String> SHELLS = List.of("sh", "bash", "console", "shell");

  private record Block(String language, String text) {}

  private final List<Block> blocks = new ArrayList<>();

  /** Reads the file. */
  public Readme(Path file) {
    try {
      var found = BLOCK.matcher(Files.readString(file));
      while (found.find()) {
        blocks.add(new Block(found.group(1), found.group(2)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The only block in a language. */
  public String block(String language) {
    var found = blocks.stream().filter(b -> b.language().equals(language)).toList();
    if (found.size() != 1) {
      throw new AssertionError(found.size() + " blocks in " + language + ", expected one");
    }
    return found.get(0).text();
  }

  /** What is typed into a shell, in order, without prompts and comments. */
  public List<String> shellLines() {
    return blocks.stream()
        .filter(b -> SHELLS.contains(b.language()))
        .flatMap(b -> b.text().lines())
        .map(line -> line.replaceFirst("^\\$ ", "").replaceFirst("(^|\\s+)#.*", "").strip())
        .filter(line -> !line.isEmpty())
        .toList();
  }
}
