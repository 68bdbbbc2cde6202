package dev.baton.e2e.kit;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A headless Chromium with one page, used as a person would: it is looked at, clicked on and typed
 * into. What its console says is kept. {@link #close} ends it with all its processes. One thread.
 */
public final class Browser implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(40);
  private static final Duration SEEN = Duration.ofSeconds(30);
  private static final Duration END = Duration.ofSeconds(10);
  private static final Pattern ADDRESS = Pattern.compile("DevTools listening on (ws://\\S+)");
  private static final int WIDTH = 1180;

  private final Process process;
  private final Path output;
  private final List<String> console = new CopyOnWriteArrayList<>();
  private DevTools tools;
  private String session = "";

  private Browser(Path program, Path folder) throws IOException {
    output = folder.resolve("chromium.out");
    var builder =
        new ProcessBuilder(
            program.toString(),
            "--headless",
            "--no-sandbox", // which needs another user than root; the page is ours
            "--remote-debugging-port=0",
            "--user-data-dir=" + folder.resolve("chromium"),
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-extensions",
            "--disable-sync",
            "--disable-breakpad",
            "--no-first-run",
            "--no-proxy-server",
            "--host-resolver-rules=MAP evil.example 127.0.0.1", // as a rebound name is
            "--force-color-profile=srgb",
            "--hide-scrollbars",
            "--window-size=" + WIDTH + ",1000",
            "about:blank");
    builder.environment().put("HOME", folder.toString());
    builder.environment().put("TMPDIR", folder.toString());
    process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
  }

  /** Where it is; empty when this machine has none. */
  public static Optional<Path> program() {
    return Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Starts one with an empty page.
   *
   * @param folder for what it writes
   */
  public static Browser start(Path program, Path folder) throws IOException, InterruptedException {
    var browser = new Browser(program, folder);
    try {
      browser.attach();
      return browser;
    } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
      browser.close();
      throw e;
    }
  }

  private void attach() throws IOException, InterruptedException {
    Deadline.await(START, "Chromium tells its address", () -> address().isPresent(), this::said);
    tools = new DevTools(address().orElseThrow(), this::event);
    var target =
        tools.call("", "Target.createTarget", Map.of("url", "about:blank")).path("targetId");
    session =
        tools
            .call("", "Target.attachToTarget", Map.of("targetId", target.asText(), "flatten", true))
            .path("sessionId")
            .asText();
    for (var domain : List.of("Runtime", "Log", "Page")) {
      call(domain + ".enable", Map.of());
    }
  }

  private String said() {
    try {
      return Files.readString(output, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private Optional<URI> address() {
    var matcher = ADDRESS.matcher(said());
    return matcher.find() ? Optional.of(URI.create(matcher.group(1))) : Optional.empty();
  }

  private JsonNode call(String method, Map<String, ?> parameters) throws IOException {
    return tools.call(session, method, parameters);
  }

  /** Errors and warnings of the page, however they come. */
  private void event(JsonNode event) {
    var what = event.path("params");
    switch (event.path("method").asText()) {
      case "Runtime.exceptionThrown" -> console.add(what.path("exceptionDetails").toString());
      case "Runtime.consoleAPICalled" -> {
        if (List.of("error", "warning", "assert").contains(what.path("type").asText())) {
          console.add(what.path("args").toString());
        }
      }
      case "Log.entryAdded" -> {
        if (List.of("error", "warning").contains(what.path("entry").path("level").asText())) {
          console.add(what.path("entry").toString());
        }
      }
      default -> {}
    }
  }

  /** The errors and warnings on its console so far. */
  public List<String> console() {
    return List.copyOf(console);
  }

  /** Goes to an address. */
  public void open(String address) throws IOException {
    var answer = call("Page.navigate", Map.of("url", address));
    if (answer.has("errorText")) {
      throw new IOException(address + ": " + answer.path("errorText").asText());
    }
  }

  /** The value of an expression of JavaScript in the page. */
  public JsonNode value(String expression) throws IOException {
    var answer =
        call(
            "Runtime.evaluate",
            Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
    if (answer.has("exceptionDetails")) {
      throw new AssertionError(expression + ": " + answer.path("exceptionDetails"));
    }
    return answer.path("result").path("value");
  }

  /** Waits until an expression is true in the page. */
  public void await(String expected, String expression) throws IOException, InterruptedException {
    Deadline.await(
        SEEN,
        expected,
        () -> value(expression).asBoolean(),
        () -> {
          try {
            return value("document.body.innerText").asText() + "\nconsole: " + console;
          } catch (IOException e) {
            return e.toString();
          }
        });
  }

  /** Clicks in the middle of an element, wherever that is. */
  public void click(String selector) throws IOException {
    var place =
        value(
            "(() => { const e = document.querySelector('"
                + selector
                + "'); e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect();"
                + " return [r.x + r.width / 2, r.y + r.height / 2]; })()");
    for (var type : List.of("mousePressed", "mouseReleased")) {
      call(
          "Input.dispatchMouseEvent",
          Map.of(
              "type",
              type,
              "x",
              place.path(0).asDouble(),
              "y",
              place.path(1).asDouble(),
              "button",
              "left",
              "clickCount",
              1));
    }
  }

  /** Types a text into whatever has the focus. */
  public void type(String text) throws IOException {
    call("Input.insertText", Map.of("text", text));
  }

  /** Presses a key, such as {@code Tab} or {@code Enter}. */
  public void press(String key) throws IOException {
    int code = key.equals("Tab") ? 9 : 13;
    for (var type : List.of("keyDown", "keyUp")) {
      call(
          "Input.dispatchKeyEvent",
          Map.of(
              "type", type,
              "key", key,
              "code", key,
              "text", type.equals("keyDown") && code == 13 ? "\r" : "",
              "windowsVirtualKeyCode", code));
    }
  }

  /** Has pages look as at night, or by day. */
  public void dark(boolean dark) throws IOException {
    var scheme = Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light");
    call("Emulation.setEmulatedMedia", Map.of("features", List.of(scheme)));
  }

  /** The page as a picture, from its top. */
  public void picture(Path file, int height) throws IOException {
    value("scrollTo(0, 0)");
    var clip = Map.of("x", 0, "y", 0, "width", WIDTH, "height", height, "scale", 1);
    var answer =
        call(
            "Page.captureScreenshot",
            Map.of("format", "png", "clip", clip, "captureBeyondViewport", true));
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.write(file, Base64.getDecoder().decode(answer.path("data").asText()));
  }

  @Override
  public void close() throws IOException {
    var all = new java.util.ArrayList<>(process.descendants().toList());
    all.add(0, process.toHandle());
    try {
      if (tools != null) {
        tools.call("", "Browser.close", Map.of());
        tools.close();
      }
      process.waitFor(END.toSeconds(), TimeUnit.SECONDS);
    } catch (IOException e) {
      tools.close(); // it may go before it answers
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      all.forEach(ProcessHandle::destroyForcibly);
      all.forEach(one -> one.onExit().join());
    }
  }
}
