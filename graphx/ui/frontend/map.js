// A map of up to a few thousand nodes: draws the model that graphx/view makes with vis-network, at fixed positions.
// Used by the dashboard's component (network.js) and by the exported page (page.html).

const CLICK_MS = 100; // a second click within it makes a double click
const MOST_NAMES = 90; // of nodes

// Counts what happens, for tests.
export const counters = { created: 0, updated: 0, destroyed: 0, frames: 0 };

/**
 * Draw a map into an element.
 * @param host element with a size of its own; its computed style gives --st-text-color etc.
 * @param vis the vis-network library
 * @param data nodes, edges, options, discs
 * @param on select(id or null): a node, a link, a community, or the background was clicked;
 *   open(id): a node or community was double-clicked; hover({title, about} or null, x, y)
 */
export function drawMap(host, vis, data, on) {
  counters.created += 1;
  const nodes = new vis.DataSet(data.nodes);
  const edges = new vis.DataSet(data.edges);
  const network = new vis.Network(host, { nodes, edges }, data.options);
  let discs = data.discs;
  let bySize = sorted(data.nodes);
  let selected = null;
  let near = null; // ids of what is chosen and its neighbours
  let hidden = new Set();
  let theme = {};
  let timer;
  const node = (id) => bySize.find((n) => n.id === id);

  network.on("click", (event) => {
    clearTimeout(timer);
    const id = event.nodes[0] ?? link(event.edges[0]) ?? discAt(event.pointer.canvas)?.id ?? null;
    if (id === null && selected === null) return; // nothing was chosen, nothing is let go
    timer = setTimeout(() => on.select(id), id === null ? 0 : CLICK_MS);
  });
  network.on("doubleClick", (event) => {
    clearTimeout(timer);
    const id = event.nodes[0] ?? discAt(event.pointer.canvas)?.id;
    if (id != null) on.open?.(id);
  });
  network.on("hoverNode", (event) => {
    host.style.cursor = "pointer";
    const { name, about } = nodes.get(event.node);
    on.hover?.({ title: name, about }, event.pointer.DOM.x, event.pointer.DOM.y);
  });
  network.on("hoverEdge", (event) => {
    const { from, to, relation, about } = edges.get(event.edge);
    const names = [from, to].map((id) => nodes.get(id).short).join(" – ");
    on.hover?.({ title: names, about: [relation.replace("_", " "), about] }, event.pointer.DOM.x, event.pointer.DOM.y);
  });
  network.on("blurNode", leave);
  network.on("blurEdge", leave);
  host.addEventListener("mouseleave", leave);
  network.on("beforeDrawing", drawDiscs);
  network.on("afterDrawing", drawNames);

  // Until somebody moves the map it follows the size of its place, which is zero in a tab not shown yet.
  let touched = false;
  for (const event of ["dragStart", "zoom"]) network.on(event, () => (touched = true));
  const observer = new ResizeObserver(() => {
    if (!touched && host.clientWidth && host.clientHeight) fit();
  });
  observer.observe(host);

  function leave() {
    host.style.cursor = "grab";
    on.hover?.(null);
  }

  // A line between two papers can be chosen like they can; one from a paper to a concept, too.
  function link(edgeId) {
    if (edgeId === undefined) return undefined;
    const { from, to } = edges.get(edgeId);
    return from.startsWith("concept:") ? undefined : `link:${from} ${to}`; // of two concepts there is nothing to read
  }

  function discAt({ x, y }) {
    const disc = discs.find((c) => Math.hypot(c.x - x, c.y - y) < c.r);
    return disc && { id: `community:${disc.id}` };
  }

  // vis-network's own fit leaves room for labels that are not drawn at that zoom, and none for discs and their names.
  function fit(animation = false) {
    touched = false;
    const round = discs.length ? discs : nodes.get().map(({ x, y, size }) => ({ x, y, r: size + 40 }));
    const span = (axis) => [
      Math.min(...round.map((c) => c[axis] - c.r)),
      Math.max(...round.map((c) => c[axis] + c.r)),
    ];
    const [left, right] = span("x");
    const [top, bottom] = span("y");
    const [edge, name] = [12, 26]; // pixels on screen
    const scale = Math.min(
      (host.clientWidth - 2 * edge) / (right - left), (host.clientHeight - 2 * edge - name) / (bottom - top), 1.2,
    );
    const position = { x: (left + right) / 2, y: (top + bottom) / 2 - name / 2 / scale };
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    network.moveTo({ position, scale, animation: animation && !still });
  }

  function drawDiscs(context) {
    counters.frames += 1;
    for (const c of discs) {
      context.beginPath();
      context.arc(c.x, c.y, c.r, 0, 2 * Math.PI);
      context.fillStyle = c.colour + (selected === `community:${c.id}` ? "38" : "14");
      context.fill();
    }
  }

  // Names keep their size on screen: first that of what is chosen, then those of the communities, which say as much
  // as their disc has room for, then those of the nodes, the largest first. What would lie on another is left out.
  function drawNames(context) {
    const scale = network.getScale();
    const corner = network.DOMtoCanvas({ x: 0, y: 0 });
    const screen = { left: corner.x, right: corner.x + host.clientWidth / scale, top: corner.y, bottom: corner.y + host.clientHeight / scale };
    const taken = [];
    context.textAlign = "center";
    context.lineJoin = "round";
    // Write a text below y, unless it would lie on another; tell whether it was written.
    const write = (text, x, y, { px, bold = false, colour, force = false }) => {
      const size = px / scale;
      context.font = `${bold ? "600 " : ""}${size}px ${theme.font}`;
      const half = context.measureText(text).width / 2;
      x = Math.min(Math.max(x, screen.left + half + 4 / scale), screen.right - half - 4 / scale); // none is cut at the edge
      const box = [x - half, y - size, x + half, y + size * 0.3];
      if (!force && taken.some((b) => box[0] < b[2] && b[0] < box[2] && box[1] < b[3] && b[1] < box[3])) return false;
      taken.push(box);
      context.strokeStyle = theme.background;
      context.lineWidth = (bold ? 4 : 3) / scale;
      context.strokeText(text, x, y);
      context.fillStyle = colour;
      context.fillText(text, x, y);
      return true;
    };
    const own = node(selected);
    if (own) write(own.short, own.x, own.y + own.size + 18 / scale, { px: 14, bold: true, colour: theme.accent, force: true });
    if (scale < 1.1) drawDiscNames(context, scale, screen, own, write);
    const least = near ? 0 : 4.5 / scale; // smaller dots are too many to name
    let room = MOST_NAMES;
    for (const n of bySize) {
      if (room === 0 || n.size < least) break;
      if (n === own || hidden.has(n.legend) || (near && !near.has(n.id))) continue;
      if (n.x < screen.left || n.x > screen.right || n.y < screen.top || n.y > screen.bottom) continue;
      const px = Math.min(Math.max(n.size * scale * 0.75, 10.5), 16);
      if (write(n.short, n.x, n.y + n.size + (px * 1.15) / scale, { px, colour: theme.text })) room -= 1;
    }
  }

  function drawDiscNames(context, scale, { left, right }, own, write) {
    const size = 13 / scale;
    context.font = `600 ${size}px ${theme.font}`;
    for (const c of [...discs].sort((a, b) => b.n - a.n)) {
      const terms = c.label.split(" · ");
      const seen = c.x > left && c.x < right; // a name at the edge moves in rather than being cut
      const chosen = selected === `community:${c.id}`;
      const colour = chosen ? theme.accent : own ? theme.text + "99" : theme.text;
      for (let n = terms.length; n > 0; n--) {
        const name = terms.slice(0, n).join(" · ");
        context.font = `600 ${size}px ${theme.font}`;
        const half = context.measureText(name).width / 2;
        if (n > 1 && half > 1.05 * c.r) continue;
        const x = seen ? Math.min(Math.max(c.x, left + half + size / 2), right - half - size / 2) : c.x;
        if (write(name, x, c.y - c.r - size * 0.4, { px: 13, bold: true, colour })) break;
      }
    }
  }

  // Colours that depend on light or dark come from the page.
  function retheme() {
    const style = getComputedStyle(host);
    const read = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
    const now = {
      text: read("--st-text-color", "#222"),
      background: read("--st-background-color", "#fff"),
      accent: read("--st-primary-color", "#3b82c4"),
      font: style.fontFamily || "sans-serif",
    };
    if (JSON.stringify(now) === JSON.stringify(theme)) return;
    theme = now;
    network.setOptions({ edges: { color: { color: theme.text, opacity: 0.1, highlight: theme.accent, hover: theme.accent } } });
    emphasise();
  }

  // What is chosen and its neighbours stay, the others fade; the two ends of a chosen link stay.
  function emphasise() {
    const ends = selected?.startsWith("link:") ? selected.slice(5).split(" ") : [selected];
    const own = ends.filter(node);
    near = own.length === 0 ? null : new Set([...own, ...(own.length === 1 ? network.getConnectedNodes(own[0]) : [])]);
    nodes.update(nodes.get({ fields: ["id", "legend"] }).map(({ id, legend }) => ({
      id, hidden: hidden.has(legend), opacity: near === null || near.has(id) ? 1 : 0.25,
    })));
    edges.update(edges.get({ fields: ["id", "from", "to", "relation"] }).map(({ id, from, to, relation }) => {
      const chosen = own.length === 2 ? own.includes(from) && own.includes(to) : own.includes(from) || own.includes(to);
      const strong = relation === "builds_on";
      const opacity = chosen ? 0.8 : near !== null ? 0.03 : strong ? 0.6 : 0.1;
      return { id, color: { color: chosen || strong ? theme.accent : theme.text, opacity } };
    }));
  }

  function select(id, bringIntoView) {
    if (id === selected) return;
    selected = id;
    if (node(id)) network.selectNodes([id], false);
    else network.unselectAll();
    emphasise();
    if (!bringIntoView) return;
    const disc = discs.find((c) => `community:${c.id}` === id);
    if (node(id)) {
      touched = true;
      network.focus(id, { scale: Math.max(network.getScale(), 0.9), animation: { duration: 300 } });
    } else if (disc && discs.length > 1) {
      touched = true;
      const scale = Math.min(host.clientWidth, host.clientHeight) / (2.6 * disc.r);
      network.moveTo({ position: disc, scale: Math.min(scale, 1.2), animation: { duration: 300 } });
    }
  }

  /** Leave the nodes of some groups out. */
  function hide(groups) {
    if (groups.size === hidden.size && [...groups].every((group) => hidden.has(group))) return;
    hidden = groups;
    emphasise();
  }

  function update(fresh) {
    counters.updated += 1;
    const keep = (set, rows) => {
      const ids = new Set(rows.map((row) => row.id));
      set.remove(set.getIds().filter((id) => !ids.has(id)));
      set.update(rows);
    };
    edges.clear();
    keep(nodes, fresh.nodes);
    edges.add(fresh.edges);
    discs = fresh.discs;
    bySize = sorted(fresh.nodes);
    emphasise();
  }

  function destroy() {
    counters.destroyed += 1;
    clearTimeout(timer);
    observer.disconnect();
    network.destroy();
  }

  retheme();
  return {
    network, fit, select, hide, update, retheme, destroy, counters,
    canvas: () => host.querySelector("canvas"),
    parts: () => ({ network, nodes, edges, discs, theme }),
  };
}

function sorted(nodes) {
  return [...nodes].sort((a, b) => b.size - a.size);
}

/** Return what shows a small card beside the pointer, inside an element that has a position. */
export function hoverCard(root) {
  const card = document.createElement("div");
  card.className = "gx-hover";
  card.hidden = true;
  root.append(card);
  return (info, x = 0, y = 0) => {
    card.hidden = !info;
    if (!info) return;
    const title = document.createElement("b");
    title.textContent = info.title;
    const lines = info.about.filter(Boolean).map((text) => {
      const line = document.createElement("span");
      line.textContent = text;
      return line;
    });
    card.replaceChildren(title, ...lines);
    const left = x + 18 + card.offsetWidth > root.clientWidth ? x - 14 - card.offsetWidth : x + 18;
    card.style.left = `${Math.max(left, 2)}px`;
    card.style.top = `${Math.max(Math.min(y + 14, root.clientHeight - card.offsetHeight - 4), 2)}px`;
  };
}
