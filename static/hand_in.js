// Handing in a certificate: what was read comes into the fields by itself; what somebody typed stays.

const form = document.querySelector("form#hand-in");
const typed = new Set(form.dataset.typed.split(" ")); // also what came back with its errors
const fieldOf = (control) => control.closest(".field");

form.addEventListener("input", ({ target }) => {
  typed.add(target.name);
  fieldOf(target)?.classList.remove("is-check", "is-missed", "is-sure", "is-derived");
  fieldOf(target)?.querySelector("[data-mark]")?.remove();
});

document.addEventListener("evidence:fresh", ({ detail: page }) => {
  if (!page.querySelector("form#hand-in")) return location.reload(); // it ended meanwhile
  for (const control of page.querySelectorAll("form#hand-in .field [name]")) {
    const here = form.elements[control.name];
    if (here && !typed.has(control.name) && here !== document.activeElement) fieldOf(here).replaceWith(fieldOf(control));
  }
  for (const part of ["form#hand-in", ".send-bar"]) document.querySelector(part).hidden &&= page.querySelector(part).hidden;
  redraw(page);
  wait();
});

// The buttons that photograph say what they do next; their inputs stay, for one of them may be choosing.
function redraw(page) {
  for (const part of [".shoot", ".shoot-from"]) {
    const now = page.querySelectorAll(part);
    document.querySelectorAll(part).forEach((here, place) => {
      here.className = now[place].className;
      if (part === ".shoot-from") here.querySelector("span").textContent = now[place].querySelector("span").textContent;
    });
  }
}

// What was photographed or chosen goes at once.
const shoot = document.querySelector(".shoot");
shoot.addEventListener("change", ({ target }) => {
  const files = [...target.files];
  target.value = "";
  shoot.dispatchEvent(new CustomEvent("evidence:bring", { detail: files }));
});

// Asked again while it is being read, each time a little later.
const MOST = 60;
let asked = 0;
let timer = 0;

function wait() {
  clearTimeout(timer);
  if (document.querySelector("[data-reading]").dataset.reading !== "waiting" || asked === MOST) return;
  timer = setTimeout(() => {
    if (document.hidden) return wait();
    document.dispatchEvent(new Event("evidence:look"));
    wait();
  }, Math.min(1000 * 1.3 ** asked++, 8000));
}

// Pressed before the last page is there: it waits for it, and leaving would stop it.
let isPressed = false;
form.addEventListener("submit", (event) => {
  isPressed = document.querySelector("[data-sending] .bar") !== null;
  if (!isPressed) return;
  event.preventDefault();
  document.querySelector("[data-waits]").hidden = false;
});
new MutationObserver(() => {
  if (document.querySelector("[data-sending] .bar")) return;
  document.querySelector("[data-waits]").hidden = true;
  // One that was refused is looked at first.
  if (isPressed && !document.querySelector("[data-sending] .failed")) form.requestSubmit();
  isPressed = false;
}).observe(document.querySelector("[data-sending]"), { childList: true, subtree: true });

wait();
