package dev.baton.supervisor.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Turns text into a tree in which every value knows its line. YAML features that make a file mean
 * something else than it shows (anchors, aliases, tags, several documents, a key twice) are
 * problems, and so is a depth that no real configuration needs.
 */
final class TreeReader {

  static final int MAX_DEPTH = 32;

  private static final JsonFactory JSON = new JsonFactory();

  /** The builder of Jackson 2.22 begins with no feature at all, not with the defaults. */
  private static final JsonFactory YAML =
      YAMLFactory.builder()
          .enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)
          .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
          .build();

  private final JsonParser parser;
  private final Problems problems;

  private TreeReader(JsonParser parser, Problems problems) {
    this.parser = parser;
    this.problems = problems;
  }

  /**
   * Reads one document whose root is a mapping.
   *
   * @param json whether the text is JSON; YAML does not admit tabs as JSON does
   * @return empty after a problem was added that makes further reading senseless
   */
  static Optional<LocatedNode.Mapping> read(String text, boolean json, Problems problems) {
    try (JsonParser parser = (json ? JSON : YAML).createParser(text)) {
      return new TreeReader(parser, problems).document();
    } catch (TooDeep e) {
      String found = "mappings and lists nested deeper than " + MAX_DEPTH;
      problems.add(e.line, "", found, "at most " + MAX_DEPTH + " levels");
    } catch (JsonProcessingException e) {
      SyntaxErrors.report(e, json, problems);
    } catch (IOException | RuntimeException e) {
      // The YAML library has a few unchecked exceptions for odd input, such as a huge version
      // number in a directive. Whatever the bytes, the operator gets a problem.
      SyntaxErrors.reportUnlocated(e, json, problems);
    }
    return Optional.empty();
  }

  private Optional<LocatedNode.Mapping> document() throws IOException {
    JsonToken first = parser.nextToken();
    if (first == null) {
      problems.add(
          problems.place(1), "", "an empty file", "a mapping with the keys of a configuration");
      return Optional.empty();
    }
    LocatedNode root = value(first, line(), "", 1);
    if (parser.nextToken() != null) {
      problems.add(line(), "", "a second document", "one document in a file");
    }
    if (root instanceof LocatedNode.Mapping mapping) {
      return Optional.of(mapping);
    }
    String found = root.isNull() ? "an empty document" : root.words();
    problems.add(root.line(), "", found, "a mapping with the keys of a configuration");
    return Optional.empty();
  }

  /** The value that starts with {@code token}; a container or nothing gets {@code ownerLine}. */
  private LocatedNode value(JsonToken token, int ownerLine, String path, int depth)
      throws IOException {
    refuseReferences(path);
    return switch (token) {
      case START_OBJECT -> mapping(ownerLine, path, deeper(depth));
      case START_ARRAY -> sequence(ownerLine, path, deeper(depth));
      case VALUE_NULL -> new LocatedNode.Scalar(ownerLine, "", null);
      case VALUE_TRUE, VALUE_FALSE ->
          new LocatedNode.Scalar(line(), parser.getText(), token == JsonToken.VALUE_TRUE);
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number();
      // Only a tag makes an embedded object, and the tag is a problem already.
      case VALUE_EMBEDDED_OBJECT -> new LocatedNode.Scalar(line(), "", "");
      default -> new LocatedNode.Scalar(line(), parser.getText(), parser.getText());
    };
  }

  private LocatedNode mapping(int ownerLine, String path, int depth) throws IOException {
    Map<String, LocatedNode.Entry> entries = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      int keyLine = line();
      String key = parser.currentName();
      String keyPath = Words.path(path, key);
      if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
        refuse(keyPath, "an alias");
      }
      LocatedNode value = value(parser.nextToken(), keyLine, keyPath, depth);
      LocatedNode.Entry earlier = entries.putIfAbsent(key, new LocatedNode.Entry(keyLine, value));
      if (earlier != null) {
        String found =
            "the same key again (first in " + problems.words(earlier.keyLine(), keyLine) + ")";
        problems.add(keyLine, keyPath, found, "each key once");
      }
    }
    return new LocatedNode.Mapping(ownerLine, entries);
  }

  private LocatedNode sequence(int ownerLine, String path, int depth) throws IOException {
    List<LocatedNode> items = new ArrayList<>();
    JsonToken token = parser.nextToken();
    while (token != JsonToken.END_ARRAY) {
      items.add(value(token, line(), path + '[' + items.size() + ']', depth));
      token = parser.nextToken();
    }
    return new LocatedNode.Sequence(ownerLine, items);
  }

  private LocatedNode number() throws IOException {
    String text = parser.getText();
    Object value;
    try {
      value = parser.getNumberValue();
    } catch (JsonProcessingException e) {
      // .inf and .nan, which JSON cannot carry to the plugin. As a text the same word is usable,
      // and a key of ours that wants a number refuses it with its own words.
      value = text;
    }
    return new LocatedNode.Scalar(line(), text, value);
  }

  private void refuseReferences(String path) throws IOException {
    if (parser instanceof YAMLParser yaml) {
      if (yaml.isCurrentAlias()) {
        refuse(path, "an alias");
      } else if (yaml.getObjectId() != null) {
        refuse(path, "an anchor");
      }
      if (yaml.getTypeId() != null) {
        refuse(path, "a tag");
      }
    }
  }

  private void refuse(String path, String what) {
    problems.add(line(), path, what, "plain values (no YAML anchors, aliases or tags)");
  }

  private int deeper(int depth) {
    if (depth > MAX_DEPTH) {
      throw new TooDeep(line());
    }
    return depth + 1;
  }

  private int line() {
    return problems.place(parser.currentTokenLocation().getLineNr());
  }

  /** Ends the reading of a document; carries the line only. */
  private static final class TooDeep extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int line;

    TooDeep(int line) {
      super(null, null, false, false);
      this.line = line;
    }
  }
}
