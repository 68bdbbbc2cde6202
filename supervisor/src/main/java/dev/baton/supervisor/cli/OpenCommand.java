package dev.baton.supervisor.cli;

import dev.baton.ipc.OpenServiceClient;
import dev.baton.ipc.RefusedException;
import dev.baton.ipc.UnixAddress;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.OpenHow;
import dev.baton.supervisor.config.OpenServiceConfig;
import dev.baton.supervisor.config.UnixName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The client of APUE 17.6: it has no need of a right to the files. */
@Command(
    name = "open",
    description = "Print files that the supervisor opens for you.",
    customSynopsis = "bin/baton open [--socket NAME | --conf FILE] FILE...")
final class OpenCommand implements Callable<Integer> {

  private static final int PIECE = 64 * 1024;

  private final CliContext context;

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "The files, printed in this order.")
  private List<String> files;

  @ArgGroup private Choice choice;

  private static final class Choice {
    @Option(
        names = "--socket",
        paramLabel = "NAME",
        description = "The open service's socket: a path, or @NAME.")
    private String socket;

    @Option(
        names = "--conf",
        paramLabel = "FILE",
        description = "The configuration whose services.open says where the socket is.")
    private String conf;
  }

  @Mixin private HelpOption help;

  OpenCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    UnixAddress address = address();
    int exitCode = ExitCode.DONE;
    try (OpenServiceClient client = connect(address)) {
      for (String file : files) {
        if (!print(client, file)) {
          exitCode = ExitCode.REFUSED;
        }
      }
    }
    return exitCode;
  }

  private UnixAddress address() {
    if (choice != null && choice.socket != null) {
      return address(choice.socket);
    }
    Path file = context.confFile(Optional.ofNullable(choice == null ? null : choice.conf));
    UnixName name =
        context
            .load(file)
            .openService()
            .map(OpenServiceConfig::address)
            .orElseThrow(
                () ->
                    new CliException(
                        ExitCode.USE, file + " has no services.open; name a socket with --socket"));
    return address(name.text());
  }

  private static UnixAddress address(String name) {
    try {
      return name.startsWith("@")
          ? UnixAddress.ofAbstract(name.substring(1))
          : UnixAddress.of(CliContext.path(name).toAbsolutePath());
    } catch (IllegalArgumentException e) {
      throw new CliException(ExitCode.USE, "not a socket's name: " + e.getMessage(), e);
    }
  }

  private static OpenServiceClient connect(UnixAddress address) {
    try {
      return OpenServiceClient.connect(address);
    } catch (IOException e) {
      throw new CliException(ExitCode.SYSTEM, "no open service: " + e.getMessage(), e);
    }
  }

  /** As cat(1) does: what cannot be read is told, and the next one follows. */
  private boolean print(OpenServiceClient client, String file) {
    try (FileChannel channel = client.openFile(absolute(file), OpenHow.of(OpenHow.Access.READ))) {
      return copy(file, channel);
    } catch (RefusedException e) {
      ErrorCode code = ErrorCode.of(e.code());
      context.complain(file + ": " + (e.text().isEmpty() ? code.name() : e.text()));
      return false;
    } catch (IOException e) {
      throw new CliException(ExitCode.SYSTEM, file + ": " + e.getMessage(), e);
    }
  }

  private boolean copy(String file, FileChannel channel) {
    ByteBuffer piece = ByteBuffer.allocate(PIECE);
    try {
      while (channel.read(piece) >= 0) {
        context.out().write(piece.array(), 0, piece.position());
        piece.clear();
        if (context.out().checkError()) {
          throw new CliException(ExitCode.SYSTEM, "standard output cannot be written");
        }
      }
      return true;
    } catch (IOException e) { // such as a directory, which can be opened and not be read
      context.complain(file + ": " + e.getMessage());
      return false;
    }
  }

  /**
   * A path from here. The working directory has no symbolic link in it, so the {@code ..} that a
   * path begins with can be taken away; later ones are the service's to judge.
   */
  private static Path absolute(String file) {
    Path given = CliContext.path(file);
    if (given.isAbsolute()) {
      return given;
    }
    Path path = CliContext.path("").toAbsolutePath();
    boolean leading = true;
    for (Path name : given) {
      if (leading && name.toString().equals("..")) {
        path = path.getParent() == null ? path : path.getParent();
      } else if (!name.toString().equals(".")) {
        path = path.resolve(name);
        leading = false;
      }
    }
    return path;
  }
}
