package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.Deadline;
import dev.baton.e2e.kit.Greeters;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.WorkerInfo;
import dev.baton.load.GreetingLoad;
import dev.baton.load.GreetingPlan;
import dev.baton.load.GreetingReport;
import dev.baton.load.LongClients;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who gets which connection, by each policy. */
@BatonTest
@Tag("alone")
@Timeout(120)
class DispatchPolicyIT {
  private static final int ADDRESSES = 40;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Installation installation = Installation.find();
  @TempDir Path folder;

  @Test
  void roundRobinIsExact() throws Exception {
    var greeters = new Greeters(folder, 3, 0).dispatch("round-robin");
    try (var baton = BatonProcess.start(installation, greeters.conf())) {
      var report = serve(GreetingPlan.atOnce(baton.target(Greeters.LISTENER), 6).only(300));
      assertEquals(Map.of(0, 100L, 1, 100L, 2, 100L), bySlot(report), report::toString);
    }
  }

  @Test
  void roundRobinWithWeightsIsExact() throws Exception {
    var greeters = new Greeters(folder, 3, 0).dispatch("round-robin");
    greeters.set(pool -> pool.set("dispatch.weights", List.of(2, 1, 1)));
    try (var baton = BatonProcess.start(installation, greeters.conf())) {
      var report = serve(GreetingPlan.atOnce(baton.target(Greeters.LISTENER), 6).only(400));
      assertEquals(Map.of(0, 200L, 1, 100L, 2, 100L), bySlot(report), report::toString);
    }
  }

  private static GreetingReport serve(GreetingPlan plan) throws Exception {
    try (var load = new GreetingLoad(plan)) {
      var report = load.await(PATIENCE);
      assertEquals(0, report.lost(), report::toString);
      return report;
    }
  }

  private static Map<Integer, Long> bySlot(GreetingReport report) {
    var slots = new HashMap<Integer, Long>();
    report.workers().forEach((id, count) -> slots.merge(Greeters.slot(id), count, Long::sum));
    return slots;
  }

  @Test
  void leastConnectionsKeepsTwoHundredLongOnesLevel() throws Exception {
    var greeters = new Greeters(folder, 3, -1).dispatch("least-connections");
    try (var baton = BatonProcess.start(installation, greeters.conf());
        var clients = new LongClients(baton.target(Greeters.LISTENER))) {
      clients.add(200);
      assertLevel(clients.byWorker().values());
      awaitOpen(baton, 200);
      assertLevel(baton.workers(Greeters.POOL).stream().map(w -> (int) w.open()).toList());

      var one = baton.workers(Greeters.POOL).get(1).id();
      clients.remove(one, 30);
      awaitOpen(baton, 170);
      clients.add(30);
      assertEquals(3, clients.byWorker().size());
      assertLevel(clients.byWorker().values());
      assertTrue(clients.allAnswer());
    }
  }

  private static void awaitOpen(BatonProcess baton, long count) throws Exception {
    Deadline.await(
        PATIENCE,
        count + " connections are open",
        () -> baton.workers(Greeters.POOL).stream().mapToLong(WorkerInfo::open).sum() == count,
        baton::describe);
  }

  private static void assertLevel(Collection<Integer> counts) {
    assertTrue(Collections.max(counts) - Collections.min(counts) <= 1, counts::toString);
  }

  @Test
  void clientHashStaysThroughTwoRestarts() throws Exception {
    clientHashStaysThroughRestarts(2);
  }

  @Test
  @Tag("long")
  @Timeout(600)
  void clientHashStaysThroughTenRestarts() throws Exception {
    clientHashStaysThroughRestarts(10);
  }

  private void clientHashStaysThroughRestarts(int restarts) throws Exception {
    var greeters = new Greeters(folder, 3, 0).dispatch("client-hash");
    try (var baton = BatonProcess.start(installation, greeters.conf());
        var load = new GreetingLoad(plan(baton).connections(64))) {
      for (int i = 0; i < restarts; i++) {
        baton.run("restart", Greeters.POOL).expect(0);
      }
      var report = load.stop();
      assertEquals(0, report.lost(), report::toString);
      var slots = slots(report); // which fails if an address was in two slots
      assertEquals(ADDRESSES, slots.size());
      assertTrue(slots.values().stream().distinct().count() == 3, slots::toString);
      assertTrue(report.workers().size() >= 3 * restarts, report::toString);
    }
  }

  @Test
  void aLostSlotMovesOnlyItsOwnClients() throws Exception {
    var greeters = new Greeters(folder, 3, 0).dispatch("client-hash");
    try (var baton = BatonProcess.start(installation, greeters.conf())) {
      var before = slots(serve(once(baton)));
      greeters.forbidStarts();
      var lost = Greeters.serving(baton, 1);
      baton.kill9(lost.pid());
      baton.awaitStatus(PATIENCE, "it is gone", s -> Greeters.gone(s, List.of(lost)));
      var without = slots(serve(once(baton)));
      before.forEach(
          (address, slot) ->
              assertTrue(
                  slot == 1 ? without.get(address) != 1 : without.get(address).equals(slot),
                  () -> address + " was in " + slot + " and is in " + without.get(address)));
      greeters.allowStarts();
      baton.awaitReady();
      assertEquals(before, slots(serve(once(baton))));
    }
  }

  private static GreetingPlan plan(BatonProcess baton) throws Exception {
    return GreetingPlan.rate(baton.target(Greeters.LISTENER), 200).from(addresses());
  }

  /** Each address twice. */
  private static GreetingPlan once(BatonProcess baton) throws Exception {
    return plan(baton).only(2 * ADDRESSES);
  }

  /** All of 127.0.0.0/8 is this machine. */
  private static List<InetAddress> addresses() throws UnknownHostException {
    var addresses = new ArrayList<InetAddress>();
    for (int i = 1; i <= ADDRESSES; i++) {
      addresses.add(InetAddress.getByName("127.0." + i % 3 + "." + i));
    }
    return addresses;
  }

  private static Map<InetAddress, Integer> slots(GreetingReport report) {
    return report.bySource().entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, source -> one(source, report)));
  }

  private static int one(Map.Entry<InetAddress, ? extends Collection<String>> source, Object all) {
    var slots = source.getValue().stream().map(Greeters::slot).distinct().toList();
    assertEquals(1, slots.size(), () -> source + " of " + all);
    return slots.get(0);
  }
}
