package dev.baton.supervisor.config;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Cases for parameterized tests: a text with one mistake and the one problem it must give. */
final class Mistakes {

  static final String ADDRESS =
      "tcp://HOST:PORT or udp://HOST:PORT (an IPv4 address, [an IPv6 address], a host name or *;"
          + " port 0 to 65535), or unix:PATH, unix:@NAME, unixgram:PATH or unixgram:@NAME";
  static final String NAME =
      "a name of 1 to 32 characters from a-z, 0-9 and -, not starting with -";
  static final String OCTAL =
      "octal permissions with a leading zero, from 0000 to 0777, such as 0640";
  static final String DURATION = "a duration such as 500ms, 5s, 2m, 1h, from ";
  static final String ABSTRACT = "an abstract name of 1 to 107 visible ASCII characters";
  static final String SIZE = "a size such as 512k, 64m, 1g or a whole number of bytes, at least 2m";
  static final String SHAPE = "a mapping with the keys of a configuration";

  private final List<Arguments> cases = new ArrayList<>();

  Stream<Arguments> cases() {
    return cases.stream();
  }

  /** The text must have exactly this problem, in this line. */
  void mistake(String text, int line, String key, String found, String allowed) {
    String start = "test.yaml:" + line + ": " + (key.isEmpty() ? "" : key + ": ");
    cases.add(Arguments.of(text, start + "found " + found + ", allowed: " + allowed));
  }

  void listener(String yaml, int line, String key, String found, String allowed) {
    mistake("listeners:\n  a:\n" + yaml.indent(4), line, "listeners.a." + key, found, allowed);
  }

  void pool(String yaml, int line, String key, String found, String allowed) {
    String text = "pools:\n  p:\n    plugin: a.B\n" + yaml.indent(4);
    mistake(text, line, "pools.p." + key, found, allowed);
  }
}
