// The clock on a bad connection. Each tap (`<form data-tap>`) is first kept on this device, then sent; what could not be
// sent stays visible and is sent again, with the time of the tap, until the server has taken or refused it. Its key lets the
// server tell a repeat from a second tap. Without script the same forms work as plain forms.
(() => {
  const TRY_AGAIN_MS = 20000;
  const PATIENCE_MS = 15000;
  const PLACE_MS = 4000;
  const JUST_NOW_MS = 15000;
  const STALE_MS = 5 * 60000;
  const DOUBLE_TAP_MS = 600;
  const BREAK_SECONDS = 30 * 60;
  const PLACE_KEY = "ressio-clock-place";
  const board = document.querySelector("[data-kept]");
  if (!board) return;

  let kept = [];
  let isSending = false;
  let lastTap = 0;
  let drawnAt = Date.now();
  let loadedAt = Date.now();

  const clock = () => document.querySelector("[data-clock]");
  const storeKey = () => `ressio-taps:${clock().dataset.whose}`;

  // Kept on this device ------------------------------------------------------------------------------------------------

  function read() {
    try {
      const stored = JSON.parse(localStorage.getItem(storeKey()) || "[]");
      if (Array.isArray(stored)) kept = stored;
    } catch {
      // storage is switched off: what is kept lasts as long as this page
    }
    return kept;
  }

  function write(taps) {
    kept = taps;
    try {
      localStorage.setItem(storeKey(), JSON.stringify(taps));
    } catch {
      // as above
    }
  }

  const add = (tap) => write([...read(), tap]);
  const drop = (key) => write(read().filter((tap) => tap.fields.key !== key));
  const mark = (key, values) =>
    write(read().map((tap) => (tap.fields.key === key ? { ...tap, ...values } : tap)));
  const waiting = () => read().filter((tap) => !tap.refused);

  function newKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  // Tapping ------------------------------------------------------------------------------------------------------------

  async function take(form) {
    const at = Date.now();
    const fields = Object.fromEntries(new FormData(form));
    delete fields.csrfmiddlewaretoken;
    form.querySelector("[name=key]").value = newKey();
    const button = form.querySelector("[type=submit]");
    button.disabled = true;
    if ("saysPlace" in form.dataset) fields.place = await findPlace();
    const chosen = (name) => form.querySelector(`[name=${name}]`)?.selectedOptions?.[0]?.text || "";
    add({
      deed: form.dataset.tap,
      words: form.dataset.words,
      url: form.action,
      fields,
      at,
      project: chosen("project"),
      code: chosen("cost_code"),
      trouble: "",
      refused: "",
    });
    if (isSending) show(); // it waits for its turn; the next tap may follow
    await sendAll();
    button.disabled = false;
    delete form.dataset.sent;
  }

  function findPlace() {
    if (!placeWanted() || !navigator.geolocation) return Promise.resolve("");
    return new Promise((resolve) => {
      const here = ({ coords }) => resolve(`${coords.latitude.toFixed(5)}, ${coords.longitude.toFixed(5)}`);
      navigator.geolocation.getCurrentPosition(here, () => resolve(""), { timeout: PLACE_MS, maximumAge: 60000 });
      setTimeout(() => resolve(""), PLACE_MS + 500);
    });
  }

  // Sending ------------------------------------------------------------------------------------------------------------

  // In the order they were made: a later one may need the earlier. Stops at the first that does not get through.
  async function sendAll() {
    if (isSending) return;
    isSending = true;
    try {
      let tap = waiting()[0];
      while (tap) {
        const outcome = await send(tap);
        if (outcome.trouble) {
          mark(tap.fields.key, { trouble: outcome.trouble });
          break;
        }
        if (outcome.refused && !isSaidAtOnce(tap)) mark(tap.fields.key, { refused: outcome.refused, trouble: "" });
        else drop(tap.fields.key);
        replaceClock(outcome.html);
        [tap] = waiting();
      }
    } finally {
      isSending = false;
      show();
    }
  }

  // Refused while the person still looks at it: the clock's own answer says so, and nothing has to be kept.
  const isSaidAtOnce = (tap) => !tap.trouble && waiting().length === 1 && Date.now() - tap.at < JUST_NOW_MS;

  async function send(tap) {
    const body = new FormData();
    for (const [name, value] of Object.entries(tap.fields)) body.set(name, value);
    body.set("by", "script");
    body.set("age", String(Math.max(0, Math.round((Date.now() - tap.at) / 1000))));
    body.set("csrfmiddlewaretoken", clock().querySelector("[name=csrfmiddlewaretoken]")?.value || "");
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
    try {
      const response = await fetch(tap.url, { method: "POST", body, redirect: "manual", signal: stop.signal });
      const answer = response.headers.get("X-Clock");
      if (answer) {
        const html = await response.text();
        return { html, refused: answer === "refused" ? readRefusal(html) : "" };
      }
      if (response.type === "opaqueredirect" || response.status === 403) {
        return { trouble: "You were signed out. Load this page again and sign in; then it is sent." };
      }
      return { trouble: "The server could not take it." };
    } catch {
      return { trouble: "No connection." };
    } finally {
      clearTimeout(timer);
    }
  }

  const parse = (html) => new DOMParser().parseFromString(html, "text/html").querySelector("[data-clock]");
  const readRefusal = (html) => parse(html)?.querySelector("[role=alert]")?.textContent.trim() || "It was refused.";

  function replaceClock(html) {
    const drawn = parse(html);
    if (!drawn) return;
    clock().replaceWith(document.importNode(drawn, true));
    drawnAt = loadedAt = Date.now();
    document.dispatchEvent(new Event("clock:drawn"));
    clock().querySelector("[data-said]")?.focus();
  }

  // Taken out of the pocket again: it may have been clocked out on another device, or another day have begun.
  async function refresh() {
    if (waiting().length || Date.now() - loadedAt < STALE_MS) return;
    try {
      const response = await fetch(window.location.href);
      if (!response.ok || waiting().length) return;
      replaceClock(await response.text());
      show();
    } catch {
      // without a connection it stays as it was
    }
  }

  // Showing ------------------------------------------------------------------------------------------------------------

  function show() {
    const taps = read();
    board.hidden = taps.length === 0;
    board.querySelector("[data-kept-list]").replaceChildren(...taps.map(drawTap));
    const isWaiting = waiting().length > 0;
    board.querySelector("h2").textContent = isWaiting ? "Kept here, not sent yet" : "Not taken";
    for (const part of board.querySelectorAll("[data-send-now], [data-kept-waiting]")) part.hidden = !isWaiting;
    if (isWaiting) {
      for (const old of clock().querySelectorAll("[data-said]")) old.remove(); // said of what stood before
    }
    for (const tap of waiting()) assume(tap);
    showPlaceChoice();
    showLength();
  }

  // On the company's clock, as everything else on the page.
  function sayTime(at) {
    const shown = { hour: "2-digit", minute: "2-digit", timeZone: clock().dataset.zone };
    return new Date(at).toLocaleTimeString("en-GB", shown);
  }

  function drawTap(tap) {
    const row = document.createElement("li");
    const words = document.createElement("p");
    const time = sayTime(tap.at);
    words.textContent = `${[tap.words, tap.project].filter(Boolean).join(", ")}, ${time}`;
    const state = document.createElement("p");
    state.className = tap.refused ? "kept-refused" : "quiet";
    state.textContent = tap.refused ? `Not taken: ${tap.refused}` : tap.trouble || "Waits for the one before it.";
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "button button-small";
    remove.dataset.throwAway = tap.fields.key;
    remove.textContent = tap.refused ? "Seen" : "Throw away";
    row.append(words, state, remove);
    return row;
  }

  // What the clock will look like once a kept tap is taken, so that the next one can be made.
  function assume(tap) {
    const fill = (name, text) => { clock().querySelector(`[data-shown-${name}]`).textContent = text; };
    const time = sayTime(tap.at);
    if (tap.deed === "in" || tap.deed === "switch") {
      fill("project", tap.project);
      fill("code", tap.code);
      fill("since", time);
      for (const input of clock().querySelectorAll("[name=started]")) input.value = tap.fields.key;
      setLength(0, 0, tap.at);
      setState("working");
    } else if (tap.deed === "break") {
      fill("break", `On a break since ${time}. It ends by itself after thirty minutes.`);
      setLength(lengthNow(tap.at), BREAK_SECONDS, tap.at);
      setState("break");
    } else if (tap.deed === "end-break") {
      setLength(lengthNow(tap.at), 0, tap.at);
      setState("working");
    } else {
      setState("idle");
    }
  }

  function setState(state) {
    clock().dataset.state = state;
    for (const part of clock().querySelectorAll("[data-when]")) {
      part.hidden = !part.dataset.when.split(" ").includes(state);
    }
  }

  function setLength(seconds, breakLeft, at) {
    const length = clock().querySelector("[data-length]");
    length.dataset.seconds = seconds;
    length.dataset.breakLeft = breakLeft;
    drawnAt = at;
  }

  function lengthNow(at) {
    const { seconds, breakLeft } = clock().querySelector("[data-length]").dataset;
    const elapsed = Math.max(0, Math.floor((at - drawnAt) / 1000));
    return Number(seconds) + Math.max(0, elapsed - Number(breakLeft));
  }

  function showLength() {
    const seconds = lengthNow(Date.now());
    const minutes = String(Math.floor((seconds % 3600) / 60)).padStart(2, "0");
    const text = `${Math.floor(seconds / 3600)}:${minutes}`;
    const length = clock().querySelector("[data-length]");
    if (length.textContent !== text) length.textContent = text;
  }

  // Where somebody is, only when they ticked it on this device -----------------------------------------------------------

  function placeWanted() {
    try {
      return localStorage.getItem(PLACE_KEY) === "yes";
    } catch {
      return false;
    }
  }

  function showPlaceChoice() {
    const choice = clock().querySelector("[data-place-choice]");
    choice.hidden = !navigator.geolocation;
    choice.querySelector("input").checked = placeWanted();
  }

  // Listening ------------------------------------------------------------------------------------------------------------

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-tap]");
    if (!form || event.defaultPrevented) return;
    event.preventDefault();
    if (Date.now() - lastTap < DOUBLE_TAP_MS) {
      delete form.dataset.sent; // the same finger, and perhaps another button that has just come under it
      return;
    }
    lastTap = Date.now();
    take(form);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-send-now]")) sendAll();
    const away = event.target.closest("[data-throw-away]");
    if (!away) return;
    drop(away.dataset.throwAway);
    if (waiting().length) show();
    else window.location.reload(); // nothing is assumed any more: see what the server has
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-place-tick]")) return;
    try {
      localStorage.setItem(PLACE_KEY, event.target.checked ? "yes" : "no");
    } catch {
      // the choice then lasts until the next page
    }
  });
  window.addEventListener("online", sendAll);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    if (waiting().length) sendAll();
    else refresh();
  });
  setInterval(() => { if (waiting().length) sendAll(); }, TRY_AGAIN_MS);
  setInterval(() => { if (document.visibilityState === "visible") showLength(); }, 1000);
  show();
  if (waiting().length) sendAll();
})();
