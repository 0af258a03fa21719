// The map: draws the model that graphx/view.py makes with vis-network, at fixed positions.
// Used by the dashboard's component (network.js) and by the exported page (page.html).

const CLICK_MS = 100; // a second click within it makes a double click

// Counts what happens, for tests.
export const counters = { created: 0, updated: 0, destroyed: 0 };

/**
 * Draw a map into an element.
 * @param host element with a size of its own; its computed style gives --st-text-color etc.
 * @param vis the vis-network library
 * @param data nodes, edges, options, communities
 * @param on select(id or null): a node, or the background, was clicked
 */
export function drawMap(host, vis, data, on) {
  counters.created += 1;
  const nodes = new vis.DataSet(data.nodes);
  const edges = new vis.DataSet(data.edges);
  const network = new vis.Network(host, { nodes, edges }, data.options);
  let communities = data.communities;
  let selected = null;
  let theme = {};
  let timer;

  network.on("click", (event) => {
    clearTimeout(timer);
    const id = event.nodes[0] ?? null;
    if (id === null && (event.edges.length || selected === null)) return; // nothing was chosen, nothing is let go
    timer = setTimeout(() => on.select(id), id === null ? 0 : CLICK_MS);
  });
  network.on("doubleClick", (event) => {
    if (event.nodes[0] != null) network.focus(event.nodes[0], { scale: 1.4, animation: true });
  });
  network.on("hoverNode", () => (host.style.cursor = "pointer"));
  network.on("blurNode", () => (host.style.cursor = "grab"));
  network.on("beforeDrawing", drawDiscs);
  network.on("afterDrawing", drawNames);

  // Until somebody moves the map it follows the size of its place, which is zero in a tab not shown yet.
  let touched = false;
  for (const event of ["dragStart", "zoom"]) network.on(event, () => (touched = true));
  const observer = new ResizeObserver(() => {
    if (!touched && host.clientWidth && host.clientHeight) fit();
  });
  observer.observe(host);
  host.addEventListener("mouseleave", () => network.interactionHandler.popup?.hide());

  // vis-network's own fit leaves room for labels that are not drawn at that zoom, and none for discs and their names.
  function fit(animation = false) {
    const span = (axis) => [
      Math.min(...communities.map((c) => c[axis] - c.r)),
      Math.max(...communities.map((c) => c[axis] + c.r)),
    ];
    const [left, right] = span("x");
    const [top, bottom] = span("y");
    const [edge, name] = [12, 26]; // pixels on screen
    const scale = Math.min(
      (host.clientWidth - 2 * edge) / (right - left), (host.clientHeight - 2 * edge - name) / (bottom - top), 1.2,
    );
    const position = { x: (left + right) / 2, y: (top + bottom) / 2 - name / 2 / scale };
    network.moveTo({ position, scale, animation });
  }

  function drawDiscs(context) {
    for (const c of communities) {
      context.beginPath();
      context.arc(c.x, c.y, c.r, 0, 2 * Math.PI);
      context.fillStyle = c.colour + "14";
      context.fill();
    }
  }

  // Names keep their size on screen and say as much as their disc has room for; those that
  // would lie on another are left out, small communities first.
  function drawNames(context) {
    const scale = network.getScale();
    const size = 13 / scale;
    context.font = `600 ${size}px ${theme.font}`;
    context.textAlign = "center";
    context.lineJoin = "round";
    const write = (text, x, y, colour) => {
      context.strokeStyle = theme.background;
      context.lineWidth = 4 / scale;
      context.strokeText(text, x, y);
      context.fillStyle = colour;
      context.fillText(text, x, y);
    };
    const left = network.DOMtoCanvas({ x: 0, y: 0 }).x;
    const right = network.DOMtoCanvas({ x: host.clientWidth, y: 0 }).x;
    const taken = [];
    if (selected !== null) {
      const { label, size: radius } = nodes.get(selected);
      const { x, y } = network.getPositions([selected])[selected];
      const half = context.measureText(label).width / 2;
      const below = y + radius + size * 1.4;
      write(label, x, below, theme.accent);
      taken.push([x - half, below - size, x + half, below + size * 0.3]);
    }
    if (scale > 1.1) return; // one is inside a disc then
    for (const c of [...communities].sort((a, b) => b.n - a.n)) {
      const terms = c.label.split(" · ");
      const seen = c.x > left && c.x < right; // a name at the edge moves in rather than being cut
      const y = c.y - c.r - size * 0.4;
      for (let n = terms.length; n > 0; n--) {
        const name = terms.slice(0, n).join(" · ");
        const half = context.measureText(name).width / 2;
        const x = seen ? Math.min(Math.max(c.x, left + half + size / 2), right - half - size / 2) : c.x;
        const box = [x - half, y - size, x + half, y + size * 0.3];
        if (n > 1 && half > 1.05 * c.r) continue;
        if (taken.some((b) => box[0] < b[2] && b[0] < box[2] && box[1] < b[3] && b[1] < box[3])) continue;
        taken.push(box);
        write(name, x, y, selected === null ? theme.text : theme.text + "99");
        break;
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
    network.setOptions({
      nodes: { font: { color: theme.text, strokeColor: theme.background, strokeWidth: 3, face: theme.font } },
      edges: { color: { color: theme.text, opacity: 0.1, highlight: theme.accent, hover: theme.accent } },
    });
    emphasise();
  }

  // The selected node and its neighbours stay, the others fade.
  function emphasise() {
    const near = selected === null ? null : new Set([selected, ...network.getConnectedNodes(selected)]);
    nodes.update(nodes.get({ fields: ["id", "font"] }).map(({ id, font }) => {
      const faded = near !== null && !near.has(id);
      const hidden = faded || id === selected; // drawNames writes that one
      return { id, opacity: faded ? 0.25 : 1, font: { ...font, color: theme.text + (hidden ? "00" : ""), strokeWidth: hidden ? 0 : 3 } };
    }));
    edges.update(edges.get({ fields: ["id", "from", "to", "relation"] }).map(({ id, from, to, relation }) => {
      const touched = selected !== null && (from === selected || to === selected);
      const strong = relation === "builds_on";
      const opacity = touched ? 0.8 : selected !== null ? 0.03 : strong ? 0.6 : 0.1;
      return { id, color: { color: touched || strong ? theme.accent : theme.text, opacity } };
    }));
  }

  function select(id, bringIntoView) {
    const known = id !== null && nodes.get(id) ? id : null;
    if (known === selected) return;
    selected = known;
    if (known === null) network.unselectAll();
    else network.selectNodes([known], false);
    emphasise();
    if (known !== null && bringIntoView) {
      touched = true;
      network.focus(known, { scale: Math.max(network.getScale(), 0.9), animation: { duration: 300 } });
    }
  }

  function update(fresh) {
    counters.updated += 1;
    const keep = (set, rows) => {
      const ids = new Set(rows.map((row) => row.id));
      set.remove(set.getIds().filter((id) => !ids.has(id)));
      set.update(rows);
    };
    keep(nodes, fresh.nodes);
    edges.clear();
    edges.add(fresh.edges);
    communities = fresh.communities;
    const again = selected;
    selected = null;
    if (again !== null && nodes.get(again)) select(again, false);
    else emphasise();
  }

  function destroy() {
    counters.destroyed += 1;
    clearTimeout(timer);
    observer.disconnect();
    network.destroy();
  }

  retheme();
  return { network, fit, select, update, retheme, destroy, counters };
}
