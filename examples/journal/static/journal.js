// Everything works without this file; it saves loading whole pages. A form that asks
// (GET) is answered in place, and the calendar follows what happens elsewhere.
"use strict";

// swap loads an address and puts the parts of that page in place of those here. It
// waits while a button is held down, which would be gone before it is let go, and
// keeps what was typed meanwhile.
let latest = 0, held = null, release = null;
document.addEventListener("pointerdown", () => { held = new Promise((done) => { release = done; }); });
for (const up of ["pointerup", "pointercancel"]) {
  document.addEventListener(up, () => setTimeout(() => { held = null; if (release) release(); }));
}

async function swap(url, ids) {
  const turn = ++latest;
  const fields = () => [...document.querySelectorAll("#event [id][name]")].filter((f) => f.type !== "hidden");
  const sent = new Map(fields().map((f) => [f.id, f.value]));
  const answer = await fetch(url);
  const text = await answer.text();
  if (held) await held;
  if (turn !== latest || answer.redirected) return false; // a later question was asked, or signed out
  const page = new DOMParser().parseFromString(text, "text/html");
  const typed = fields().filter((f) => f.value !== sent.get(f.id)).map((f) => [f.id, f.value]);
  const focus = document.activeElement && document.activeElement.id;
  for (const id of ids) {
    const from = page.getElementById(id), to = document.getElementById(id);
    if (from && to) to.replaceWith(from);
  }
  for (const [id, value] of typed) {
    const field = document.getElementById(id);
    if (field) field.value = value;
  }
  const again = focus && document.getElementById(focus);
  if (again && again !== document.activeElement) again.focus({ preventScroll: true });
  return true;
}

// ask sends the panel's form as a question, and shows the answer in the panel.
async function ask(form, button) {
  const url = "/kalender?" + new URLSearchParams(new FormData(form, button));
  form.setAttribute("aria-busy", "true");
  if (!(await swap(url, ["panel", "calendar"]))) return;
  history.replaceState(null, "", url);
  if (button && button.name) {
    const next = document.querySelector("#panel [autofocus]");
    if (next) next.focus();
  }
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
  const close = document.querySelector("#panel .bar a");
  if (e.key === "Escape" && close && document.getElementById("panel").contains(document.activeElement)) close.click();
});

// Server-sent events: what is shown is loaded again, with the user's own rights.
if (document.querySelector(".who")) {
  const events = new EventSource("/direkte");
  const reload = () => {
    if (document.getElementById("calendar")) swap(location.href, ["calendar"]);
  };
  events.addEventListener("calendar", reload);
  events.addEventListener("network", () => {
    const p = document.createElement("p");
    p.textContent = document.body.dataset.live;
    document.getElementById("said").replaceChildren(p);
    reload();
  });
}
