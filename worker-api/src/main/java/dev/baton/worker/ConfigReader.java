package dev.baton.worker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The plugin's configuration as a record or bean. A value that came out of a variable is text, so
 * texts of numbers are numbers too. Annotations of Jackson have no effect: the runtime's copy is
 * renamed.
 */
final class ConfigReader {
  private static final String ROOT = "config";

  private ConfigReader() {}

  /** Made when the first plugin asks. */
  private static final class Holder {
    static final ObjectMapper JSON =
        JsonMapper.builder()
            .addModule(
                new SimpleModule("baton").addDeserializer(Duration.class, new DurationReader()))
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .withCoercionConfigDefaults(
                c -> c.setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail))
            .withCoercionConfig(
                LogicalType.Textual,
                c -> c.setCoercion(CoercionInputShape.EmptyString, CoercionAction.TryConvert))
            .build();
  }

  /**
   * @throws IllegalArgumentException {@code config.KEY: what was found, what is allowed}
   */
  static <T> T read(Map<String, Object> config, Class<T> type) {
    try {
      return Holder.JSON.treeToValue(Holder.JSON.valueToTree(config), type);
    } catch (JsonMappingException e) {
      throw new IllegalArgumentException(path(e) + ": " + reason(e), e);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(ROOT + ": " + e.getOriginalMessage(), e);
    }
  }

  private static String path(JsonMappingException e) {
    StringBuilder path = new StringBuilder(ROOT);
    for (JsonMappingException.Reference step : e.getPath()) {
      if (step.getFieldName() != null) {
        path.append('.').append(step.getFieldName());
      } else {
        path.append('[').append(step.getIndex()).append(']');
      }
    }
    return path.toString();
  }

  private static String reason(JsonMappingException e) {
    if (e instanceof UnrecognizedPropertyException) {
      return unknown((UnrecognizedPropertyException) e);
    }
    if (e instanceof InvalidFormatException) {
      return invalid((InvalidFormatException) e);
    }
    if (e instanceof ValueInstantiationException && e.getCause() != null) {
      return Optional.ofNullable(e.getCause().getMessage()).orElse(e.getCause().toString());
    }
    if (e instanceof MismatchedInputException
        && ((MismatchedInputException) e).getTargetType() != null) {
      return "not " + wanted(((MismatchedInputException) e).getTargetType());
    }
    return e.getOriginalMessage();
  }

  private static String unknown(UnrecognizedPropertyException e) {
    TreeSet<String> known = new TreeSet<>();
    e.getKnownPropertyIds().forEach(id -> known.add(id.toString()));
    return "unknown key; "
        + (known.isEmpty() ? "there are none" : "known are " + String.join(", ", known));
  }

  private static String invalid(InvalidFormatException e) {
    return "found \"" + e.getValue() + "\", allowed is " + wanted(e.getTargetType());
  }

  private static String wanted(Class<?> type) {
    if (type == Duration.class) {
      return "a duration such as 500ms, 2s, 5m, 1h or 1d";
    }
    if (type.isEnum()) {
      StringBuilder words = new StringBuilder("one of");
      String separator = " ";
      for (Object constant : type.getEnumConstants()) {
        words.append(separator).append(constant.toString().toLowerCase(java.util.Locale.ROOT));
        separator = ", ";
      }
      return words.toString();
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
      return "a whole number";
    }
    if (type == String.class) {
      return "a text";
    }
    if (List.class.isAssignableFrom(type)) {
      return "a list";
    }
    return "a value for " + type.getSimpleName();
  }
}
