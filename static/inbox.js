// The inbox by keyboard, and its picture without loading the page anew. The server draws what is seen (branch.inbox.Stage):
// here its answer is only laid onto the page, so that a picture is loaded once.

const form = document.querySelector("#review");
const typing = (target) => target.closest("input:not([type=hidden]), textarea, select, [contenteditable], dialog[open]");
let last = ""; // the field that was jumped to

// ---------------------------------------------------------------- looking
// One after the other: what a button asks for is read when its turn comes.
let looking = Promise.resolve();
function look(ask = () => "") {
  looking = looking.then(() => lookNow(ask()));
}

async function lookNow(show) {
  const body = new URLSearchParams(new FormData(form));
  if (show) body.set("show", show);
  let now;
  try {
    const answer = await fetch(form.action, { method: "POST", body });
    now = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return; // the picture stays as it is
  }
  if (now.querySelector("#review")?.action !== form.action) {
    location.reload(); // decided by somebody else, or the log-in ended
    return;
  }
  const focused = document.activeElement?.closest("[data-part] [aria-label]")?.ariaLabel;
  for (const part of document.querySelectorAll("[data-part]")) {
    part.replaceWith(now.querySelector(`[data-part="${part.dataset.part}"]`));
  }
  if (focused) document.querySelector(`[data-part] [aria-label="${focused}"]`)?.focus();
  drawAs(now.querySelector("[data-doc]"));
}

function drawAs(doc) {
  const shown = document.querySelector("[data-doc]");
  if (!doc || !shown) return;
  const source = (svg) => svg.querySelector("image").getAttribute("href");
  if (source(doc) !== source(shown)) {
    shown.replaceWith(doc);
    return;
  }
  shown.setAttribute("viewBox", doc.getAttribute("viewBox"));
  const paper = shown.querySelector("g");
  paper.setAttribute("transform", doc.querySelector("g").getAttribute("transform"));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=show]");
  if (button) {
    event.preventDefault();
    const { ariaLabel } = button;
    look(() => document.querySelector(`button[name=show][aria-label="${ariaLabel}"]`)?.value);
  }
});

form.addEventListener("change", (event) => {
  if (/^(type_name|passed_on|valid_until)$/.test(event.target.name)) look();
});

// ---------------------------------------------------------------- deciding
let decided = false; // a double press decides once
form.addEventListener("submit", (event) => {
  const name = event.submitter?.name ?? "";
  if (!name) {
    event.preventDefault(); // Enter in a field
    look();
  }
  if (!/^(decision|reason)$/.test(name)) return;
  if (decided) event.preventDefault();
  decided = true;
});
addEventListener("pageshow", () => (decided = false));

const returning = form.querySelector(".return");
const reasons = [...returning.querySelectorAll("[name=reason]")];
returning.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    event.stopPropagation(); // elsewhere in the form it accepts
    form.requestSubmit(returning.querySelector("[value=return]"));
  } else if (event.key === "Escape") {
    returning.open = false;
    returning.querySelector("summary").focus();
  }
});

// ---------------------------------------------------------------- keys
const field = (number) => form.querySelector(`[data-key="${number}"]`);
const press = (selector) => () => document.querySelector(selector)?.click();
const KEYS = {
  j: press("[data-after]"),
  k: press("[data-before]"),
  a: press("[name=decision][value=accept]"),
  u: press(".snack-undo"),
  o: press("button[name=show][aria-label=旋转]"),
  z: () => zoom(last || form.querySelector(".is-check [data-key]")?.name),
  r: () => {
    returning.open = true;
    reasons[0].focus();
  },
  "?": () => document.querySelector("#keys").showModal(),
};

function zoom(name) {
  const to = () => document.querySelector(`[data-zoom="${name}"]`);
  if (to()) look(() => to()?.dataset.show);
  else document.querySelector("button[name=show][aria-label=放大], button[name=show][aria-label=看全图]")?.click();
}

form.addEventListener("focusin", (event) => {
  if (event.target.dataset.key || event.target.name === "direction") last = event.target.name;
  for (const box of document.querySelectorAll("[data-box]")) box.classList.toggle("is-here", box.dataset.box === last);
});

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
  if (event.altKey) {
    if (event.code === "KeyZ") {
      event.preventDefault();
      zoom(last);
    }
    return;
  }
  if (typing(event.target)) {
    if (event.key === "Escape" && event.target.closest("#review")) event.target.blur();
    return;
  }
  if (event.repeat) return; // a key that is held decides nothing a second time
  const number = Number(event.key);
  if (number && returning.open && document.activeElement.closest(".return")) {
    reasons[number - 1]?.click();
  } else if (number && field(number)) {
    event.preventDefault();
    field(number).focus();
    field(number).select?.();
    field(number).scrollIntoView({ block: "nearest" });
  } else if (KEYS[event.key.toLowerCase()]) {
    event.preventDefault();
    KEYS[event.key.toLowerCase()]();
  }
});

document.querySelector("[data-keys]")?.addEventListener("click", KEYS["?"]);
document.querySelector(".queue .is-here")?.scrollIntoView({ block: "nearest", inline: "center" });
