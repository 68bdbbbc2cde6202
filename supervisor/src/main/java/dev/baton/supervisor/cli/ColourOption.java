package dev.baton.supervisor.cli;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code --colour}, the same in every command that has colours. */
final class ColourOption {
  @Option(
      names = "--colour",
      paramLabel = "WHEN",
      description =
          "Colours: auto, which is on a terminal unless NO_COLOR is set, always or never.")
  private String colour = "auto";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  /** Nobody has said no: {@code NO_COLOR} (no-color.org), or a terminal without colours. */
  private static boolean allowed() {
    String no = System.getenv("NO_COLOR");
    return (no == null || no.isEmpty()) && !"dumb".equals(System.getenv("TERM"));
  }

  /** Whether they are wanted. */
  boolean wanted() {
    return switch (colour) {
      case "auto" -> Screen.terminal() && allowed();
      case "always" -> true;
      case "never" -> false;
      default ->
          throw new CommandLine.ParameterException(
              spec.commandLine(), "--colour is '" + colour + "', allowed: auto, always or never");
    };
  }
}
