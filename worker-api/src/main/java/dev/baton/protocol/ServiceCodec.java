package dev.baton.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * The lines of the open service: one JSON object each, ended by a newline. Bytes are hostile:
 * whatever they are, the outcome is a line or a {@link ProtocolException}. Thread-safe.
 */
public final class ServiceCodec {
  private ServiceCodec() {}

  /** The line of a request, its newline included. */
  public static byte[] encode(ServiceRequest request) {
    ObjectNode line = Codec.object();
    line.put("id", request.id());
    line.put(request.kind().key(), request.target());
    if (request.how() != null) {
      ArrayNode access = line.putArray("access");
      request.how().access().forEach(word -> access.add(word(word)));
      line.put("mode", request.how().mode());
    }
    return line(line);
  }

  /** The line of an answer, its newline included. */
  public static byte[] encode(ServiceAnswer answer) {
    ObjectNode line = Codec.object();
    line.put("id", answer.id());
    line.put("ok", answer.ok());
    if (answer.ok()) {
      line.put("kind", answer.kind());
    } else {
      line.put("code", answer.code());
      line.put("error", ErrorCode.of(answer.code()).name());
      line.put("text", answer.text());
    }
    return line(line);
  }

  private static byte[] line(ObjectNode node) {
    byte[] json = Codec.bytes(node);
    byte[] line = Arrays.copyOf(json, json.length + 1);
    line[json.length] = '\n';
    return line;
  }

  /** Reads a request without its newline. */
  public static ServiceRequest decodeRequest(byte[] line) throws ProtocolException {
    JsonNode node = Codec.parse(line);
    ServiceRequest.Kind kind = null;
    for (ServiceRequest.Kind candidate : ServiceRequest.Kind.values()) {
      if (node.has(candidate.key())) {
        if (kind != null) {
          throw Codec.bad("one of open, connect and bind, not two");
        }
        kind = candidate;
      }
    }
    if (kind == null) {
      throw Codec.bad("one of the fields open, connect and bind is missing");
    }
    try {
      return new ServiceRequest(
          number(node, "id", 0),
          kind,
          text(node, kind.key()),
          kind == ServiceRequest.Kind.OPEN ? how(node) : null);
    } catch (IllegalArgumentException e) {
      throw Codec.bad(e.getMessage());
    }
  }

  private static OpenHow how(JsonNode node) throws ProtocolException {
    JsonNode words = node.get("access");
    if (words == null) {
      return new OpenHow(Set.of(OpenHow.Access.READ), mode(node));
    }
    if (!words.isArray()) {
      throw Codec.bad("field access must be a list");
    }
    Set<OpenHow.Access> access = EnumSet.noneOf(OpenHow.Access.class);
    for (JsonNode word : words) {
      access.add(access(word));
    }
    return new OpenHow(access, mode(node));
  }

  private static int mode(JsonNode node) throws ProtocolException {
    long mode = number(node, "mode", OpenHow.DEFAULT_MODE);
    return (int) Math.max(-1, Math.min(mode, Integer.MAX_VALUE));
  }

  private static OpenHow.Access access(JsonNode word) throws ProtocolException {
    for (OpenHow.Access candidate : OpenHow.Access.values()) {
      if (word.isTextual() && word(candidate).equals(word.textValue())) {
        return candidate;
      }
    }
    throw Codec.bad("field access has an unknown word");
  }

  private static String word(OpenHow.Access access) {
    return access.name().toLowerCase(Locale.ROOT);
  }

  /** Reads an answer without its newline. */
  public static ServiceAnswer decodeAnswer(byte[] line) throws ProtocolException {
    JsonNode node = Codec.parse(line);
    JsonNode ok = node.get("ok");
    if (ok == null || !ok.isBoolean()) {
      throw Codec.bad("field ok is missing");
    }
    long id = number(node, "id", 0);
    if (ok.booleanValue()) {
      return new ServiceAnswer(id, true, text(node, "kind"), 0, null);
    }
    int code = (int) Math.max(0, Math.min(number(node, "code", 0), Integer.MAX_VALUE));
    return new ServiceAnswer(id, false, null, code, Limits.text(text(node, "text")));
  }

  private static String text(JsonNode node, String field) throws ProtocolException {
    JsonNode value = node.get(field);
    if (value == null || !value.isTextual()) {
      throw Codec.bad("field " + field + " must be a text");
    }
    return value.textValue();
  }

  private static long number(JsonNode node, String field, long otherwise) throws ProtocolException {
    JsonNode value = node.get(field);
    if (value == null) {
      return otherwise;
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw Codec.bad("field " + field + " must be a whole number");
    }
    return value.longValue();
  }
}
