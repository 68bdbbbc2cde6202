package dev.baton.protocol;

import dev.baton.protocol.Descriptor.Kind;
import dev.baton.protocol.Descriptor.Purpose;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Two messages of every type: one with all its fields, one with only those required. */
final class Samples {
  private static final Descriptor LISTENER =
      Descriptor.listener("web", "tcp://127.0.0.1:8080", "shared");
  private static final Descriptor FILE =
      new Descriptor(Kind.FILE, "log", Purpose.CUSTODY, null, null, "append");
  private static final Descriptor CONNECTION =
      new Descriptor(Kind.CONNECTION, "web", Purpose.USE, null, null, null);
  private static final Descriptor PAYLOAD =
      new Descriptor(Kind.PAYLOAD, "state", Purpose.USE, null, null, null);

  static final List<Message> ALL =
      List.of(
          new ToWorker.Welcome("p/0#1", 3, "1.0", "/run/a", "s3cret", 1000, 2000, "x.Y", config()),
          new ToWorker.Welcome("p/0#1", 3, "1.0", "/run/a", "s3cret", 1000, 2000, null, null),
          new ToWorker.Offer(1, List.of(LISTENER, FILE)),
          new ToWorker.Offer(1, List.of()),
          new ToWorker.Start(2, "p/0#2", 4),
          new ToWorker.Ping(Long.MAX_VALUE),
          new ToWorker.Revoke(3, List.of("web", "größe \u0000 \"")),
          new ToWorker.Revoke(3, List.of()),
          new ToWorker.Connection(9, "web", "127.0.0.1:5", List.of(CONNECTION)),
          new ToWorker.Connection(9, "web", null, List.of(CONNECTION)),
          new ToWorker.Recall(4, List.of(1L, 2L)),
          new ToWorker.Resume(9, "web", List.of(CONNECTION, PAYLOAD)),
          new ToWorker.Drain(5, 30_000),
          new ToWorker.Stop(6, 0),
          new ToWorker.Adopted("p/0#1", 3),
          new ToWorker.Log(9, List.of(Descriptor.file("log", "append"))),
          new ToWorker.Opened(8, List.of(Descriptor.file("/var/x", "read"))),
          new ToSupervisor.Hello("1.0", 4711, "baton-java 0.1.0"),
          new ToSupervisor.Hello("1.0", 4711, null),
          new ToSupervisor.Loaded("x.Y"),
          new ToSupervisor.Loaded(null),
          new ToSupervisor.Claim(List.of("web"), List.of(1L, 2L)),
          new ToSupervisor.Claim(null, null),
          new ToSupervisor.Ready(),
          new ToSupervisor.Failed("start", 10, "because"),
          new ToSupervisor.Warning("look"),
          new ToSupervisor.Status("3 users, \ud83d\ude00"),
          new ToSupervisor.Pong(7, new ToSupervisor.Work(1, 2, 0, Long.MAX_VALUE), null),
          new ToSupervisor.Pong(8, null, new ToSupervisor.Jvm(1, 2, Long.MAX_VALUE, 0, 5)),
          new ToSupervisor.Pong(-1),
          new ToSupervisor.Revoked(3),
          new ToSupervisor.Refuse(List.of(1L)),
          new ToSupervisor.Closed(List.of(1L, 2L)),
          new ToSupervisor.HandBack(9, "web", List.of(CONNECTION, PAYLOAD)),
          new ToSupervisor.Drained(5),
          new ToSupervisor.Rejoin(
              "1.0", "p/0#1", 3, "s3cret", true, List.of(7L), Map.of("a", 1), List.of(LISTENER)),
          new ToSupervisor.Rejoin("1.0", "p/0#1", 3, "s3cret", false, null, null, null),
          new ToSupervisor.Open(7, "/var/x", OpenHow.of(OpenHow.Access.READ)),
          new ToSupervisor.Connect(8, "tcp://127.0.0.1:5432"),
          new ToSupervisor.Bind(9, "udp://127.0.0.1:53"),
          new Reply.Ok(1),
          new Reply.Error(1L, 13, "no"),
          new Reply.Error(null, 1, null),
          new Reply.Unrecognized(1L, "new"),
          new Reply.Unrecognized(null, "new"));

  private Samples() {}

  private static Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("text", "ä");
    config.put("number", 5);
    config.put("none", null);
    config.put("nested", Map.of("list", List.of(1, true, "x", 1.5)));
    return config;
  }

  static Class<? extends Message> direction(Message message) {
    return message instanceof ToWorker ? ToWorker.class : ToSupervisor.class;
  }
}
