package dev.baton.e2e.plugin;

import dev.baton.fd.OwnedFd;
import dev.baton.worker.Connection;
import dev.baton.worker.Drain;
import dev.baton.worker.OpenRequest;
import dev.baton.worker.Worker;
import dev.baton.worker.WorkerContext;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Asks the supervisor for what its clients tell it to ask for. Each line is a command, answered
 * with one line; a refusal is the name of its code and its text. Commands:
 *
 * <ul>
 *   <li>{@code read PATH}: {@code has} and the first line of the file
 *   <li>{@code write WORDS PATH}: opens with these words, as {@code write,truncate}, writes {@code
 *       written} and answers with that
 *   <li>{@code open WORDS PATH}: {@code opened}
 *   <li>{@code connect ADDRESS}, {@code bind ADDRESS}: {@code connected} or {@code bound}, and the
 *       other's address or the own
 *   <li>{@code hold PATH}: opens it until that is refused, and keeps all; {@code held}, how many,
 *       and the refusal
 *   <li>{@code release}: closes what is held, and answers {@code released}
 *   <li>{@code many COUNT AT_ONCE PATH}: reads so often; how often there was what
 *   <li>{@code soak COUNT AT_ONCE TARGET...}: every second request opens and closes the first
 *       target; the others are of the other targets in turn, or of the first and abandoned
 * </ul>
 */
public final class OpenWorker implements Worker {
  private static final int MOST_READ = 100;

  private final List<OwnedFd> held = new ArrayList<>();
  private Targets targets;

  @Override
  public void start(WorkerContext context) throws IOException {
    targets = new Targets(context);
    for (var listener : context.listeners()) {
      context.connections(listener, this::serve);
    }
    context.ready();
  }

  private void serve(Connection connection) throws IOException, InterruptedException {
    try (connection) {
      var channel = connection.channel();
      channel.configureBlocking(true);
      var in = Channels.newInputStream(channel);
      var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        var answer = answer(line).replace('\n', ' ') + "\n";
        Channels.newOutputStream(channel).write(answer.getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  private String answer(String line) throws InterruptedException {
    var words = line.split(" ");
    try {
      return switch (words[0]) {
        case "read" -> "has " + content(words[1]);
        case "write" -> write(OpenWords.request(words[1]), Path.of(words[2]));
        case "open" -> {
          targets.descriptor(Path.of(words[2]), OpenWords.request(words[1])).join().close();
          yield "opened";
        }
        case "connect", "bind" -> {
          var target = words[0].equals("bind") ? "bind:" + words[1] : words[1];
          try (var channel = targets.ask(target).join()) {
            yield Targets.address(channel);
          }
        }
        case "hold" -> hold(Path.of(words[1]));
        case "release" -> release();
        case "many" -> many(words);
        case "soak" -> soak(words);
        default -> "there is no command " + words[0];
      };
    } catch (Exception e) {
      return Outcomes.refusal(e);
    }
  }

  private String content(String path) throws IOException {
    try (var file = targets.file(Path.of(path), OpenRequest.read()).join()) {
      return firstLine(file);
    }
  }

  private static String firstLine(FileChannel file) throws IOException {
    var buffer = ByteBuffer.allocate(MOST_READ);
    file.read(buffer);
    var text = new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
    return text.lines().findFirst().orElse("");
  }

  private String write(OpenRequest request, Path path) throws IOException {
    try (var file = targets.file(path, request).join()) {
      file.write(ByteBuffer.wrap("written".getBytes(StandardCharsets.US_ASCII)));
      return "written";
    }
  }

  private synchronized String hold(Path path) {
    for (; ; ) {
      try {
        held.add(targets.descriptor(path, OpenRequest.read()).join());
      } catch (Exception e) {
        return "held " + held.size() + " " + Outcomes.refusal(e);
      }
    }
  }

  private synchronized String release() {
    held.forEach(OwnedFd::close);
    held.clear();
    return "released";
  }

  private String many(String[] words) throws InterruptedException {
    var path = Path.of(words[3]);
    var outcomes = new Outcomes(Integer.parseInt(words[2]));
    for (int i = 0; i < Integer.parseInt(words[1]); i++) {
      outcomes.add(
          targets.file(path, OpenRequest.read()), file -> firstLine((FileChannel) file).strip());
    }
    return outcomes.text();
  }

  private String soak(String[] words) throws InterruptedException {
    var outcomes = new Outcomes(Integer.parseInt(words[2]));
    var refused = Arrays.asList(words).subList(4, words.length);
    CompletableFuture<?> doubtful = CompletableFuture.completedFuture(null);
    for (int i = 0; i < Integer.parseInt(words[1]); i++) {
      var bad = i % 4 == 1;
      var future = targets.ask(bad ? refused.get(i / 4 % refused.size()) : words[3]);
      outcomes.add(future, channel -> "opened");
      doubtful.cancel(false); // it has been on its way for a moment, or is there
      if (i % 8 == 3) {
        future.cancel(false);
      } else if (i % 8 == 7) {
        doubtful = future;
      }
    }
    return outcomes.text();
  }

  @Override
  public void drain(Drain drain) {
    drain.done();
  }
}
