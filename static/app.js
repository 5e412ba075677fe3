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

document.addEventListener("click", (event) => {
  // A press outside closes menus.
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  event.target.closest("[data-dismiss]")?.parentElement.remove();
  if (event.target.closest("[data-close-panel]")) closePanel();
  const copy = event.target.closest("[data-copy]");
  if (copy) copyFrom(copy);
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
