package dev.baton.protocol;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import java.io.IOException;
import java.util.Arrays;

/** Reads {@link Numbers}, with the same strictness as the lists of other messages. */
final class NumbersReader extends StdDeserializer<Numbers> {
  private static final long serialVersionUID = 1L;

  NumbersReader() {
    super(Numbers.class);
  }

  @Override
  public Numbers deserialize(JsonParser parser, DeserializationContext context) throws IOException {
    if (!parser.isExpectedStartArrayToken()) {
      return (Numbers) context.handleUnexpectedToken(Numbers.class, parser);
    }
    long[] values = new long[16];
    int count = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (count == Limits.CONNECTIONS) {
        throw new IllegalArgumentException(
            "more than " + Limits.CONNECTIONS + " connections in one message");
      }
      if (count == values.length) {
        values = Arrays.copyOf(values, 2 * count);
      }
      values[count] = number(parser, context, count);
      count++;
    }
    return Numbers.of(values, count);
  }

  private static long number(JsonParser parser, DeserializationContext context, int index)
      throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      throw new IllegalArgumentException("field connections[] is missing");
    }
    try {
      if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
        return (Long) context.handleUnexpectedToken(Long.class, parser);
      }
      return parser.getLongValue();
    } catch (IOException e) {
      throw JsonMappingException.wrapWithPath(e, Numbers.NONE, index);
    }
  }
}
