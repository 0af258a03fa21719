// The map of many points: tens of thousands of papers and concepts on a canvas. Has the shape of drawMap in map.js.

import { read } from "./points-data.js";
import { listen } from "./points-hands.js";
import { clamp, draw, inside, mark, mix, opacity, plot, radius, smooth, spacing, spot } from "./points-ink.js";
import { APART, brief, compose, papers } from "./points-scene.js";

const SLOW_MS = 25; // dots that take longer are not drawn anew while the map moves,
const REST_MS = 120; // but so long after it stood still

// Counts what happens, for tests.
export const counters = { created: 0, updated: 0, destroyed: 0, frames: 0 };

/**
 * Draw a map of many points into an element.
 * @param host element with a size of its own; its computed style gives --st-text-color etc.
 * @param model points, edges, groups, discs
 * @param on select(id or null), open(id), hover({title, about} or null, x, y)
 */
export function drawPoints(host, model, on) {
  counters.created += 1;
  const canvas = document.createElement("canvas");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", "Map. Arrow keys move it, plus and minus zoom, 0 shows all, Escape lets go.");
  canvas.style.cssText = "display:block;width:100%;height:100%;touch-action:none;cursor:grab;outline:none";
  host.append(canvas);
  const pen = canvas.getContext("2d");
  const layers = [0, 1].map(() => document.createElement("canvas")); // dots that step back, dots that stay

  const map = {
    data: read(model), width: 0, height: 0, dpr: 1, theme: {},
    view: { k: 1, x: 0, y: 0 }, // on screen: k * x of the world + x
    off: [], // for every group whether it is hidden
    chosen: { id: null, ends: [] }, // and `disc`, and `near`: 1 for the points that stay while others step back
    hovered: null,
    tools: null, // where the buttons lie
  };
  let scene = compose(map);
  let hidden = new Set();
  let plotted = null; // the view that `layers` show; null: they are out of date
  let [touched, gone, flight, moved, asked, rest, cost] = [false, false, null, -1e9, 0, 0, 0];

  // ---- the view

  function whole() {
    const { data: { bounds: { left, top, right, bottom } }, width, height } = map;
    const k = Math.max(Math.min((width - 24) / (right - left), (height - 40) / (bottom - top)), 1e-9);
    return { k, x: width / 2 - (k * (left + right)) / 2, y: height / 2 - (k * (top + bottom)) / 2 };
  }

  function go(view, animation) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    flight = animation && !calm ? { from: map.view, to: view, start: performance.now() } : null;
    if (!flight) map.view = view;
    ask();
  }

  function fit(animation = false) {
    if (!map.width) return;
    touched = false;
    go(whole(), animation);
  }

  /** Bring a community, a node or both ends of a link into view. */
  function bring(id) {
    const { disc, ends } = locate(id);
    const { data, width, height } = map;
    if (!width || (!disc && !ends.length)) return;
    const middle = (axis) => ends.reduce((sum, i) => sum + axis[i], 0) / ends.length;
    const { x, y } = disc ?? { x: middle(data.x), y: middle(data.y) };
    const reach = disc ? 1.16 * disc.r : 1.3 * Math.max(1e-9, ...ends.map((i) => Math.hypot(data.x[i] - x, data.y[i] - y)));
    const most = Math.min(width, height) / 2 / reach;
    const k = disc ? most : Math.min(Math.max(map.view.k, 40 / data.spacing), most);
    touched = true;
    go({ k, x: width / 2 - x * k, y: height / 2 - y * k }, true);
  }

  function pan(dx, dy) {
    map.view = { ...map.view, x: map.view.x + dx, y: map.view.y + dy };
    [touched, flight, moved] = [true, null, performance.now()];
    ask();
  }

  function zoom(factor, x = map.width / 2, y = map.height / 2) {
    const { view, data } = map;
    const k = clamp(view.k * factor, whole().k / 2, Math.max(whole().k, 260 / data.spacing));
    map.view = { k, x: x - ((x - view.x) * k) / view.k, y: y - ((y - view.y) * k) / view.k };
    pan(0, 0);
  }

  // Along a straight way on screen.
  function fly() {
    const { from, to, start } = flight;
    moved = performance.now();
    const t = smooth(0, 1, (moved - start) / 350);
    const k = from.k * (to.k / from.k) ** t;
    const way = Math.abs(to.k / from.k - 1) < 1e-3 ? t : (k - from.k) / (to.k - from.k);
    map.view = t < 1 ? { k, x: mix(from.x, to.x, way), y: mix(from.y, to.y, way) } : to;
    if (t === 1) flight = null;
    ask();
  }

  // ---- what is chosen

  function locate(id) {
    const disc = map.data.disc.get(id);
    const names = disc || !id ? [] : id.startsWith("link:") ? id.slice(5).split(" ") : [id];
    return { id, disc, ends: names.map((name) => map.data.number().get(name)).filter((i) => i !== undefined) };
  }

  function choose(id) {
    const { data } = map;
    const { disc, ends } = (map.chosen = locate(id));
    if (disc) map.chosen.near = data.x.map((x, i) => (x - disc.x) ** 2 + (data.y[i] - disc.y) ** 2 <= disc.r ** 2);
    if (ends.length) map.chosen.near = new Uint8Array(data.x.length);
    for (const i of ends.length === 1 ? [...ends, ...data.neighbours(ends[0])] : ends) map.chosen.near[i] = 1;
    plotted = null;
    ask();
  }

  function select(id, bringIntoView) {
    if ((id ?? null) === map.chosen.id) return;
    choose(id ?? null);
    if (bringIntoView) bring(id);
  }

  // ---- drawing

  function ask() {
    if (!asked && !gone) asked = requestAnimationFrame(frame);
  }

  function frame() {
    asked = 0;
    if (devicePixelRatio !== map.dpr) resize();
    if (gone || !map.width || !map.height) return;
    counters.frames += 1;
    if (flight) fly();
    if (stale()) plotAll();
    scene = compose(map);
    pen.setTransform(map.dpr, 0, 0, map.dpr, 0, 0);
    pen.clearRect(0, 0, map.width, map.height);
    for (const disc of scene.discs) draw(pen, disc);
    blit(layers[0]);
    for (const line of scene.lines) draw(pen, line);
    if (map.chosen.near) blit(layers[1]);
    for (const item of [...scene.marks, ...scene.texts]) draw(pen, item);
  }

  // Whether the dots are to be drawn anew. If that takes long they move and grow as a picture until the map rests.
  function stale() {
    if (!plotted) return true;
    if (["k", "x", "y"].every((name) => plotted[name] === map.view[name])) return false;
    const [left, top, w, h] = placed();
    const bare = left > 0 || top > 0 || left + w < map.width || top + h < map.height;
    const now = performance.now();
    if (cost <= SLOW_MS || now - moved >= REST_MS || (bare && now - plotted.at > 4 * cost)) return true;
    clearTimeout(rest);
    rest = setTimeout(ask, REST_MS);
    return false;
  }

  function plotAll() {
    const start = performance.now();
    const pad = cost > SLOW_MS ? 0.25 : 0; // beyond every edge, to pan over
    plot(map, layers[0], pad, 0);
    if (map.chosen.near) plot(map, layers[1], pad, 1);
    plotted = { ...map.view, pad, at: performance.now() };
    cost = plotted.at - start;
  }

  // Where the picture of the dots lies by now, and how large it is.
  function placed() {
    const { view, width, height } = map;
    const grown = view.k / plotted.k;
    const [left, top] = [plotted.x + plotted.pad * width, plotted.y + plotted.pad * height];
    const size = (1 + 2 * plotted.pad) * grown;
    return [view.x - left * grown, view.y - top * grown, width * size, height * size];
  }

  function blit(layer) {
    pen.globalAlpha = 1;
    pen.drawImage(layer, ...placed());
  }

  // ---- what lies under the pointer

  // Text lies over points, they over lines, all over bubbles; in a bubble crowded with dots the bubble is meant.
  function pick(x, y) {
    const { data, view, chosen, off } = map;
    const text = scene.texts.find(({ box }) => x > box[0] && x < box[2] && y > box[1] && y < box[3]);
    if (text) return data.disc.has(text.id) ? { id: text.id, disc: data.disc.get(text.id) } : { id: text.id, point: data.number().get(text.id) };
    const bubble = scene.bubbles.findLast((b) => b.strength > 0.5 && Math.hypot(x - b.x, y - b.y) < b.r);
    const crowded = bubble && spacing(map) < APART;
    const point = data.nearest((x - view.x) / view.k, (y - view.y) / view.k, 24 / view.k, (i) => {
      if ((crowded && !chosen.near?.[i]) || off[data.group[i]]) return Infinity;
      const at = spot(map, i);
      const gap = Math.hypot(at.x - x, at.y - y) - radius(map, i);
      return gap <= Math.min(4, 0.4 * spacing(map)) ? gap : Infinity;
    });
    if (point !== null) return { id: data.ids[point], point };
    const line = scene.lines.find((l) => l.link && distance(x, y, l) < 4);
    if (line) return { id: line.link, line };
    return bubble ? { id: bubble.disc.id, disc: bubble.disc, opened: bubble.open > 0.5 } : null;
  }

  function about({ id, disc, line, point }) {
    const { labels, about: lines } = map.data;
    if (disc) return { title: disc.label, about: [papers(disc.n), "Double-click to look inside"] };
    if (!line) return { title: labels[point], about: [lines[point]].filter(Boolean) };
    return { title: locate(id).ends.map((i) => brief(labels[i])).join(" – "), about: ["Click to see what links them"] };
  }

  function hover(x, y) {
    const found = x === null || flight ? null : pick(x, y);
    const now = found?.opened ? null : found; // inside a bubble it is the ground
    if (now?.id !== map.hovered?.id) ask();
    map.hovered = now;
    canvas.style.cursor = now ? "pointer" : "grab";
    on.hover?.(now && about(now), x, y);
  }

  function click(x, y) {
    const found = pick(x, y);
    const id = !found || found.opened ? null : found.id;
    return () => {
      if (!gone && (id !== null || map.chosen.id !== null)) on.select(id);
    };
  }

  function open(id) {
    if (map.data.disc.has(id)) bring(id);
    on.open?.(id);
  }

  const hush = listen(canvas, {
    pan, zoom, hover, click,
    double: (x, y) => {
      const found = pick(x, y);
      if (found && !found.line) open(found.id);
    },
    keys: {
      ArrowLeft: () => pan(60, 0), ArrowRight: () => pan(-60, 0), ArrowUp: () => pan(0, 60), ArrowDown: () => pan(0, -60),
      "+": () => zoom(1.3), "=": () => zoom(1.3), "-": () => zoom(1 / 1.3), 0: () => fit(true),
      Enter: () => (map.chosen.disc || map.chosen.ends.length === 1) && open(map.chosen.id),
      Escape: () => map.chosen.id !== null && on.select(null),
    },
  });

  // ---- from outside

  // Its place has no size in a tab not shown yet. Until somebody moves the map it follows the size.
  function resize() {
    const { width, height, view } = map;
    Object.assign(map, { width: host.clientWidth, height: host.clientHeight, dpr: devicePixelRatio });
    if (!map.width || !map.height) return;
    Object.assign(canvas, { width: Math.round(map.width * map.dpr), height: Math.round(map.height * map.dpr) });
    const buttons = host.parentElement?.querySelector(".gx-tools");
    map.tools = buttons && [map.width - buttons.offsetWidth - 14, 0, map.width, buttons.offsetHeight + 12];
    [flight, plotted] = [null, null];
    if (touched && width) map.view = { ...view, x: view.x + (map.width - width) / 2, y: view.y + (map.height - height) / 2 };
    else map.view = whole();
  }

  const observer = new ResizeObserver(() => {
    if (gone || (host.clientWidth === map.width && host.clientHeight === map.height)) return;
    resize();
    cancelAnimationFrame(asked);
    frame(); // at once, because a canvas is blank after its size was set
  });

  function retheme() {
    const style = getComputedStyle(host);
    const look = (property, otherwise) => style.getPropertyValue(property).trim() || otherwise;
    const theme = {
      text: look("--st-text-color", "#222"),
      background: look("--st-background-color", "#fff"),
      accent: look("--st-primary-color", "#3b82c4"),
      font: style.fontFamily || "sans-serif",
    };
    if (JSON.stringify(theme) === JSON.stringify(map.theme)) return;
    map.theme = theme;
    ask();
  }

  function update(fresh) {
    counters.updated += 1;
    map.data = read(fresh);
    map.hovered = null;
    conceal();
    choose(map.chosen.id);
  }

  /** Leave the points of some groups out. */
  function hide(groups) {
    if (groups.size === hidden.size && [...groups].every((group) => hidden.has(group))) return;
    hidden = new Set(groups);
    conceal();
  }

  function conceal() {
    map.off = map.data.groups.map((group) => hidden.has(group.id));
    plotted = null;
    ask();
  }

  function destroy() {
    if (gone) return;
    counters.destroyed += 1;
    gone = true;
    hush();
    clearTimeout(rest);
    cancelAnimationFrame(asked);
    observer.disconnect();
    canvas.remove();
  }

  retheme();
  resize();
  cancelAnimationFrame(asked);
  frame();
  observer.observe(host);
  return {
    fit, select, update, retheme, hide, open: bring, destroy, counters, pick,
    canvas: () => canvas,
    view: () => ({ ...map.view }),
    where: (id) => ((i) => (i === undefined ? null : spot(map, i)))(map.data.number().get(id)),
    scene: () => {
      const { group } = map.data;
      const dots = inside(map).reverse().sort((a, b) => group[a] - group[b]); // in runs of a colour, for a small drawing
      const part = (n) => dots.filter((i) => (map.chosen.near?.[i] ?? 0) === n).map((i) => mark(map, i, opacity(map, n)));
      const items = [...scene.discs, ...part(0), ...scene.lines, ...part(1), ...scene.marks, ...scene.texts];
      return { width: map.width, height: map.height, background: map.theme.background, items };
    },
  };
}

function distance(x, y, { x1, y1, x2, y2 }) {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const t = clamp(((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy || 1), 0, 1);
  return Math.hypot(x - x1 - t * dx, y - y1 - t * dy);
}
