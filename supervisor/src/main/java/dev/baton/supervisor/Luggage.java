package dev.baton.supervisor;

import dev.baton.supervisor.admin.EventFile;
import dev.baton.supervisor.adoption.AdoptionSocket;
import dev.baton.supervisor.state.Carried;
import dev.baton.supervisor.state.Handover.Descriptors;
import dev.baton.supervisor.store.FdStore;
import dev.baton.supervisor.store.RuntimeDirectory;
import dev.baton.supervisor.upgrade.Departure;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** What this program would leave to the next one. */
record Luggage(
    RuntimeDirectory directory,
    AdoptionSocket adoption,
    FdStore store,
    WorkerOutput output,
    EventFile events)
    implements Departure.Luggage {

  @Override
  public Descriptors descriptors() {
    List<Carried> others =
        store.carried().entrySet().stream()
            .map(e -> new Carried(e.getKey(), e.getValue().numberDoNotKeep()))
            .toList();
    return new Descriptors(directory.lockNumber(), adoption.number(), others);
  }

  @Override
  public Map<String, Long> leaveLogs() throws IOException {
    events.flush(); // no thread but the loop's comes through the exec
    return output.leave();
  }

  @Override
  public void stay(Map<String, Long> printed) throws IOException {
    output.stay(printed);
  }
}
