package dev.baton.supervisor.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Help, completion and manual: made from one model, so nothing is missing in any of them. */
class GeneratedTextsTest extends CliKit {

  private Map<String, CommandLine> commands() {
    CliContext context =
        new CliContext(launcher, System.out, System.err, Map.of(), folder, Optional.empty());
    return BatonCli.tree(context).getSubcommands();
  }

  @Test
  void everyCommandHasHelp() {
    for (String command : commands().keySet()) {
      assertEquals(ExitCode.DONE, run(command, "--help"), command);
      assertTrue(out().startsWith("Usage: bin/baton " + command), out());
      out().lines().forEach(line -> assertTrue(line.length() <= 80, line));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bash", "zsh"})
  void everyCommandAndOptionIsCompleted(String shell) {
    assertEquals(ExitCode.DONE, run("completion", shell), err());
    String script = out();
    commands()
        .forEach(
            (name, command) -> {
              String function = "_picocli_baton_" + name.replace("-", "");
              int at = script.indexOf("function " + function + "()");
              assertTrue(at >= 0, () -> function + " in " + script);
              String body = script.substring(at, script.indexOf("\n}\n", at));
              for (OptionSpec option : command.getCommandSpec().options()) {
                for (String one : option.names()) {
                  assertTrue(body.contains("'" + one + "'"), () -> one + " in " + body);
                }
              }
            });
    assertEquals(ExitCode.USE, run("completion", "fish"));
    assertTrue(err().contains("allowed: bash or zsh"), err());
  }

  /** As a shell sees it: what it would offer after the words typed so far. */
  @Test
  void aShellCompletes() throws Exception {
    Path bash = Path.of("/bin/bash");
    Assumptions.assumeTrue(Files.isExecutable(bash), "bash is not installed");
    run("completion", "bash");
    Path script = Files.writeString(folder.resolve("complete"), out());
    assertEquals(
        List.of("releases", "reload", "reopen-logs", "reset", "restart", "resume"),
        offered(script, "bin/baton", "re"));
    assertEquals(List.of("--json"), offered(script, "bin/baton", "fds", "--j"));
  }

  private static List<String> offered(Path script, String... words) throws Exception {
    String typed = String.join(" ", words);
    String command =
        ("source '" + script + "'; COMP_WORDS=(" + typed + "); COMP_LINE='" + typed + "';")
            + (" COMP_CWORD=" + (words.length - 1) + "; COMP_POINT=" + typed.length() + ";")
            + " _complete_baton; printf '%s\\n' \"${COMPREPLY[@]}\"";
    Process process =
        new ProcessBuilder("/bin/bash", "-c", command)
            .redirectError(ProcessBuilder.Redirect.DISCARD) // it is no terminal, says compopt
            .start();
    String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), answer);
    return answer.lines().map(String::strip).sorted().toList();
  }

  @Test
  void everyCommandAndOptionHasItsPlaceInTheManual() throws Exception {
    assertEquals(ExitCode.DONE, run("man"), err());
    String whole = out();
    StringBuilder all = new StringBuilder(whole);
    for (Map.Entry<String, CommandLine> command : commands().entrySet()) {
      String name = command.getKey().replace("-", "\\-");
      assertTrue(whole.contains("\n\\fB" + name + "\\fR\n"), name);
      assertEquals(ExitCode.DONE, run("man", command.getKey()), err());
      String page = out();
      assertTrue(page.startsWith(".TH \"BATON\\-"), page);
      for (String title : List.of("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS")) {
        assertTrue(page.contains("\n.SH " + title + "\n"), () -> title + " in " + page);
      }
      for (OptionSpec option : command.getValue().getCommandSpec().options()) {
        for (String one : option.names()) {
          assertTrue(page.contains("\\fB" + one.replace("-", "\\-") + "\\fR"), page);
        }
      }
      all.append(page);
    }
    checkRoff(all.toString());
    assertEquals(ExitCode.USE, run("man", "sing"));
    assertTrue(err().contains("there is no command sing"), err());
  }

  /** With whatever checker there is. */
  private void checkRoff(String page) throws IOException, InterruptedException {
    for (List<String> checker :
        List.of(
            List.of("/usr/bin/groff", "-ww", "-man", "-z"),
            List.of("/usr/bin/mandoc", "-Tlint", "-Wwarning"))) {
      if (Files.isExecutable(Path.of(checker.get(0)))) {
        Path file = Files.writeString(folder.resolve("page.1"), page);
        Process process =
            new ProcessBuilder(checker)
                .redirectInput(file.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        assertEquals("", said);
      }
    }
  }
}
