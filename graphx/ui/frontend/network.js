// The dashboard's component: mounts the map, and hands clicks to Python.
// Streamlit calls the default export again whenever `data` or the theme changes. The map is
// made once and only updated; it is made anew by nothing but leaving the page.

import { counters, drawMap } from "./map.js";

const maps = new WeakMap();
globalThis.__graphx = { counters, map: null };

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".gx-map");
  let own = maps.get(parentElement);
  if (!own) {
    own = { revision: null, map: null, clicked: undefined };
    root.querySelector(".gx-key").open = root.clientWidth > 500;
    maps.set(parentElement, own);
  }
  own.send = (id) => {
    own.clicked = id;
    setTriggerValue("clicked", { node: id });
  };
  const message = root.querySelector(".gx-message");
  show(own, root, data).then(
    () => (message.hidden = true),
    (error) => {
      message.hidden = false;
      console.error(error);
    },
  );
  return () => {
    own.gone = true;
    own.map?.destroy();
    maps.delete(parentElement);
    globalThis.__graphx.map = null;
  };
}

async function show(own, root, data) {
  own.wanted = data;
  if (!globalThis.vis) await import(data.vis);
  if (own.revision !== data.revision) {
    const response = await fetch(data.url);
    if (!response.ok) throw new Error(`${data.url}: ${response.status}`);
    const model = await response.json();
    if (own.gone || data.revision !== own.wanted.revision) return; // the page was left, or a newer one is on its way
    own.revision = data.revision;
    legend(root.querySelector(".gx-legend"), model.communities);
    if (own.map) own.map.update(model);
    else {
      own.map = drawMap(root.querySelector(".gx-canvas"), globalThis.vis, model, { select: (id) => own.send(id) });
      root.querySelector(".gx-fit").onclick = () => own.map.fit(true);
      root.querySelector(".gx-full").onclick = () =>
        document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen();
      globalThis.__graphx.map = own.map;
    }
  }
  if (!own.map) return;
  own.map.retheme();
  const { selected } = own.wanted;
  own.map.select(selected, selected !== own.clicked);
  own.clicked = undefined;
}

function legend(list, communities) {
  list.replaceChildren(
    ...communities.map((c) => {
      const item = document.createElement("li");
      const dot = document.createElement("i");
      dot.style.background = c.colour;
      const count = document.createElement("span");
      count.textContent = ` ${c.n}`;
      item.append(dot, c.label, count);
      return item;
    }),
  );
}
