package dev.baton.worker;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import java.io.IOException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as the supervisor's own configuration writes them: a whole number and a unit. */
final class DurationReader extends StdScalarDeserializer<Duration> {
  private static final long serialVersionUID = 1L;

  /** Nine digits of days still fit in a long of milliseconds. */
  private static final Pattern FORM = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");

  DurationReader() {
    super(Duration.class);
  }

  @Override
  public Duration deserialize(JsonParser parser, DeserializationContext context)
      throws IOException {
    String text = parser.getText();
    Matcher matcher = FORM.matcher(text);
    if (!parser.hasToken(JsonToken.VALUE_STRING) || !matcher.matches()) {
      return (Duration)
          context.handleWeirdStringValue(
              Duration.class, text, "a duration such as 500ms, 2s, 5m, 1h or 1d");
    }
    long amount = Long.parseLong(matcher.group(1));
    switch (matcher.group(2)) {
      case "ms":
        return Duration.ofMillis(amount);
      case "s":
        return Duration.ofSeconds(amount);
      case "m":
        return Duration.ofMinutes(amount);
      case "h":
        return Duration.ofHours(amount);
      default:
        return Duration.ofDays(amount);
    }
  }
}
