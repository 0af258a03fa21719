// HTML that Python wrote: shows it, and hands clicks on what leads elsewhere to Python.

const shown = new WeakMap();
const ACTIVE = "[data-node], [data-page], [data-do]";

// Finds what has the focus in what was shown before, so that the keyboard can go on from there.
function again(root, held) {
  const same = (link) => JSON.stringify({ ...link.dataset }) === JSON.stringify({ ...held.dataset });
  return [...root.querySelectorAll(ACTIVE)].find(same);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".gx-card");
  const before = shown.get(root);
  root.classList.toggle("scrolls", data.scroll);
  if (data.scroll) root.setAttribute("aria-live", "polite");
  if (before !== data.html) {
    const held = root.contains(root.getRootNode().activeElement) && root.getRootNode().activeElement;
    const aside = [...root.querySelectorAll(".wide, .heat")].map((box) => box.scrollLeft);
    root.innerHTML = data.html; // every text in it was escaped where it was written (graphx/cards)
    shown.set(root, data.html);
    root.scrollTop = 0;
    root.querySelectorAll(".wide, .heat").forEach((box, at) => (box.scrollLeft = aside[at] ?? 0));
    if (held) again(root, held)?.focus({ preventScroll: true });
    // On a narrow page the card is below the map: bring it up, or a click seems to do nothing.
    const below = data.scroll && root.getBoundingClientRect().top > innerHeight * 0.75;
    if (before !== undefined && below) root.scrollIntoView({ behavior: "smooth" });
  }
  root.onclick = (event) => {
    const link = event.target.closest(ACTIVE);
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return; // let those open a tab
    event.preventDefault();
    setTriggerValue("clicked", { ...link.dataset });
  };
  root.onkeydown = (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    const link = event.target.closest(ACTIVE);
    if (!link || link.matches("a[href], button")) return; // the browser clicks those itself
    event.preventDefault();
    setTriggerValue("clicked", { ...link.dataset });
  };
}
