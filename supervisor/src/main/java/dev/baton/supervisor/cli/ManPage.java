package dev.baton.supervisor.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * A manual page in the man macros of roff ({@code man(7)}), from the same model that parses the
 * command line and prints {@code --help}.
 */
final class ManPage {
  private static final Map<Integer, String> EXITS =
      Map.of(
          ExitCode.DONE, "done",
          ExitCode.REFUSED, "rolled back, or refused by the state of the supervisor",
          ExitCode.USE, "wrong use, or a problem in the configuration",
          ExitCode.SYSTEM, "the system: no JDK, no supervisor, a failed system call",
          ExitCode.BUG, "a bug of Baton");

  private final StringBuilder roff = new StringBuilder();

  private ManPage() {}

  /**
   * The page of one command, or of all.
   *
   * @param name of the page, such as {@code baton-restart}
   * @param spec of the command
   * @param root every command
   */
  static String of(String name, CommandSpec spec, CommandLine root) {
    ManPage page = new ManPage();
    page.head(name, spec);
    page.synopsis(name, spec);
    page.section("DESCRIPTION");
    page.text(String.join(" ", spec.usageMessage().description()));
    page.arguments(spec);
    page.commands(spec);
    page.exits();
    page.more(name, root);
    return page.roff.toString();
  }

  private void head(String name, CommandSpec spec) {
    line(
        ".TH \""
            + escaped(name.toUpperCase(Locale.ROOT))
            + "\" 1 \"\" \"Baton "
            + escaped(BatonVersion.current())
            + "\" \"Baton\"");
    section("NAME");
    String what = String.join(" ", spec.usageMessage().description()).replaceAll("\\.$", "");
    line(
        escaped(name)
            + " \\- "
            + escaped(what.substring(0, 1).toLowerCase(Locale.ROOT))
            + escaped(what.substring(1)));
  }

  private void synopsis(String name, CommandSpec spec) {
    section("SYNOPSIS");
    line(".nf");
    if (name.equals("baton")) {
      line("\\fBbin/baton\\fR \\fICOMMAND\\fR [\\fIARGUMENT\\fR...]");
    } else {
      String[] custom = spec.usageMessage().customSynopsis();
      String text =
          custom.length > 0
              ? String.join("\n", custom)
              : new Help(spec, Help.defaultColorScheme(Help.Ansi.OFF)).synopsis(0);
      text.lines().map(String::strip).forEach(one -> text("bin/baton " + bare(one, name)));
    }
    line(".fi");
  }

  /** Whatever picocli calls the program. */
  private static String bare(String synopsis, String name) {
    String command = name.substring("baton-".length());
    int at = synopsis.indexOf(command);
    return at < 0 ? synopsis : synopsis.substring(at);
  }

  private void arguments(CommandSpec spec) {
    List<OptionSpec> options = spec.options().stream().filter(o -> !o.hidden()).toList();
    section("OPTIONS");
    for (PositionalParamSpec parameter : spec.positionalParameters()) {
      term("\\fI" + escaped(parameter.paramLabel()) + "\\fR", parameter);
    }
    for (OptionSpec option : options) {
      String names =
          String.join(
              ", ", Arrays.stream(option.names()).map(n -> "\\fB" + escaped(n) + "\\fR").toList());
      boolean value = option.arity().max() > 0;
      term(names + (value ? " \\fI" + escaped(option.paramLabel()) + "\\fR" : ""), option);
    }
  }

  private void term(String title, ArgSpec argument) {
    line(".TP");
    line(title);
    text(String.join(" ", argument.description()));
  }

  private void commands(CommandSpec spec) {
    if (spec.subcommands().isEmpty()) {
      return;
    }
    section("COMMANDS");
    spec.subcommands()
        .forEach(
            (name, command) -> {
              line(".TP");
              line("\\fB" + escaped(name) + "\\fR");
              text(String.join(" ", command.getCommandSpec().usageMessage().description()));
            });
  }

  private void exits() {
    section("EXIT STATUS");
    EXITS.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            exit -> {
              line(".TP");
              line("\\fB" + exit.getKey() + "\\fR");
              text(exit.getValue());
            });
  }

  private void more(String name, CommandLine root) {
    section("SEE ALSO");
    if (name.equals("baton")) {
      List<String> all = List.copyOf(root.getSubcommands().keySet());
      for (int i = 0; i < all.size(); i++) {
        line(".BR " + escaped("baton-" + all.get(i)) + " (1)" + (i + 1 < all.size() ? "," : ""));
      }
    } else {
      line(".BR baton (1)");
    }
    line(".PP");
    text("docs/operations.md tells more about each command.");
  }

  private void section(String title) {
    line(".SH " + title);
  }

  /** A line of text, which must not begin as a request does. */
  private void text(String text) {
    String safe = escaped(text);
    line(safe.startsWith(".") || safe.startsWith("'") ? "\\&" + safe : safe);
  }

  /** As the characters themselves: a dash for copying, no escape. */
  private static String escaped(String text) {
    return text.replace("\\", "\\e").replace("-", "\\-").replace("\"", "\\(dq");
  }

  private void line(String line) {
    roff.append(line).append('\n');
  }
}
