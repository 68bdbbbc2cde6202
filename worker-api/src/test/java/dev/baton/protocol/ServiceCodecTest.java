package dev.baton.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.baton.protocol.OpenHow.Access;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The lines of the open service, which programs in other languages write by hand. */
class ServiceCodecTest {
  private static ServiceRequest request(String line) throws ProtocolException {
    return ServiceCodec.decodeRequest(line.getBytes(UTF_8));
  }

  private static String text(byte[] line) {
    assertEquals('\n', line[line.length - 1]);
    return new String(line, 0, line.length - 1, UTF_8);
  }

  @Test
  void theFormIsAsSpecified() {
    assertEquals(
        "{\"id\":7,\"open\":\"/a\",\"access\":[\"read\"],\"mode\":416}",
        text(
            ServiceCodec.encode(
                new ServiceRequest(7, ServiceRequest.Kind.OPEN, "/a", OpenHow.of(Access.READ)))));
    assertEquals(
        "{\"id\":8,\"connect\":\"tcp://127.0.0.1:1\"}",
        text(
            ServiceCodec.encode(
                new ServiceRequest(8, ServiceRequest.Kind.CONNECT, "tcp://127.0.0.1:1", null))));
    assertEquals(
        "{\"id\":7,\"ok\":true,\"kind\":\"file\"}",
        text(ServiceCodec.encode(ServiceAnswer.given(7, Descriptor.Kind.FILE))));
    assertEquals(
        "{\"id\":7,\"ok\":false,\"code\":14,\"error\":\"NOT_ALLOWED\",\"text\":\"no\"}",
        text(ServiceCodec.encode(ServiceAnswer.refused(7, ErrorCode.NOT_ALLOWED, "no"))));
  }

  @Test
  void whatIsLeftOutHasDefaults() throws Exception {
    ServiceRequest request = request("{\"open\":\"/a\"}");
    assertEquals(0, request.id());
    assertEquals(new OpenHow(Set.of(Access.READ), OpenHow.DEFAULT_MODE), request.how());
  }

  @Test
  void everyLineComesBackAsItWas() throws Exception {
    for (ServiceAnswer answer :
        new ServiceAnswer[] {
          ServiceAnswer.given(Long.MAX_VALUE, Descriptor.Kind.LISTENER),
          ServiceAnswer.refused(-1, ErrorCode.SYSTEM, "EIO \u00fc")
        }) {
      assertEquals(
          answer, ServiceCodec.decodeAnswer(text(ServiceCodec.encode(answer)).getBytes(UTF_8)));
    }
    ServiceRequest request =
        new ServiceRequest(
            3,
            ServiceRequest.Kind.OPEN,
            "/gr\u00f6\u00dfe",
            new OpenHow(Set.of(Access.values()), 0777));
    assertEquals(request, request(text(ServiceCodec.encode(request))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "[]",
        "{}",
        "{\"open\":1}",
        "{\"open\":null}",
        "{\"open\":\"/a\",\"bind\":\"tcp://127.0.0.1:1\"}",
        "{\"open\":\"/a\",\"access\":[]}",
        "{\"open\":\"/a\",\"access\":[\"Read\"]}",
        "{\"open\":\"/a\",\"access\":\"read\"}",
        "{\"open\":\"/a\",\"access\":[null]}",
        "{\"open\":\"/a\",\"mode\":-1}",
        "{\"open\":\"/a\",\"mode\":512}",
        "{\"open\":\"/a\",\"mode\":99999999999999999999}",
        "{\"open\":\"/a\",\"id\":\"1\"}",
        "{\"open\":\"/a\"} {}",
      })
  void rubbishIsRefused(String line) {
    assertThrows(ProtocolException.class, () -> request(line));
  }

  @Test
  void bytesAtRandomGiveALineOrARefusal() {
    Random random = new Random(17);
    byte[] good = "{\"id\":7,\"open\":\"/a\",\"access\":[\"read\"]}".getBytes(UTF_8);
    for (int i = 0; i < 20_000; i++) {
      byte[] bad = good.clone();
      for (int k = random.nextInt(4); k >= 0; k--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      }
      try {
        ServiceCodec.decodeRequest(bad);
      } catch (ProtocolException expected) {
        // as good as a line
      }
    }
  }
}
