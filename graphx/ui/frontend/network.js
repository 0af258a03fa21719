// The dashboard's component: mounts the map with the renderer that suits it, its legend and its tools, and hands
// clicks to Python. Streamlit calls the default export again whenever `data` or the theme changes. The map is made
// once and only updated; it is made anew by nothing but leaving the page, or opening what needs the other renderer.

import { counters, drawMap, hoverCard } from "./map.js";
import { tour } from "./tour.js";

const maps = new WeakMap();
let ofPoints = null; // the counters of the other renderer, once it was needed

// What tests look at: the map, and what happened on the page so far.
globalThis.__graphx = {
  map: null,
  get counters() {
    return Object.fromEntries(Object.entries(counters).map(([name, n]) => [name, n + (ofPoints?.[name] ?? 0)]));
  },
};

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".gx-map");
  let own = maps.get(parentElement);
  if (!own) {
    own = { revision: null, renderer: null, map: null, clicked: undefined };
    own.hover = hoverCard(root.querySelector(".gx-frame"));
    root.querySelector(".gx-key").open = root.clientWidth > 500;
    maps.set(parentElement, own);
    tools(own, root);
  }
  own.send = (click) => {
    if ("node" in click) own.clicked = click.node;
    own.hover(null);
    setTriggerValue("clicked", click);
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
    if (globalThis.__graphx.map === own.map) globalThis.__graphx.map = null;
  };
}

async function show(own, root, data) {
  own.wanted = data;
  let opened = false;
  if (own.revision !== data.revision) {
    const response = await fetch(data.url);
    if (!response.ok) throw new Error(`${data.url}: ${response.status}`);
    const model = await response.json();
    const points = model.renderer === "points" ? await import("./points.js") : null;
    ofPoints ??= points?.counters;
    if (!points && !globalThis.vis) await import(data.vis);
    if (own.gone || data.revision !== own.wanted.revision) return; // the page was left, or a newer one is on its way
    own.revision = data.revision;
    if (own.map && own.renderer !== model.renderer) {
      own.map.destroy();
      own.map = null;
      root.querySelector(".gx-canvas").replaceChildren();
    }
    own.renderer = model.renderer;
    const moved = own.map && own.scope !== data.scope;
    own.scope = data.scope;
    if (own.map) own.map.update(model);
    else {
      const host = root.querySelector(".gx-canvas");
      const on = {
        select: (id) => own.send({ node: id }),
        open: (id) => own.send({ open: id }),
        hover: own.hover,
      };
      own.map = points ? points.drawPoints(host, model, on) : drawMap(host, globalThis.vis, model, on);
      globalThis.__graphx.map = own.map;
      if (own.wanted.tour) tour(root.querySelector(".gx-frame"));
    }
    own.groups = model.groups;
    opened = moved || data.scope !== ""; // then all of it is to be seen, not only what is chosen
    if (moved) own.map.fit(true);
  }
  if (!own.map) return;
  own.map.retheme();
  const hidden = new Set(own.wanted.hidden);
  own.map.hide(hidden);
  legend(own, root, hidden);
  const { selected } = own.wanted;
  own.map.select(selected, selected !== own.clicked && !opened);
  own.clicked = undefined;
}

function tools(own, root) {
  const on = (name, act) => (root.querySelector(name).onclick = act);
  on(".gx-fit", () => own.map?.fit(true));
  on(".gx-full", () => (document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen()));
  on(".gx-png", async () => {
    const { save, toPng } = await import("./picture.js");
    const background = getComputedStyle(root).getPropertyValue("--st-background-color").trim() || "#fff";
    save(await toPng(own.map.canvas(), background, 1), "graphx-map.png");
  });
  on(".gx-svg", async () => {
    const { save, sceneOfNetwork, toSvg } = await import("./picture.js");
    const parts = own.map.parts?.();
    const scene = parts
      ? sceneOfNetwork(parts.network, parts.nodes, parts.edges, parts.discs, parts.theme)
      : own.map.scene();
    save(new Blob([toSvg(scene)], { type: "image/svg+xml" }), "graphx-map.svg");
  });
}

// The legend is a filter: an entry that is switched off takes its nodes off the map.
function legend(own, root, hidden) {
  const list = root.querySelector(".gx-legend");
  const shown = own.groups.filter((group) => group.n > 0);
  list.replaceChildren(
    ...shown.map((group) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.setAttribute("aria-pressed", String(!hidden.has(group.id)));
      button.title = "Show or hide these; double-click to show only these";
      const dot = document.createElement("i");
      dot.style.background = group.colour;
      const count = document.createElement("span");
      count.textContent = ` ${group.n.toLocaleString("en")}`;
      button.append(dot, group.label, count);
      const send = (ids) => {
        own.map.hide(new Set(ids)); // at once; Python hears of it for the table
        own.send({ hide: ids });
      };
      button.onclick = (event) => {
        if (event.detail > 1) return send(shown.map((g) => g.id).filter((id) => id !== group.id));
        const next = new Set(own.wanted.hidden);
        if (!next.delete(group.id)) next.add(group.id);
        return send([...next]);
      };
      item.append(button);
      return item;
    }),
  );
}
