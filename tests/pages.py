"""What any page can be asked for: WCAG 2.2 AA as far as axe-core can see it, our own words and sizes, no sideways
scrolling."""

import functools
from pathlib import Path

from django.conf import settings

_LOOK = """() => {
  const faults = [], seen = new Set();
  // Tom Select hides the control it stands for, and places its list by script, which the policy allows.
  const shown = (element) =>
    element.getClientRects().length > 0 && !element.closest("[aria-hidden=true], .tomselected");
  const name = (element) => (element.getAttribute("aria-label") || element.textContent || element.title || "").trim()
    || [...element.querySelectorAll("img[alt], [aria-label]")].map((e) => e.alt || e.ariaLabel).join("");
  const tell = (element) => element.outerHTML.slice(0, 120);
  if (document.documentElement.scrollWidth > innerWidth) {
    const reaches = (element) => shown(element) && element.getBoundingClientRect().right > innerWidth + 1;
    const wide = [...document.body.querySelectorAll("*")].find(reaches);
    faults.push(`wider than the screen (${document.documentElement.scrollWidth}): ${wide ? tell(wide) : ""}`);
  }
  if (document.documentElement.lang !== "zh-Hans") faults.push("no language");
  if (!document.title.endsWith("支部台账")) faults.push(`title: ${document.title}`);
  if (document.querySelectorAll("h1").length !== 1) faults.push(`${document.querySelectorAll("h1").length} h1`);
  if (document.querySelectorAll("main").length !== 1) faults.push("not one main");
  for (const element of document.querySelectorAll("[id]")) {
    if (seen.has(element.id)) faults.push(`id twice: ${element.id}`);
    seen.add(element.id);
  }
  for (const element of document.querySelectorAll("input:not([type=hidden]), select, textarea")) {
    if (shown(element) && !element.labels.length && !element.ariaLabel && !element.getAttribute("aria-labelledby"))
      faults.push(`no label: ${tell(element)}`);
  }
  for (const element of document.querySelectorAll("a[href], button, summary")) {
    if (shown(element) && !name(element)) faults.push(`no name: ${tell(element)}`);
  }
  for (const element of document.querySelectorAll("img:not([alt])")) faults.push(`no alt: ${tell(element)}`);
  for (const element of document.querySelectorAll("[aria-describedby]")) {
    for (const id of element.getAttribute("aria-describedby").split(" "))
      if (!document.getElementById(id)) faults.push(`described by nothing: ${id}`);
  }
  for (const element of document.querySelectorAll("[style]:not(.ts-wrapper *)"))
    faults.push(`style attribute: ${tell(element)}`);
  for (const element of document.querySelectorAll("a[href='#'], a:not([href])"))
    faults.push(`dead link: ${tell(element)}`);
  for (const element of document.querySelectorAll("nav")) {
    if (shown(element) && !element.ariaLabel) faults.push(`nav without a name: ${tell(element)}`);
  }
  // Target size (2.5.8): 24 by 24, but for links inside a line of text.
  for (const element of document.querySelectorAll("button, summary, a.btn, input:not([type=hidden]), select")) {
    const box = element.getBoundingClientRect();
    if (shown(element) && !element.closest("label, .field") && (box.width < 24 || box.height < 24))
      faults.push(`smaller than 24: ${tell(element)}`);
  }
  return faults;
}"""


_AXE = """async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const found = await axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
  const places = (fault) => fault.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ");
  return found.violations
    .filter((fault) => ["serious", "critical"].includes(fault.impact))
    .map((fault) => `${fault.id}: ${fault.help} ${places(fault)}`);
}"""


@functools.cache
def _axe() -> str:
    return (Path(settings.BASE_DIR) / "node_modules/axe-core/axe.min.js").read_text("utf-8")


def faults_of(page) -> list[str]:
    """What is wrong with the page a browser shows; empty if nothing."""
    page.wait_for_load_state()  # its scripts have drawn what they draw
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_axe())
    return page.evaluate(_LOOK) + page.evaluate(_AXE)


def tab_until(page, reached, what, most=60):
    """Press Tab until `reached()`: the keyboard gets there. Arguments: what, its name; most, how often to press."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if reached():
            return
    raise AssertionError(f"no way to {what} by the keyboard")


def has_focus(target) -> bool:
    """Whether a control, a locator, has the focus."""
    return target.evaluate("element => element === document.activeElement")


def tab_to(page, target, most=60):
    """Press Tab until the target, a locator, has the focus."""
    tab_until(page, lambda: has_focus(target), target, most)
