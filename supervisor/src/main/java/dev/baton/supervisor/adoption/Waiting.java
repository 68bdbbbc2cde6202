package dev.baton.supervisor.adoption;

import dev.baton.supervisor.state.StateFolder;
import dev.baton.supervisor.state.WorkerRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/** Whom the next supervisor would find. */
public final class Waiting {
  private Waiting() {}

  /**
   * The workers that were welcomed and whose process is still there.
   *
   * @param state the folder of the records; may be missing
   */
  public static List<WorkerRecord> in(Path state) throws IOException {
    return StateFolder.at(state).workers().stream()
        .filter(Identity::isRunning)
        .sorted(Comparator.comparing(WorkerRecord::worker))
        .toList();
  }
}
