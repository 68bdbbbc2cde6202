package dev.baton.supervisor.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads a list of rules for files. */
final class OpenRuleReader {

  /** Of the entries of one list: each is looked at for every request that no earlier one allows. */
  static final int MOST = 256;

  private static final int LONGEST_GLOB = 256;
  private static final String GLOB =
      "a glob of at most 256 characters for the path below the root, without a slash at its start,"
          + " such as *.db or **/*.db";
  private static final Map<String, Boolean> YES_OR_NO =
      Map.of("yes", true, "true", true, "no", false, "false", false);

  private final Reading reading;

  OpenRuleReader(Reading reading) {
    this.reading = reading;
  }

  /** The rules, without those that had a problem. */
  List<OpenRule> read(Section section, String key) {
    List<OpenRule> rules = new ArrayList<>();
    section.sections(key).forEach(item -> rule(item).ifPresent(rules::add));
    return bounded(reading, section, key, rules);
  }

  /** Adds a problem if a list is too long. */
  static <T> List<T> bounded(Reading reading, Section section, String key, List<T> list) {
    if (list.size() > MOST) {
      String found = list.size() + " of them";
      reading.problems().add(section.line(key), section.path(key), found, "at most " + MOST);
    }
    return list;
  }

  private Optional<OpenRule> rule(Section section) {
    Optional<Path> root = section.required("root", "a path").flatMap(reading::path);
    Set<OpenAccess> access = constants(section, "access", OpenAccess.class, OpenAccess.READ);
    if (access.equals(EnumSet.of(OpenAccess.CREATE))) {
      String allowed = "create with read, write or append";
      reading
          .problems()
          .add(section.line("access"), section.path("access"), "create alone", allowed);
    }
    Optional<String> match =
        section.parsed("match", GLOB, text -> Optional.of(text).filter(OpenRuleReader::glob));
    boolean follow = section.choice("follow", YES_OR_NO, "yes or no").orElse(false);
    Set<FileKind> kinds = constants(section, "kinds", FileKind.class, FileKind.FILE);
    section.finish();
    return root.map(found -> new OpenRule(found, access, match, follow, kinds));
  }

  private static boolean glob(String text) {
    if (text.isEmpty() || text.length() > LONGEST_GLOB || text.startsWith("/")) {
      return false;
    }
    try {
      Glob.of(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Some constants of a type, each once and at least one; never empty. */
  private <E extends Enum<E>> Set<E> constants(
      Section section, String key, Class<E> type, E otherwise) {
    Map<String, E> choices = Words.constants(type);
    String allowed = "one of " + String.join(", ", choices.keySet());
    Set<E> constants = EnumSet.noneOf(type);
    for (Value value : section.values(key, Substitution.Scope.NOW, allowed)) {
      E constant = choices.get(value.text());
      if (constant == null) {
        reading.refuse(value, allowed);
      } else if (!constants.add(constant)) {
        reading.refuse(value, "each word once");
      }
    }
    if (section.raw(key).filter(LocatedNode::isEmptyList).isPresent()) {
      reading.problems().add(section.line(key), section.path(key), "an empty list", allowed);
    }
    return constants.isEmpty() ? EnumSet.of(otherwise) : constants;
  }
}
