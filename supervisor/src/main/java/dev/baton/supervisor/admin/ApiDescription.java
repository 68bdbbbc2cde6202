package dev.baton.supervisor.admin;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The OpenAPI document of what {@link AdminApi} serves: a file of our jar. Stateless. */
final class ApiDescription {
  private static final String RESOURCE = "/dev/baton/supervisor/admin/openapi.json";

  private ApiDescription() {}

  /** The whole of it; read anew each time, since hardly anybody asks. */
  static String read() {
    try (InputStream in = ApiDescription.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("there is no " + RESOURCE + " in our jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
