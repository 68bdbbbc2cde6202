package dev.baton.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One test for every shape of bytes that a worker's session must end with. */
class RejectedShapesTest {
  private static String refused(byte[] bytes) {
    ProtocolException e =
        assertThrows(ProtocolException.class, () -> Codec.decode(bytes, Message.class));
    assertEquals(ErrorCode.BAD_MESSAGE, e.code());
    assertTrue(e.getMessage().length() < Limits.TEXT_CHARS + 200, "too long for a log line");
    return e.getMessage();
  }

  private static String refused(String json) {
    return refused(json.getBytes(UTF_8));
  }

  @Test
  void junk() {
    assertTrue(refused(new byte[] {0, 1, 2}).startsWith("not JSON: "));
    assertTrue(refused("hello").startsWith("not JSON: "));
    assertTrue(refused(new byte[] {'{', '"', (byte) 0xff, '"'}).startsWith("not JSON: "));
    assertTrue(refused("{'type':'ready'}").startsWith("not JSON: "));
    assertTrue(refused("{\"type\":\"pong\",\"seq\":NaN}").startsWith("not JSON: "));
  }

  @Test
  void cutOff() {
    String whole = "{\"type\":\"warning\",\"text\":\"x\"}";
    for (int length = 1; length < whole.length(); length++) {
      refused(whole.substring(0, length));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "[]", "[{\"type\":\"ready\"}]", "\"ready\"", "5", "null", "true"})
  void noObject(String json) {
    assertEquals("not a JSON object", refused(json));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"type\":null}", "{\"type\":5}", "{\"type\":[\"ready\"]}"})
  void noType(String json) {
    assertEquals("field type is missing", refused(json));
  }

  @Test
  void twoValues() {
    assertEquals("more than one JSON value", refused("{\"type\":\"ready\"}{}"));
    assertEquals("more than one JSON value", refused("{\"type\":\"ready\"} null"));
    assertTrue(refused("{\"type\":\"ready\"}}").startsWith("not JSON: "));
  }

  @Test
  void aKeyTwice() {
    assertTrue(refused("{\"type\":\"ready\",\"type\":\"ready\"}").contains("Duplicate field"));
    assertTrue(refused("{\"type\":\"ready\",\"x\":{\"a\":1,\"a\":2}}").contains("Duplicate field"));
  }

  @Test
  void depth() {
    String bomb = "{\"type\":\"ready\",\"x\":" + "[".repeat(30_000) + "]".repeat(30_000) + "}";
    assertTrue(refused(bomb).contains("nesting depth"), refused(bomb));
    String objects = "{\"a\":".repeat(10_000) + "1" + "}".repeat(10_000);
    assertTrue(refused(objects).contains("nesting depth"), refused(objects));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'type':'hello','pid':5}                              | field protocol is missing",
        "{'type':'hello','protocol':'1.0'}                     | field pid",
        "{'type':'hello','protocol':'1.0','pid':0}             | field pid must be above 0",
        "{'type':'failed','code':1,'text':'x'}                 | field stage is missing",
        "{'type':'failed','stage':'load','code':1}             | field text is missing",
        "{'type':'failed','stage':'load','text':'x'}           | field code",
        "{'type':'warning'}                                    | field text is missing",
        "{'type':'status','text':null}                         | field text is missing",
        "{'type':'pong'}                                       | field seq",
        "{'type':'pong','seq':null}                            | field seq",
        "{'type':'pong','seq':1,'work':{'requests':-1}}        | requests must not be below 0",
        "{'type':'pong','seq':1,'work':7}                      | field work",
        "{'type':'revoked'}                                    | field id",
        "{'type':'drained'}                                    | field id",
        "{'type':'ok'}                                         | field id",
        "{'type':'error','text':'x'}                           | field code",
        "{'type':'refuse'}                                     | field connections is missing",
        "{'type':'closed','connections':null}                  | field connections is missing",
        "{'type':'hand-back','connection':1,'fds':[]}          | field listener is missing",
        "{'type':'hand-back','connection':1,'listener':'l'}    | field fds is missing",
        "{'type':'rejoin','protocol':'1.0','worker':'w','generation':1,'draining':true}"
            + " | field secret is missing",
        "{'type':'rejoin','protocol':'1.0','worker':'w','generation':1,'secret':'s'}"
            + " | field draining",
        "{'type':'offer','id':1}                               | field fds is missing",
        "{'type':'offer','fds':[]}                             | field id",
        "{'type':'offer','id':1,'fds':[{'kind':'file'}]}       | field name is missing",
        "{'type':'offer','id':1,'fds':[{'name':'x'}]}          | field kind is missing",
        "{'type':'connection','connection':1,'fds':[]}         | field listener is missing",
        "{'type':'adopted','generation':1}                     | field worker is missing",
      })
  void aRequiredFieldMissing(String json, String reason) {
    String text = refused(json.replace('\'', '"'));
    assertTrue(text.contains(reason), text);
  }

  @Test
  void nullInAList() {
    assertEquals(
        "claim: field names[] is missing", refused("{\"type\":\"claim\",\"names\":[null]}"));
    assertEquals(
        "closed: field connections[] is missing",
        refused("{\"type\":\"closed\",\"connections\":[1,null]}"));
    assertEquals(
        "offer: field fds[] is missing", refused("{\"type\":\"offer\",\"id\":1,\"fds\":[null]}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'type':'pong','seq':'1'}                    | pong: field seq: ",
        "{'type':'pong','seq':1.0}                    | pong: field seq: ",
        "{'type':'pong','seq':1e3}                    | pong: field seq: ",
        "{'type':'pong','seq':true}                   | pong: field seq: ",
        "{'type':'pong','seq':[1]}                    | pong: field seq: ",
        "{'type':'pong','seq':{}}                     | pong: field seq: ",
        "{'type':'pong','seq':9223372036854775808}    | pong: field seq: ",
        "{'type':'hello','protocol':'1.0','pid':4294967296} | hello: field pid: ",
        "{'type':'hello','protocol':1.0,'pid':1}      | hello: field protocol: ",
        "{'type':'status','text':12}                  | status: field text: ",
        "{'type':'status','text':true}                | status: field text: ",
        "{'type':'status','text':['a']}               | status: field text: ",
        "{'type':'claim','names':'a'}                 | claim: field names: ",
        "{'type':'claim','names':''}                  | claim: field names: ",
        "{'type':'claim','names':[1]}                 | claim: field names[0]: ",
        "{'type':'claim','connections':['1']}         | claim: field connections[0]: ",
        "{'type':'claim','connections':{}}            | claim: field connections: ",
        "{'type':'rejoin','protocol':'1.0','worker':'w','generation':1,'secret':'s','draining':1}"
            + " | rejoin: field draining: ",
        "{'type':'offer','id':1,'fds':{}}             | offer: field fds: ",
        "{'type':'offer','id':1,'fds':['x']}          | offer: field fds[0]: ",
        "{'type':'offer','id':1,'fds':[{'kind':1,'name':'x'}]}        | offer: field fds[0].kind: ",
        "{'type':'offer','id':1,'fds':[{'kind':'FILE','name':'x'}]}   | offer: field fds[0].kind: ",
        "{'type':'offer','id':1,'fds':[{'kind':'file','name':'x','purpose':1}]}"
            + " | offer: field fds[0].purpose: ",
        "{'type':'welcome','config':[]}               | welcome: field config: ",
      })
  void aScalarOfTheWrongKind(String json, String reason) {
    String text = refused(json.replace('\'', '"'));
    assertTrue(text.startsWith(reason.stripTrailing()), text);
  }

  @Test
  void aLongWrongValueIsCutInTheReason() {
    refused("{\"type\":\"pong\",\"seq\":\"" + "y".repeat(60_000) + "\"}");
  }

  @Test
  void unknownTypeTellsItsCorrelation() {
    assertEquals(new Reply.Unrecognized(7L, "nope"), unknown("{\"type\":\"nope\",\"id\":7}"));
    assertEquals(new Reply.Unrecognized(null, "nope"), unknown("{\"type\":\"nope\"}"));
    assertEquals(new Reply.Unrecognized(null, ""), unknown("{\"type\":\"\",\"id\":\"7\"}"));
    assertEquals(
        new Reply.Unrecognized(null, "nope"),
        unknown("{\"type\":\"nope\",\"id\":99999999999999999999}"));
    String name = unknown("{\"type\":\"" + "x".repeat(20_000) + "\"}").name();
    assertTrue(name.length() < Limits.TEXT_CHARS + 10);
  }

  private static Reply.Unrecognized unknown(String json) {
    UnknownTypeException e =
        assertThrows(UnknownTypeException.class, () -> Codec.fromWorker(json.getBytes(UTF_8)));
    assertEquals(ErrorCode.UNKNOWN_TYPE, e.code());
    return e.reply();
  }

  @Test
  void theOtherDirectionsMessagesAreUnknown() {
    for (Message sample : Samples.ALL) {
      byte[] json = Codec.encode(sample);
      if (!(sample instanceof ToSupervisor)) {
        assertThrows(UnknownTypeException.class, () -> Codec.fromWorker(json));
      }
      if (!(sample instanceof ToWorker)) {
        assertThrows(UnknownTypeException.class, () -> Codec.fromSupervisor(json));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "1.",
        ".1",
        "1.0.0",
        "a.b",
        "+1.0",
        "1.-0",
        "1. 0",
        "9999999999.0",
        "١.٠"
      })
  void versions(String text) {
    assertEquals(
        ErrorCode.BAD_MESSAGE,
        assertThrows(ProtocolException.class, () -> Version.parse(text)).code());
  }

  @Test
  void majorsMustBeEqualAndMinorsNeedNot() throws Exception {
    assertEquals(new Version(1, 0), Version.parse(Version.CURRENT.toString()));
    assertTrue(Version.CURRENT.compatible(Version.parse("1.999")));
    assertTrue(!Version.CURRENT.compatible(Version.parse("2.0")));
    assertTrue(!Version.CURRENT.compatible(Version.parse("0.9")));
  }

  @Test
  void otherEncodingsThanUtf8() {
    refused("{\"type\":\"warning\",\"text\":\"ä\"}".getBytes(StandardCharsets.ISO_8859_1));
  }
}
