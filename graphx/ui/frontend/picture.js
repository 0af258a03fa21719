// The visible map as a picture: pixels from its canvas, or a drawing (SVG) from a scene. A scene is width, height,
// background and items from the back to the front, in pixels of the screen: discs, lines, marks and texts.

const SHAPES = { diamond: [4, 1.25], square: [4, 1.25, 45], triangle: [3, 1.4], star: [10, 1.5, 0, 0.65] }; // as in points.js
const VIS = { dot: 1, diamond: 0.8, square: 1.13, triangle: 0.95, star: 0.85 }; // radius here of a radius of vis-network

/** Return a canvas on a background as a PNG, so many times as large. */
export async function toPng(canvas, background, scale = 1) {
  const sheet = document.createElement("canvas");
  [sheet.width, sheet.height] = [Math.round(canvas.width * scale), Math.round(canvas.height * scale)];
  const pen = sheet.getContext("2d");
  pen.fillStyle = background;
  pen.fillRect(0, 0, sheet.width, sheet.height);
  pen.drawImage(canvas, 0, 0, sheet.width, sheet.height);
  const blob = await new Promise((done) => sheet.toBlob(done, "image/png"));
  if (!blob) throw new Error(`The browser makes no picture of ${sheet.width} × ${sheet.height} pixels; make the map smaller`);
  return blob;
}

/** Return a scene as a standalone SVG document. */
export function toSvg({ width, height, background, items }) {
  const parts = [];
  let open = "";
  for (const item of items) {
    const [look, shape] = drawn(item);
    const style = attributes(look);
    if (style !== open) parts.push(open && "</g>", `<g ${style}>`); // tens of thousands of dots share few styles
    open = style;
    parts.push(shape);
  }
  const size = attributes({ width, height, viewBox: `0 0 ${width} ${height}` });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" ${size}>\n`
    + `<rect ${attributes({ width: "100%", height: "100%", fill: background })}/>\n${parts.join("\n")}\n${open && "</g>"}</svg>\n`;
}

/** Hand a file to the visitor. */
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // the browser may still ask where to put it
}

/** Return the scene that a vis-network shows: its DataSets of nodes and edges, discs around them, theme as in map.js. */
export function sceneOfNetwork(network, nodes, edges, discs, theme) {
  const { clientWidth: width, clientHeight: height } = network.body.container;
  const scale = network.getScale();
  const places = network.getPositions();
  const at = (spot) => network.canvasToDOM(spot);
  const items = discs.map(({ x, y, r, colour }) => ({ kind: "disc", ...at({ x, y }), r: r * scale, colour, opacity: 0.08 }));
  const shown = new Map(nodes.get().filter((node) => !node.hidden).map((node) => [node.id, node]));
  for (const { from, to, width: wide = 1, color, arrows, hidden } of edges.get()) {
    if (hidden || !shown.has(from) || !shown.has(to)) continue;
    const [a, b] = [at(places[from]), at(places[to])];
    const tip = arrows === "to" ? { gap: shown.get(to).size * scale, arrow: 9 * scale } : {};
    items.push({
      kind: "line", x1: a.x, y1: a.y, x2: b.x, y2: b.y, colour: color?.color ?? theme.text, opacity: color?.opacity ?? 0.1, width: wide * scale, ...tip,
    });
  }
  const own = new Set(network.getSelectedNodes());
  for (const { id, shape, size, color, opacity = 1 } of shown.values()) {
    const ring = own.has(id) ? theme.accent : undefined;
    const r = size * scale * (VIS[shape] ?? 1);
    items.push({ kind: "mark", shape, ...at(places[id]), r, colour: color, opacity, stroke: color, line: opacity, width: 1, ring });
  }
  // The map writes its names itself, after vis-network has drawn: let it write them once more, to here.
  const pen = document.createElement("canvas").getContext("2d");
  pen.fillText = (text, x, y) => {
    const [, weight = 400, size, font] = /^(\d+ |bold )?([\d.e-]+)px (.*)$/.exec(pen.font);
    const [, rgb, alpha] = /^rgba\((.*), ([\d.]+)\)$/.exec(pen.fillStyle) ?? [];
    const ink = { colour: rgb ? `rgb(${rgb})` : pen.fillStyle, opacity: Number(alpha ?? 1), halo: theme.background };
    items.push({ kind: "text", text, ...at({ x, y }), size: size * scale, weight: String(weight).trim(), font, ...ink });
  };
  network.body.emitter.emit("afterDrawing", pen);
  const seen = ({ x = width / 2, y = height / 2, r = 0 }) => x + r > 0 && x - r < width && y + r > 0 && y - r < height;
  return { width, height, background: theme.background, items: items.filter(seen) };
}

// An item's style, shared with its like, and its shape.
function drawn(item) {
  const { kind, x, y, r, colour, opacity } = item;
  if (kind === "text") {
    const halo = { "paint-order": "stroke", stroke: item.halo, "stroke-width": 3.5, "stroke-linejoin": "round" };
    const style = { "text-anchor": "middle", "font-family": item.font, "font-size": item.size, "font-weight": item.weight, fill: colour, opacity, ...halo };
    return [style, `<text ${attributes({ x, y })}>${escaped(item.text)}</text>`];
  }
  if (kind === "line") return [{ stroke: colour, fill: colour, opacity, "stroke-width": item.width }, line(item)];
  const style = { fill: colour, "fill-opacity": opacity, stroke: item.stroke, "stroke-opacity": item.line, "stroke-width": item.width };
  const ring = item.ring ? `<circle ${attributes({ cx: x, cy: y, r: r + 3, fill: "none", stroke: item.ring, "stroke-width": 2 })}/>` : "";
  if (!SHAPES[item.shape]) return [style, `<circle ${attributes({ cx: x, cy: y, r })}/>${ring}`];
  const [n, outer, turn = 0, inner = outer] = SHAPES[item.shape];
  const points = Array.from({ length: n }, (_, i) => {
    const [angle, far] = [((360 / n) * i + turn - 90) * (Math.PI / 180), r * (i % 2 ? inner : outer)];
    return `${number(x + far * Math.cos(angle))},${number(y + far * Math.sin(angle))}`;
  });
  return [style, `<polygon points="${points.join(" ")}"/>${ring}`];
}

function line({ x1, y1, x2, y2, gap, arrow }) {
  const shaft = `<line ${attributes({ x1, y1, x2, y2 })}/>`;
  if (!arrow) return shaft;
  const long = Math.hypot(x2 - x1, y2 - y1) || 1;
  const [dx, dy] = [(x2 - x1) / long, (y2 - y1) / long];
  const spot = (back, aside) => `${number(x2 - dx * (gap + back) - dy * aside)},${number(y2 - dy * (gap + back) + dx * aside)}`;
  return `${shaft}<polygon stroke="none" points="${spot(0, 0)} ${spot(arrow, arrow / 2.5)} ${spot(arrow, -arrow / 2.5)}"/>`;
}

const number = (value) => Math.round(value * 100) / 100;

function attributes(values) {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== null);
  return given.map(([name, value]) => `${name}="${typeof value === "number" ? number(value) : escaped(value)}"`).join(" ");
}

// Titles hold anything, also what no XML may hold.
function escaped(text) {
  const allowed = String(text).replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "");
  return allowed.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
