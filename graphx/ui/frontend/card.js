// A card that Python wrote: shows it, and hands clicks on what leads elsewhere to Python.

const shown = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".gx-card");
  const before = shown.get(root);
  if (before !== data.html) {
    root.innerHTML = data.html; // every text in it was escaped where it was written (graphx/cards.py)
    shown.set(root, data.html);
    root.scrollTop = 0;
    // On a narrow page the card is below the map: bring it up, or a click seems to do nothing.
    const below = root.getBoundingClientRect().top > innerHeight * 0.75;
    if (before !== undefined && below) root.scrollIntoView({ behavior: "smooth" });
  }
  root.onclick = (event) => {
    const link = event.target.closest("[data-node]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return; // let those open a tab
    event.preventDefault();
    setTriggerValue("clicked", { node: link.dataset.node });
  };
}
