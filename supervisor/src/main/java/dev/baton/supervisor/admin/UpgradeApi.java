package dev.baton.supervisor.admin;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** The paths about the supervisor's own program. Runs on the event loop. */
final class UpgradeApi {
  private final UpgradeOperations operations;
  private final BiConsumer<Exchange, Consumer<RolloutStream>> stream;

  /**
   * @param stream answers with all that an operation tells
   */
  UpgradeApi(UpgradeOperations operations, BiConsumer<Exchange, Consumer<RolloutStream>> stream) {
    this.operations = operations;
    this.stream = stream;
  }

  void begin(Exchange exchange) {
    exchange.body(
        text -> {
          RequestBody body = RequestBody.parse(text, List.of("to"));
          Optional<Path> to = body.text("to").map(value -> RolloutApi.absolute("to", value));
          stream.accept(exchange, watcher -> operations.upgrade(to, watcher));
        });
  }

  void last(Exchange exchange) {
    UpgradeView view = operations.upgraded();
    exchange.answer(
        AdminWriter.line(
            json -> {
              json.writeNumberField("number", view.number());
              if (view.verdict().isPresent()) {
                AdminWriter.members(json, view.verdict().get());
              }
            }));
  }
}
