package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.Browser;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Deadline;
import dev.baton.e2e.kit.Http;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.Sample;
import dev.baton.supervisor.admin.ApiDocument;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page in a browser, as an operator sees it, and what pages of others can do in the same
 * browser. It makes the picture of the README, too: {@code mvn -Pe2e verify -Dit.test=PageIT
 * -Dbaton.page.picture=$PWD/docs/images/page.png}.
 */
@BatonTest
@Timeout(180)
class PageIT {
  private static final Pattern PAGE = Pattern.compile("the page is at (http://127.0.0.1:[0-9]+/)");
  private static final int PICTURE_HEIGHT = 1000;

  private final Installation installation = Installation.find();
  @TempDir Path folder;

  @Test
  void itShowsWhatHappensAndDoesWhatIsAsked() throws Exception {
    var program = Browser.program();
    Assumptions.assumeTrue(program.isPresent(), "there is no Chromium (apt-get install chromium)");
    var conf = ConfFile.in(folder).tcp("web").tcp("chat").dispatch("chat", "least-connections");
    conf.pool("hello", pool -> pool.sample(installation, Sample.HELLO).workers(2).listeners("web"));
    conf.pool("chat", pool -> pool.sample(installation, Sample.HTTP).listeners("chat"));
    conf.set("admin.address", "tcp://127.0.0.1:0");
    try (var baton = BatonProcess.start(installation, conf);
        var browser = Browser.start(program.get(), folder)) {
      var found = PAGE.matcher(baton.output());
      assertTrue(found.find(), baton::output);
      var page = found.group(1);
      var token = Files.readString(conf.runtimeDir().resolve("admin.token")).strip();
      connect(browser, page, token);
      seesTheState(browser, baton);
      followsARollout(browser, baton);
      scales(browser, baton);
      looksDifferentAtNight(browser);
      assertEquals(List.of(), browser.console());
      var picture = System.getProperty("baton.page.picture", "");
      if (!picture.isEmpty()) {
        visit(baton);
        browser.picture(Path.of(picture), PICTURE_HEIGHT);
      }
      isDescribed(baton, conf);
      pagesOfOthersCanDoNothing(browser, baton, page, token);
    }
  }

  /** By keyboard alone. */
  private static void connect(Browser browser, String page, String token) throws Exception {
    browser.open(page);
    browser.await("the form", "document.querySelector('#connect')?.disabled === false");
    assertTrue(browser.value("document.querySelector('#main').hidden").asBoolean());
    browser.press("Tab");
    assertEquals("token", browser.value("document.activeElement.id").asText());
    browser.type(token);
    browser.press("Enter");
    browser.await("the state is shown", "!document.querySelector('#main').hidden");
  }

  private static String workers(String pool) {
    return "[...document.querySelectorAll('[data-key=" + pool + "] .id')].map(e => e.textContent)";
  }

  private static void seesTheState(Browser browser, BatonProcess baton) throws Exception {
    browser.await("two tiles", workers("hello") + ".join() === 'hello/0#1,hello/1#1'");
    browser.await("the events", "document.querySelectorAll('#events li').length > 3");
    var text = browser.value("document.body.innerText").asText();
    for (var part :
        List.of("pid " + baton.pid(), baton.address("chat"), "serving", "generation 1")) {
      assertTrue(text.contains(part), () -> part + " is not in\n" + text);
    }
    // What a screen reader says: every button has a name of its own.
    var names =
        browser.value(
            "[...document.querySelectorAll('.pool .commands button')].map(b => b.ariaLabel)");
    assertEquals(10, names.size(), names::toString);
    assertEquals(10, names.toString().split("ool (hello|chat)", -1).length - 1, names::toString);
    assertEquals("en", browser.value("document.documentElement.lang").asText());
  }

