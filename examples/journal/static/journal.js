// Everything works without this file; it saves loading whole pages. The panel's
// questions are answered in place, and the calendar follows what happens elsewhere.
"use strict";

// The parts of a page that may be replaced. The fields outside them stay the same
// elements, so nobody loses the place or what is being typed.
const parts = "#calendar, #panel [data-part]";
const fields = () => [...document.querySelectorAll("#event :is(input, select)[id]")];

let latest = 0, held = null, release = null;
document.addEventListener("pointerdown", () => { held = new Promise((done) => { release = done; }); });
for (const up of ["pointerup", "pointercancel"]) {
  document.addEventListener(up, () => setTimeout(() => { held = null; if (release) release(); }));
}

// update loads an address and takes over what differs from the page. It waits while
// a mouse button is down, lest the thing under it be gone before it is let go.
async function update(url, only) {
  const turn = ++latest;
  const sent = new Map(fields().map((f) => [f.id, f.value]));
  const answer = await fetch(url);
  const text = await answer.text();
  if (held) await held;
  if (turn !== latest || !answer.ok || answer.redirected) return; // a later question, or signed out
  const page = new DOMParser().parseFromString(text, "text/html");
  const typed = fields().filter((f) => f.value !== sent.get(f.id)).map((f) => [f.id, f.value]);
  const focus = document.activeElement && document.activeElement.id;
  for (const fresh of page.querySelectorAll(only)) {
    const old = document.getElementById(fresh.id);
    if (old && old.innerHTML !== fresh.innerHTML) old.innerHTML = fresh.innerHTML;
  }
  if (only === parts) {
    for (const f of fields()) {
      const fresh = page.getElementById(f.id);
      if (fresh && f.tagName === "INPUT" && f.type !== "checkbox") f.value = fresh.value;
      if (fresh && f.matches("#panel form > .field *, #panel .two *")) f.toggleAttribute("aria-invalid", fresh.hasAttribute("aria-invalid"));
    }
    for (const [id, value] of typed) {
      const f = document.getElementById(id);
      if (f) f.value = value;
    }
    document.getElementById("event").removeAttribute("aria-busy");
  }
  const again = focus && document.getElementById(focus);
  if (again && again !== document.activeElement) again.focus({ preventScroll: true });
  return true;
}

// ask sends the panel's form as a question.
async function ask(form, button) {
  const url = "/kalender?" + new URLSearchParams(new FormData(form, button));
  form.setAttribute("aria-busy", "true");
  if (!(await update(url, parts))) return;
  history.replaceState(null, "", url);
  form.querySelectorAll("details").forEach((d) => { d.open = false; });
  const next = button && document.querySelector("#panel [data-part] [autofocus]");
  if (next) next.focus();
}

document.addEventListener("change", (e) => {
  if (e.target.matches("#event [data-refreshes]")) ask(e.target.form);
});

document.addEventListener("submit", (e) => {
  const button = e.submitter;
  if (e.target.id === "event" && (!button || button.formMethod !== "post")) {
    e.preventDefault();
    ask(e.target, button);
  }
});

// Escape closes the panel.
document.addEventListener("keydown", (e) => {
  const panel = document.getElementById("panel");
  if (e.key === "Escape" && panel && panel.contains(document.activeElement)) panel.querySelector(".bar a").click();
});

// Server-sent events: what is shown is loaded again, with the user's own rights.
if (document.querySelector(".who")) {
  const events = new EventSource("/direkte");
  const reload = () => {
    const busy = document.querySelector("#event[aria-busy]"); // its answer brings the calendar along
    if (document.getElementById("calendar") && !busy) update(location.href, "#calendar");
  };
  events.addEventListener("calendar", reload);
  events.addEventListener("network", () => {
    const p = document.createElement("p");
    p.textContent = document.body.dataset.live;
    document.getElementById("said").replaceChildren(p);
    reload();
  });
}
