package dev.baton.supervisor.openserver;

import dev.baton.supervisor.config.FileKind;
import dev.baton.supervisor.config.Glob;
import dev.baton.supervisor.config.OpenAccess;
import dev.baton.supervisor.config.OpenRule;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The rules for files of one requester, made ready to be asked often. Immutable. */
final class PathPolicy {
  /** More rules than that are not told to whom another path was refused. */
  private static final int MOST_TOLD = 8;

  private final List<Rule> rules;
  private final String allowed;

  PathPolicy(List<OpenRule> rules) {
    this.rules = rules.stream().map(Rule::new).toList();
    this.allowed = told(this.rules);
  }

  /** In their order. */
  List<Rule> rules() {
    return rules;
  }

  /** Says what would be allowed; the same whether there is such a file or not. */
  Refusal notAllowed() {
    return Refusal.notAllowed(allowed);
  }

  private static String told(List<Rule> rules) {
    if (rules.isEmpty()) {
      return "no file may be opened: the configuration has no open rules for it";
    }
    String first =
        rules.stream().limit(MOST_TOLD).map(rule -> rule.words).collect(Collectors.joining("; "));
    int more = rules.size() - MOST_TOLD;
    return "no rule allows this; allowed is " + first + (more > 0 ? "; " + more + " more" : "");
  }

  /** One rule. */
  static final class Rule {
    private final OpenRule rule;
    private final String folder;
    private final byte[] root;
    private final int folderBytes;
    private final int granted;
    private final Optional<Glob> match;
    private final String words;
    private final String reason;

    private Rule(OpenRule rule) {
      this.rule = rule;
      String text = rule.root().toString();
      this.folder = text.equals("/") ? "" : text;
      this.root = text.getBytes(StandardCharsets.UTF_8);
      this.folderBytes = folder.isEmpty() ? 0 : root.length;
      this.granted = Wish.bits(rule.access());
      this.match = rule.match().map(Glob::of);
      this.words =
          list(rule.access())
              + " below "
              + text
              + rule.match().map(glob -> " of " + glob).orElse("");
      this.reason = "rule " + text;
    }

    private static String list(Set<OpenAccess> access) {
      return access.stream()
          .map(word -> word.name().toLowerCase(Locale.ROOT))
          .collect(Collectors.joining(", "));
    }

    /** Whether it is for this path and grants what is wished for. Asks nobody. */
    boolean covers(RequestPath path, Wish wish) {
      String text = path.text();
      boolean below =
          text.startsWith(folder)
              && (text.length() == folder.length() || text.charAt(folder.length()) == '/');
      return below
          && (granted & wish.needed()) == wish.needed()
          && (match.isEmpty()
              || match.get().matches(text, Math.min(text.length(), folder.length() + 1)));
    }

    /** The path of the root in bytes; not to be changed. */
    byte[] root() {
      return root;
    }

    /** The path beneath the root. */
    byte[] below(RequestPath path) {
      return path.below(folderBytes);
    }

    boolean follow() {
      return rule.follow();
    }

    boolean allows(FileKind kind) {
      return rule.kinds().contains(kind);
    }

    /** {@code file, fifo}. */
    String kinds() {
      return rule.kinds().stream()
          .map(kind -> kind.name().toLowerCase(Locale.ROOT))
          .collect(Collectors.joining(", "));
    }

    /** For the audit log. */
    String reason() {
      return reason;
    }
  }
}
