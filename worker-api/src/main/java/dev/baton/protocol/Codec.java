package dev.baton.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Messages to JSON and back. Bytes are hostile: whatever they are, the outcome is a message or a
 * {@link ProtocolException}. Thread-safe.
 */
public final class Codec {
  private static final ObjectMapper JSON = mapper();

  private Codec() {}

  /** One UTF-8 JSON object with its {@code type}. */
  public static byte[] encode(Message message) {
    byte[] fast = FastCodec.encode(message);
    return fast != null ? fast : encodeAny(message);
  }

  static byte[] encodeAny(Message message) {
    ObjectNode node = JSON.createObjectNode();
    node.put("type", MessageTypes.name(message));
    node.setAll((ObjectNode) JSON.valueToTree(message));
    try {
      return JSON.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e); // a tree always has a text
    }
  }

  static ObjectNode object() {
    return JSON.createObjectNode();
  }

  /** A text with its quotes, or a tree, as JSON. */
  static byte[] bytes(Object value) {
    try {
      return JSON.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e); // but for half surrogate pairs every text has a form
    }
  }

  /** Reads what a worker sent. */
  public static ToSupervisor fromWorker(byte[] bytes) throws ProtocolException {
    return decode(bytes, ToSupervisor.class);
  }

  /** Reads what a supervisor sent. */
  public static ToWorker fromSupervisor(byte[] bytes) throws ProtocolException {
    return decode(bytes, ToWorker.class);
  }

  /**
   * Reads a message of one direction.
   *
   * @throws UnknownTypeException when the type is not one of that direction
   */
  public static <M extends Message> M decode(byte[] bytes, Class<M> direction)
      throws ProtocolException {
    Message fast = FastCodec.decode(bytes);
    return direction.isInstance(fast) ? direction.cast(fast) : decodeAny(bytes, direction);
  }

  static <M extends Message> M decodeAny(byte[] bytes, Class<M> direction)
      throws ProtocolException {
    JsonNode node = parse(bytes);
    JsonNode type = node.get("type");
    if (type == null || !type.isTextual()) {
      throw bad("field type is missing");
    }
    Class<? extends Message> target = MessageTypes.type(type.textValue());
    if (target == null || !direction.isAssignableFrom(target)) {
      JsonNode id = node.get("id");
      throw new UnknownTypeException(
          Limits.text(type.textValue()),
          id != null && id.isIntegralNumber() && id.canConvertToLong() ? id.asLong() : null);
    }
    try {
      return direction.cast(JSON.treeToValue(node, target));
    } catch (JsonProcessingException e) {
      throw bad(type.textValue() + ": " + reason(e));
    }
  }

  /** One JSON object. */
  static JsonNode parse(byte[] bytes) throws ProtocolException {
    JsonNode node;
    try (JsonParser parser = JSON.createParser(bytes)) {
      node = parser.readValueAsTree();
      if (parser.nextToken() != null) {
        throw bad("more than one JSON value");
      }
    } catch (IOException e) {
      throw bad("not JSON: " + reason(e));
    }
    if (node == null || !node.isObject()) {
      throw bad("not a JSON object");
    }
    return node;
  }

  static ProtocolException bad(String text) {
    return new ProtocolException(ErrorCode.BAD_MESSAGE, text);
  }

  /** The record's own complaint, or Jackson's: with the field, without the source excerpt. */
  private static String reason(IOException e) {
    Throwable cause = e.getCause();
    if (cause instanceof IllegalArgumentException) {
      return cause.getMessage();
    }
    if (!(e instanceof JsonProcessingException)) {
      return Limits.text(e.getMessage());
    }
    String text = ((JsonProcessingException) e).getOriginalMessage();
    // Jackson's advice on its own settings helps nobody here.
    int advice = Math.max(text.indexOf(" (set "), text.indexOf(" (but "));
    text = Limits.text(advice > 0 ? text.substring(0, advice) : text);
    return e instanceof JsonMappingException
        ? "field " + path((JsonMappingException) e) + ": " + text
        : text;
  }

  private static String path(JsonMappingException e) {
    StringBuilder path = new StringBuilder();
    for (JsonMappingException.Reference step : e.getPath()) {
      if (step.getFieldName() == null) {
        path.append('[').append(step.getIndex()).append(']');
      } else {
        path.append(path.length() == 0 ? "" : ".").append(step.getFieldName());
      }
    }
    return path.toString();
  }

  private static ObjectMapper mapper() {
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(Limits.JSON_DEPTH)
                    .maxDocumentLength(Limits.MESSAGE_BYTES)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    return JsonMapper.builder(factory)
        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
        .withCoercionConfig(
            LogicalType.Textual,
            text ->
                text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
        .build();
  }
}