  /** Each state that is shown meanwhile is noted in the page itself. */
  private static void followsARollout(Browser browser, BatonProcess baton) throws Exception {
    browser.value(
        """
        window.seen = [];
        new MutationObserver(() => window.seen.push(
            document.querySelector('[data-key=hello] .state').textContent + ' '
            + [...document.querySelectorAll('[data-key=hello] .id')].map(e => e.textContent)))
          .observe(document.querySelector('#pools'), {subtree: true, childList: true}); 0\
        """);
    browser.click("[data-key=hello] button[aria-label^=Restart]");
    browser.await("the verdict", "/rolled over|generation 2/.test(" + commands() + ")");
    browser.await("the new workers", workers("hello") + ".join() === 'hello/0#2,hello/1#2'");
    browser.await(
        "generation 2",
        "document.querySelector('[data-key=hello] .generation').textContent"
            + ".startsWith('generation 2')");
    var seen = browser.value("window.seen.join('|')").asText();
    assertTrue(seen.contains("restarting"), "the rollout was not seen: " + seen);
    assertTrue(
        seen.matches("(?s).*hello/0#1,hello/0#2.*|.*hello/0#2,hello/1#1.*"),
        "old and new workers were not seen side by side: " + seen);
    var commands = browser.value(commands()).asText();
    assertTrue(commands.contains("slot 1"), commands);
    assertTrue(
        baton.workers("hello").stream().allMatch(w -> w.id().endsWith("#2")),
        () -> "the button did nothing: " + commands);
  }

  private static String commands() {
    return "document.querySelector('#rollout').innerText";
  }

  private static void scales(Browser browser, BatonProcess baton) throws Exception {
    browser.click("[data-key=chat] button[aria-label^=\"One worker more\"]");
    browser.await("a second worker", workers("chat") + ".join() === 'chat/0#1,chat/1#1'");
    browser.await(
        "it serves", "document.querySelectorAll('[data-key=chat] li.serving').length === 2");
    assertEquals(2, baton.workers("chat").size());
  }

  /** So that there is something to plot. */
  private static void visit(BatonProcess baton) throws Exception {
    var targets = List.of(baton.target("web"), baton.target("chat"));
    Deadline.met(
        Duration.ofSeconds(25),
        () -> {
          for (var target : targets) {
            Http.get(target, "/");
          }
          return false;
        });
  }

  private static void looksDifferentAtNight(Browser browser) throws Exception {
    var colour = "getComputedStyle(document.body).backgroundColor";
    browser.dark(true);
    var night = browser.value(colour).asText();
    browser.dark(false);
    assertNotEquals(browser.value(colour).asText(), night);
  }

  /** Real answers of a real supervisor are what the document says. */
  private static void isDescribed(BatonProcess baton, ConfFile conf) throws Exception {
    var document = new ApiDocument(Http.get(conf.admin(), "/v1/openapi.json").body());
    for (var path :
        List.of("/v1/status", "/v1/events", "/v1/version", "/v1/diff", "/metrics", "/readyz")) {
      var answer = Http.get(conf.admin(), path);
      assertEquals(
          List.of(),
          document.problems(
              "GET " + path, answer.status(), answer.headers().get("content-type"), answer.body()));
    }
    assertFalse(baton.status().path("pools").isEmpty());
  }

  /** Neither a page from elsewhere nor one whose name was rebound to us, even with the token. */
  private static void pagesOfOthersCanDoNothing(
      Browser browser, BatonProcess baton, String page, String token) throws Exception {
    var before = ids(baton);
    browser.open(baton.address("web").replace("tcp:", "http:") + "/");
    browser.await("a page of somebody else", "location.href.startsWith('http://127.0.0.1')");
    assertEquals("opaque 0", fetch(browser, page + "v1/stop", "mode: 'no-cors'"));
    var bearer = "headers: {Authorization: 'Bearer " + token + "'}";
    assertTrue(fetch(browser, page + "v1/stop", bearer).startsWith("TypeError"));
    browser.value(
        "(() => { const f = document.createElement('form'); f.method = 'post'; f.action = '"
            + page
            + "v1/stop'; document.body.append(f); f.submit(); })()");
    browser.await("its form is refused", "document.body.innerText.includes('forbidden')");
    browser.open(page.replace("127.0.0.1", "evil.example"));
    browser.await("the rebound name is refused", "document.body.innerText.includes('forbidden')");
    assertEquals("basic 403", fetch(browser, "/v1/stop", bearer));
    assertEquals("basic 403", fetch(browser, "/v1/pools/hello/scale", "body: '{\"workers\":0}'"));
    assertTrue(baton.alive());
    assertEquals(before, ids(baton));
  }

  private static String fetch(Browser browser, String address, String options) throws Exception {
    return browser
        .value(
            "fetch('"
                + address
                + "', {method: 'POST', "
                + options
                + "}).then(a => a.type + ' ' + a.status).catch(e => String(e))")
        .asText();
  }

  private static List<String> ids(BatonProcess baton) throws Exception {
    JsonNode status = baton.status();
    return status.findValuesAsText("id");
  }
}
