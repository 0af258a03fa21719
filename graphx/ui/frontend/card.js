// HTML that Python wrote: shows it, and hands clicks on what leads elsewhere to Python.

const shown = new WeakMap();
const ACTIVE = "[data-node], [data-page], [data-do]";

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".gx-card");
  const before = shown.get(root);
  root.classList.toggle("scrolls", data.scroll);
  if (data.scroll) root.setAttribute("aria-live", "polite");
  if (before !== data.html) {
    root.innerHTML = data.html; // every text in it was escaped where it was written (graphx/cards)
    shown.set(root, data.html);
    root.scrollTop = 0;
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
