"use strict";

/* The page follows the events, and asks for the status at each of them and once a second. */
(() => {
  const PERIOD = 1000;
  const SOON = 100;
  const EVENTS = 200;
  const KEY = "baton-token";
  const byId = (id) => document.getElementById(id);

  let token = sessionStorage.getItem(KEY);
  let plots = null;
  let rates = new Rates.Rates();
  let following = null;

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  async function ask(path, options = {}) {
    const answer = await fetch(path, {
      ...options,
      cache: "no-store",
      headers: { ...options.headers, Authorization: `Bearer ${token}` },
    });
    if (answer.status === 401) {
      logOut("The token is not the right one.");
    }
    return answer;
  }

  async function refusal(answer) {
    try {
      return (await answer.json()).error.text;
    } catch (e) {
      return `status ${answer.status}`;
    }
  }

  function logOut(why) {
    sessionStorage.removeItem(KEY);
    token = null;
    if (following) following.abort();
    byId("main").hidden = true;
    byId("login").hidden = false;
    say(why);
  }

  function say(text) {
    if (byId("link").textContent !== text) byId("link").textContent = text;
  }

  function duration(seconds) {
    if (seconds < 120) return `${seconds} s`;
    if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
    if (seconds < 172800) return `${Math.floor(seconds / 3600)} h`;
    return `${Math.floor(seconds / 86400)} d`;
  }

  /* Keeps the elements that are there, so that focus and selection stay where they are. */
  function sync(parent, items, key, make, update) {
    const old = new Map([...parent.children].map((child) => [child.dataset.key, child]));
    items.forEach((item, index) => {
      const id = key(item);
      let child = old.get(id);
      if (!child) {
        child = make(item);
        child.dataset.key = id;
      }
      old.delete(id);
      update(child, item);
      if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] || null);
    });
    old.forEach((child) => child.remove());
  }

  function set(child, selector, text) {
    const found = child.querySelector(selector);
    if (found.textContent !== text) found.textContent = text;
    return found;
  }

  function button(text, label, action) {
    const made = element("button", "", text);
    made.type = "button";
    made.setAttribute("aria-label", label);
    made.addEventListener("click", action);
    return made;
  }

  function makePool(pool) {
    const card = element("article", "pool");
    const head = element("header");
    const commands = element("div", "commands");
    const name = pool.name;
    commands.append(
      button("Restart", `Restart pool ${name}`, () => rollout(name, "restart")),
      button("Roll back", `Roll pool ${name} back to the release before`, () => rollout(name, "rollback")),
      button("−", `One worker less in pool ${name}`, () => scale(name, "-1")),
      button("+", `One worker more in pool ${name}`, () => scale(name, "+1")),
      button("Reset", `Start again what has failed in pool ${name}`, () => reset(name)));
    head.append(element("h3", "", name), element("span", "state"), element("span", "generation"), commands);
    card.append(head, makeRollout(name), element("ul", "slots"));
    return card;
  }

  const STAGES = {
    canary: "moving the canary",
    hold: "watching the canary",
    all: "moving all workers",
    back: "going back",
  };

  function makeRollout(name) {
    const bar = element("div", "under-way");
    const steer = (text, label, what, done) =>
      bar.append(button(text, `${label} of pool ${name}`, () => command(name, what, {}, () => done)));
    bar.append(element("span", "stage"));
    steer("Pause", "Pause the rollout", "pause", "the rollout is paused");
    steer("Resume", "Go on with the rollout", "resume", "the rollout goes on");
    steer("Abort", "Take back the rollout", "abort", "the rollout is taken back");
    return bar;
  }

  function updateRollout(bar, rollout) {
    bar.hidden = !rollout;
    if (rollout) {
      const paused = rollout.paused ? ", paused" : "";
      const why = rollout.text ? `: ${rollout.text}` : "";
      set(bar, ".stage", `generation ${rollout.from} to ${rollout.to}: ${STAGES[rollout.stage]}${paused}${why}`);
    }
  }

  function updatePool(card, pool) {
    set(card, ".state", pool.state).className = `state ${pool.state}`;
    set(card, ".generation", `generation ${pool.generation}, ${pool.target} wanted`);
    updateRollout(card.querySelector(".under-way"), pool.rollout);
    sync(card.querySelector(".slots"), pool.workers, (w) => w.id, makeWorker, updateWorker);
  }

  function makeWorker() {
    const tile = element("li");
    tile.append(element("strong", "id"), " ", element("span", "is"), element("div", "more"), element("div", "text"));
    return tile;
  }

  function updateWorker(tile, w) {
    tile.className = w.state;
    set(tile, ".id", w.id);
    set(tile, ".is", w.phase);
    const pid = w.pid ? `pid ${w.pid}, ` : "";
    set(tile, ".more", `${pid}generation ${w.generation}, up ${duration(w.uptimeSeconds)}, ${w.restarts} restarts`);
    set(tile, ".text", w.text || "");
  }

  function updateListeners(listeners) {
    sync(byId("listeners"), listeners, (l) => l.name,
      () => {
        const row = element("tr");
        row.append(...["name", "address", "mode", "open", "accepted", "lost"].map((c) => element(c === "name" ? "th" : "td", c)));
        row.firstChild.scope = "row";
        return row;
      },
      (row, l) => {
        const c = l.connections || {};
        set(row, ".name", l.name);
        set(row, ".address", l.address);
        set(row, ".mode", l.mode);
        ["open", "accepted", "lost"].forEach((k) => set(row, `.${k}`, c[k] === undefined ? "–" : String(c[k])));
      });
  }

  function plot(status) {
    if (!plots) {
      const place = byId("plots");
      plots = {
        rate: new Plots.Plot(place, "Connections a second", "a second"),
        latency: new Plots.Plot(place, "Milliseconds of a request, on average", "ms"),
        serving: new Plots.Plot(place, "Workers that serve", "workers"),
      };
    }
    const now = Date.now() / 1000;
    const rate = rates.of(status, now);
    if (rate) {
      plots.rate.add(now, rate.connections);
      plots.latency.add(now, rate.milliseconds);
    }
    plots.serving.add(now, status.pools.flatMap((p) => p.workers).filter((w) => w.state === "serving").length);
  }

  function show(status) {
    byId("name").textContent = status.name;
    byId("instance").textContent = `version ${status.version}, pid ${status.pid}, up ${duration(status.uptimeSeconds)}, ${status.runtimeDir}`;
    document.title = `Baton ${status.name}`;
    sync(byId("pools"), status.pools, (p) => p.name, makePool, updatePool);
    updateListeners(status.listeners);
    plot(status);
  }

  function line(list, text, className) {
    const atEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 5;
    list.append(element("li", className, text));
    while (list.children.length > EVENTS) list.firstChild.remove();
    if (atEnd) list.scrollTop = list.scrollHeight;
  }

  let shown = 0;

  function showEvent(e) {
    if (e.number <= shown) return;
    line(byId("events"), `${e.time.slice(0, 19).replace("T", " ")} ${e.subject} ${e.kind} ${e.text}`.trim());
    shown = e.number;
    soon();
  }

  /* EventSource cannot send the token, so the stream of events is read here. Begins again when it was cut. */
  async function follow() {
    following = new AbortController();
    try {
      const answer = await ask(`v1/events?newest=${EVENTS}`, {
        signal: following.signal,
        headers: { Accept: "text/event-stream", ...(shown ? { "Last-Event-ID": String(shown) } : {}) },
      });
      if (answer.ok) {
        await lines(answer, (text) => {
          if (!text.startsWith("data: ")) return;
          const data = JSON.parse(text.slice(6));
          if (data.missed) line(byId("events"), `${data.missed} events were missed`, "warning");
          else showEvent(data);
        });
      }
    } catch (e) {
      /* look() says that the supervisor does not answer. */
    }
    following = null;
  }

  async function rollout(pool, what) {
    const out = byId("rollout");
    line(out, `${what} of ${pool}`);
    try {
      const answer = await ask(`v1/pools/${pool}/${what}`, { method: "POST" });
      if (!answer.ok) {
        line(out, `${pool}: ${await refusal(answer)}`, "warning");
        return;
      }
      await lines(answer, (text) => {
        const message = JSON.parse(text);
        if (message.progress) line(out, `${pool}: ${message.progress}`);
        if (message.verdict) line(out, `${pool}: ${message.verdict.text}`, message.verdict.done ? "" : "warning");
        if (message.error) line(out, `${pool}: ${message.error.text}`, "warning");
      });
    } catch (e) {
      line(out, `${pool}: the answer was cut off; the rollout goes on`, "warning");
    }
  }

  async function lines(answer, each) {
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const all = (rest + part.value).split("\n");
      rest = all.pop();
      all.filter((l) => l.trim()).forEach(each);
    }
  }

  async function command(pool, what, body, words) {
    try {
      const answer = await ask(`v1/pools/${pool}/${what}`, { method: "POST", body: JSON.stringify(body) });
      if (answer.ok) {
        line(byId("rollout"), `${pool}: ${words(await answer.json())}`);
      } else {
        line(byId("rollout"), `${pool}: ${await refusal(answer)}`, "warning");
      }
    } catch (e) {
      line(byId("rollout"), `${pool}: the supervisor does not answer`, "warning");
    }
  }

  const scale = (pool, change) =>
    command(pool, "scale", { workers: change }, (a) => `scaled from ${a.before} to ${a.after}`);
  const reset = (pool) =>
    command(pool, "reset", {}, (a) => (a.slots.length ? `slots ${a.slots.join(", ")} are started again` : "nothing had failed"));

  async function look() {
    if (!token) return;
    try {
      const answer = await ask("v1/status");
      if (!answer.ok) return;
      byId("login").hidden = true;
      byId("main").hidden = false;
      show(await answer.json());
      if (!following) follow();
      say("Live.");
    } catch (e) {
      say("The supervisor does not answer; trying again.");
    }
  }

  let timer = null;
  let looking = false;
  let again = false;

  /* One look at a time; what happens meanwhile asks for one more. */
  async function run() {
    clearTimeout(timer);
    if (looking) {
      again = true;
      return;
    }
    looking = true;
    again = false;
    await look();
    looking = false;
    timer = setTimeout(run, again ? SOON : PERIOD);
  }

  function soon() {
    if (looking) {
      again = true;
      return;
    }
    clearTimeout(timer);
    timer = setTimeout(run, SOON);
  }

  byId("login").addEventListener("submit", (event) => {
    event.preventDefault();
    token = byId("token").value.trim();
    sessionStorage.setItem(KEY, token);
    byId("token").value = "";
    run();
  });
  byId("connect").disabled = false; // until now the browser itself would have sent the form

  run();
})();
