package dev.baton.worker;

import dev.baton.protocol.ErrorCode;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Path;

/** Paths and addresses as requests have them. What no message has room for is refused here. */
final class Targets {
  /** Of a path in Linux, without its final NUL. */
  private static final int MOST_BYTES = 4095;

  private static final char UNREADABLE = '\uFFFD';

  private Targets() {}

  /**
   * The text of a path.
   *
   * @throws IllegalArgumentException when it is not one of the operating system's files
   * @throws OpenRefusedException when it is too long, or its bytes are not UTF-8
   */
  static String of(String verb, Path path) throws OpenRefusedException {
    if (path.getFileSystem() != FileSystems.getDefault()) {
      throw new IllegalArgumentException(
          path + " is a path of " + path.getFileSystem() + ", not of the operating system's files");
    }
    String text = path.toString();
    if (text.indexOf(UNREADABLE) >= 0 && !path.equals(Path.of(text))) {
      throw bad(verb + " " + text, "the bytes of the path are not UTF-8");
    }
    return fitting(verb, text);
  }

  /**
   * {@code tcp://127.0.0.1:80}, {@code udp://[::1]:53}. A name is looked up now.
   *
   * @throws UnknownHostException when it has no address
   */
  static String of(String scheme, InetSocketAddress address) throws UnknownHostException {
    InetAddress host = address.getAddress();
    if (host == null) {
      host = InetAddress.getByName(address.getHostString());
    }
    String text = host.getHostAddress();
    boolean six = host instanceof Inet6Address;
    return scheme + "://" + (six ? "[" + text + "]" : text) + ":" + address.getPort();
  }

  /**
   * Of what a stream can be connected to.
   *
   * @throws IllegalArgumentException when it is of another family
   */
  static String of(SocketAddress address) throws IOException {
    if (address instanceof InetSocketAddress inet) {
      return of("tcp", inet);
    } else if (address instanceof UnixDomainSocketAddress unix) {
      return "unix:" + of("connect", unix.getPath());
    }
    throw new IllegalArgumentException(
        "neither an InetSocketAddress nor a UnixDomainSocketAddress: " + address);
  }

  private static String fitting(String verb, String text) throws OpenRefusedException {
    // A character has at most three bytes in UTF-8: few texts need counting.
    if (text.length() > MOST_BYTES / 3) {
      int bytes = text.getBytes(StandardCharsets.UTF_8).length;
      if (bytes > MOST_BYTES) {
        throw bad(
            verb + " " + text.substring(0, 40) + "...",
            "the path has " + bytes + " bytes; at most " + MOST_BYTES);
      }
    }
    return text;
  }

  private static OpenRefusedException bad(String request, String reason) {
    return new OpenRefusedException(request, ErrorCode.BAD_REQUEST, reason);
  }
}
