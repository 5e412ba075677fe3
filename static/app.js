// What pages gain with JavaScript. Every page works without it.

const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

// Ctrl-K (or ⌘K) goes to the search field, N to 记一笔, Escape closes an open menu and gives the focus back.
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    const search = document.querySelector("[data-search]");
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  } else if (event.key === "n" && !event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target)) {
    document.querySelector("[data-quick-log]")?.click();
  } else if (event.key === "Escape") {
    const open = document.querySelector("details[data-menu][open]");
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    } else {
      closePanel();
    }
  }
});

// What is found while one types in the search field: Arrow keys walk through it, Escape and a press elsewhere close it.
document.addEventListener("keydown", (event) => {
  const glimpse = event.target.closest("[data-glimpse]");
  const found = document.getElementById("glimpse");
  if (!glimpse || !found.childElementCount) return;
  if (event.key === "Escape") {
    found.replaceChildren();
    glimpse.querySelector("[data-search]").focus();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const stops = [glimpse.querySelector("[data-search]"), ...found.querySelectorAll("a")];
    const step = event.key === "ArrowDown" ? 1 : -1;
    stops[Math.max(0, stops.indexOf(document.activeElement) + step)]?.focus();
  }
});
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-glimpse]")) document.getElementById("glimpse")?.replaceChildren();
});

// <details open data-phone-fold>: closed to begin with where the screen is small.
if (matchMedia("(max-width: 991px)").matches) {
  for (const fold of document.querySelectorAll("[data-phone-fold]")) fold.open = false;
}

document.addEventListener("click", (event) => {
  // A press outside closes menus.
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  event.target.closest("[data-dismiss]")?.parentElement.remove();
  if (event.target.closest("[data-close-panel]")) closePanel();
  const copy = event.target.closest("[data-copy]");
  if (copy) copyFrom(copy);
  if (event.target.closest("[data-print]")) print();
});

// The panel beside a report: the figure it tells of is marked, and gets the focus back when the panel is
// closed.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "panel") return;
  event.detail.target.querySelector("h2").focus();
  const opened = event.detail.requestConfig.elt;
  if (!opened.matches(".fig")) return;
  document.querySelector(".fig.is-open")?.classList.remove("is-open");
  opened.classList.add("is-open");
});

function closePanel() {
  const panel = document.querySelector("#panel > .panel");
  if (!panel) return;
  panel.remove();
  const opened = document.querySelector(".fig.is-open");
  opened?.classList.remove("is-open");
  opened?.focus();
}

// <button data-copy="#id">: copies the text or value of the element. Without a secure context (plain http in a school's
// network) there is no clipboard API: then the text is selected, ready for Ctrl-C.
async function copyFrom(button) {
  const source = document.querySelector(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.value ?? source.textContent);
    button.textContent = "已复制";
  } catch {
    source.focus();
    if (source.select) source.select();
    else getSelection().selectAllChildren(source);
    button.textContent = "已选中，请按 Ctrl+C";
  }
}

// Buttons that do nothing without a script are hidden until it is here.
document.documentElement.classList.add("has-script");

// Ctrl-Enter (or ⌘Enter) saves the form one is in.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.closest("form[method=post]");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector(".btn-primary"));
});

// Forms that save themselves: what is typed is posted to the form's `data-draft` a moment after the last key, and once more
// when the page is left. What happened is said in [data-draft-state].
const PAUSE = 1200; // milliseconds

class Draft {
  constructor(form) {
    this.form = form;
    this.state = form.querySelector("[data-draft-state]");
    for (const kind of ["input", "change"]) form.addEventListener(kind, () => this.later());
    form.addEventListener("submit", () => this.stop());
    addEventListener("pagehide", () => this.timer && this.save());
    document.addEventListener("visibilitychange", () => document.hidden && this.timer && this.save());
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  stop() {
    clearTimeout(this.timer);
    this.timer = null;
    this.sending?.abort();
  }

  async save() {
    this.stop();
    this.sending = new AbortController();
    const body = new FormData(this.form);
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    try {
      const answer = await fetch(this.form.dataset.draft, {
        method: "POST",
        body: new URLSearchParams(body),
        signal: this.sending.signal,
        keepalive: true,
      });
      this.tell(answer.status === 204 ? `草稿已存 ${new Date().toTimeString().slice(0, 5)}` : this.why(answer));
    } catch (error) {
      if (error.name !== "AbortError") this.tell("网络不通，草稿还没有存上");
    }
  }

  why(answer) {
    if (answer.status === 413) return "内容太长，不能自动存草稿，请直接保存";
    // The log-in ended, or another one began: pressing 保存 leads through it, and what was typed comes along.
    return "登录已失效，点“保存”重新登录，填的内容不会丢";
  }

  tell(words) {
    if (this.state) this.state.textContent = words;
  }
}

for (const form of document.querySelectorAll("form[data-draft]")) new Draft(form);

// Rows of a record: one more without asking the server.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-rows-more]");
  if (!button) return;
  event.preventDefault();
  const block = button.closest("[data-rows]");
  const total = block.querySelector(`[name="${block.dataset.rows}-TOTAL_FORMS"]`);
  const list = block.querySelector("[data-rows-list]");
  const blank = block.querySelector("[data-rows-blank]").innerHTML;
  list.insertAdjacentHTML("beforeend", blank.replaceAll("__prefix__", total.value));
  total.value = Number(total.value) + 1;
  const row = list.lastElementChild;
  row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  block.dispatchEvent(new CustomEvent("row-added", { bubbles: true, detail: row }));
});

// Up and down: the order of the rows is what their numbers say, so both change.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-row-move]");
  if (!button) return;
  const row = button.closest("[data-row]");
  const other = Number(button.dataset.rowMove) < 0 ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  if (button.dataset.rowMove < 0) other.before(row);
  else other.after(row);
  const numbers = row.parentElement.querySelectorAll("input[name$='-ORDER']");
  numbers.forEach((number, place) => (number.value = place + 1));
  button.focus();
  row.closest("form").dispatchEvent(new Event("change"));
});

// A choice that makes another form of it (`data-reshapes`, the name of the button that does so) is followed at once.
document.addEventListener("change", (event) => {
  const name = event.target.dataset?.reshapes;
  if (name) event.target.form.requestSubmit(event.target.form.querySelector(`button[name=more][value=${name}]`));
});

// The word of the chosen option stands below its field.
document.addEventListener("change", (event) => {
  const hint = event.target.selectedOptions?.[0]?.dataset.hint;
  const below = hint && document.getElementById(`${event.target.id}_helptext`);
  if (below) below.textContent = hint;
});

// Long choices become a field one types into, in what htmx brings later too. The script is only on pages that have some.
function longChoices(part) {
  if (!window.TomSelect) return;
  for (const select of part.querySelectorAll("select[multiple]:not(.tomselected), select[data-search]:not(.tomselected)")) {
    const name = select.labels[0]?.textContent.trim(); // the label goes to the field that is typed into
    new TomSelect(select, {
      plugins: select.multiple ? ["remove_button"] : [],
      maxOptions: 500,
      hidePlaceholder: true,
      render: { no_results: () => '<div class="no-results">没有找到</div>' },
    });
    if (name) select.setAttribute("aria-label", name);
  }
}

longChoices(document);
document.addEventListener("row-added", (event) => longChoices(event.detail));
document.addEventListener("htmx:load", (event) => longChoices(event.detail.elt));
