package dev.baton.protocol;

import java.util.HashMap;
import java.util.Map;

/** The names of the message types on the wire. */
final class MessageTypes {
  private static final Map<String, Class<? extends Message>> BY_NAME = new HashMap<>();
  private static final Map<Class<? extends Message>, String> NAMES = new HashMap<>();

  static {
    add("welcome", ToWorker.Welcome.class);
    add("offer", ToWorker.Offer.class);
    add("start", ToWorker.Start.class);
    add("ping", ToWorker.Ping.class);
    add("revoke", ToWorker.Revoke.class);
    add("connection", ToWorker.Connection.class);
    add("recall", ToWorker.Recall.class);
    add("resume", ToWorker.Resume.class);
    add("drain", ToWorker.Drain.class);
    add("stop", ToWorker.Stop.class);
    add("adopted", ToWorker.Adopted.class);
    add("opened", ToWorker.Opened.class);
    add("log", ToWorker.Log.class);
    add("hello", ToSupervisor.Hello.class);
    add("loaded", ToSupervisor.Loaded.class);
    add("claim", ToSupervisor.Claim.class);
    add("ready", ToSupervisor.Ready.class);
    add("failed", ToSupervisor.Failed.class);
    add("warning", ToSupervisor.Warning.class);
    add("status", ToSupervisor.Status.class);
    add("pong", ToSupervisor.Pong.class);
    add("revoked", ToSupervisor.Revoked.class);
    add("refuse", ToSupervisor.Refuse.class);
    add("closed", ToSupervisor.Closed.class);
    add("hand-back", ToSupervisor.HandBack.class);
    add("drained", ToSupervisor.Drained.class);
    add("rejoin", ToSupervisor.Rejoin.class);
    add("open", ToSupervisor.Open.class);
    add("connect", ToSupervisor.Connect.class);
    add("bind", ToSupervisor.Bind.class);
    add("ok", Reply.Ok.class);
    add("error", Reply.Error.class);
    add("unrecognized", Reply.Unrecognized.class);
  }

  private MessageTypes() {}

  private static void add(String name, Class<? extends Message> type) {
    BY_NAME.put(name, type);
    NAMES.put(type, name);
  }

  /** The record of a name; null when there is none. */
  static Class<? extends Message> type(String name) {
    return BY_NAME.get(name);
  }

  static String name(Message message) {
    return NAMES.get(message.getClass());
  }

  static Map<String, Class<? extends Message>> all() {
    return Map.copyOf(BY_NAME);
  }
}
