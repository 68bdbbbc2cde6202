package dev.baton.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CodecTest {
  static Stream<Message> samples() {
    return Samples.ALL.stream();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void everyMessageSurvivesTheWire(Message message) throws Exception {
    byte[] json = Codec.encode(message);
    assertEquals(message, Codec.decode(json, Samples.direction(message)));
    if (message instanceof Reply) {
      assertEquals(message, Codec.fromWorker(json));
      assertEquals(message, Codec.fromSupervisor(json));
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void theWireFormIsOneObjectWithItsType(Message message) throws Exception {
    JsonNode node = new ObjectMapper().readTree(Codec.encode(message));
    assertEquals(MessageTypes.name(message), node.get("type").textValue());
    assertEquals(message.fds().size(), node.path("fds").size());
  }

  @Test
  void everyTypeHasASample() {
    Set<Class<?>> sampled = Samples.ALL.stream().map(Object::getClass).collect(Collectors.toSet());
    assertEquals(Set.copyOf(MessageTypes.all().values()), sampled);
  }

  @Test
  void everyRecordHasATypeName() {
    Set<Class<?>> records =
        Stream.of(ToWorker.class, ToSupervisor.class, Reply.class)
            .flatMap(direction -> Arrays.stream(direction.getPermittedSubclasses()))
            .flatMap(
                type ->
                    type.isSealed()
                        ? Arrays.stream(type.getPermittedSubclasses())
                        : Stream.of(type))
            .filter(Class::isRecord)
            .collect(Collectors.toSet());
    assertEquals(records, Set.copyOf(MessageTypes.all().values()));
  }

  /** The wire is a promise to workers in other languages. */
  @Test
  void theFormIsAsSpecified() {
    assertEquals(
        "{\"type\":\"offer\",\"id\":1,\"fds\":[{\"kind\":\"listener\",\"name\":\"web\","
            + "\"purpose\":\"use\",\"address\":\"tcp://127.0.0.1:8080\",\"mode\":\"shared\"}]}",
        text(
            new ToWorker.Offer(
                1, List.of(Descriptor.listener("web", "tcp://127.0.0.1:8080", "shared")))));
    assertEquals("{\"type\":\"ready\"}", text(new ToSupervisor.Ready()));
    assertEquals(
        "{\"type\":\"open\",\"id\":7,\"path\":\"/var/x\",\"how\":"
            + "{\"access\":[\"write\",\"create\"],\"mode\":416}}",
        text(
            new ToSupervisor.Open(
                7, "/var/x", OpenHow.of(OpenHow.Access.CREATE, OpenHow.Access.WRITE))));
    assertEquals(
        "{\"type\":\"claim\",\"names\":[],\"connections\":[]}",
        text(new ToSupervisor.Claim(null, null)));
    assertEquals(
        "{\"type\":\"unrecognized\",\"name\":\"x\"}", text(new Reply.Unrecognized(null, "x")));
    assertEquals(
        "{\"type\":\"hello\",\"protocol\":\"1.0\",\"pid\":5,\"sdk\":\"\"}",
        text(new ToSupervisor.Hello("1.0", 5, null)));
  }

  private static String text(Message message) {
    return new String(Codec.encode(message), UTF_8);
  }

  @Test
  void unknownFieldsAreIgnoredAndPurposeIsUse() throws Exception {
    assertEquals(
        new ToWorker.Offer(1, List.of(Descriptor.file("f", "read"))),
        Codec.fromSupervisor(
            ("{\"later\":{\"x\":[1]},\"type\":\"offer\",\"id\":1,\"fds\":[{\"kind\":\"file\","
                    + "\"name\":\"f\",\"access\":\"read\",\"size\":5}]}")
                .getBytes(UTF_8)));
  }

  @Test
  void longTextsAreCut() throws Exception {
    String exact = "x".repeat(Limits.TEXT_CHARS);
    assertEquals(exact, new ToSupervisor.Status(exact).text());
    assertEquals(exact + " ...", new ToSupervisor.Status(exact + "y").text());
    byte[] json = Codec.encode(new ToSupervisor.Warning("z".repeat(20_000)));
    assertTrue(json.length < Limits.FRAME_BYTES);
    String hostile = "{\"type\":\"failed\",\"stage\":\"" + exact + "yy\",\"code\":1,\"text\":\"\"}";
    ToSupervisor.Failed failed = (ToSupervisor.Failed) Codec.fromWorker(hostile.getBytes(UTF_8));
    assertEquals(exact + " ...", failed.stage());
  }

  /** A cut can fall between the two halves of a character, and a peer can send one half. */
  @Test
  void halfCharactersDoNotStopTheAnswer() throws Exception {
    String halved = "x".repeat(Limits.TEXT_CHARS - 1) + "\ud83d\ude00";
    for (String text : new String[] {halved, "\ud800", "\udc00 x", "a\ud83d"}) {
      Codec.fromWorker(Codec.encode(new ToSupervisor.Status(text)));
      Codec.fromWorker(Codec.encode(new Reply.Unrecognized(1L, text)));
    }
  }

  @Test
  void aSecretIsNeverInAText() {
    for (Message message : Samples.ALL) {
      assertFalse(message.toString().contains("s3cret"), message.toString());
    }
  }

  @Test
  void errorCodesKeepTheirNumbers() {
    assertEquals(
        "UNKNOWN 0, BAD_MESSAGE 1, TOO_LARGE 2, DESCRIPTORS 3, OUT_OF_ORDER 4, VERSION 5,"
            + " UNKNOWN_TYPE 6, OVERFLOW 7, PLUGIN_NOT_FOUND 8, PLUGIN_UNUSABLE 9,"
            + " PLUGIN_FAILED 10, UNKNOWN_NAME 11, NOT_AUTHENTIC 12, NOT_SUPPORTED 13,"
            + " NOT_ALLOWED 14, BUSY 15, NOT_FOUND 16, EXISTS 17, SYSTEM 18, BAD_REQUEST 19",
        Arrays.stream(ErrorCode.values())
            .map(code -> code + " " + code.number())
            .collect(Collectors.joining(", ")));
    assertEquals(ErrorCode.OVERFLOW, ErrorCode.of(7));
    assertEquals(ErrorCode.UNKNOWN, ErrorCode.of(999));
    Map<Integer, ErrorCode> distinct =
        Arrays.stream(ErrorCode.values()).collect(Collectors.toMap(ErrorCode::number, c -> c));
    assertEquals(ErrorCode.values().length, distinct.size());
  }
}
