// The map of many points: tens of thousands of papers and concepts as dots on a canvas, with semantic zoom.
// From afar communities are named bubbles; a bubble that has become large opens into the communities in it;
// where few points are left on screen they have names. Same shape as drawMap in map.js.

const CLICK_MS = 100; // a second click within it makes a double click without a click before it
const DOUBLE_MS = 350; // and one within this makes a double click after a click
const SLOW_MS = 25; // dots that take longer are not drawn anew while the map moves
const REST_MS = 120; // but this long after it stood still
const MOST_LINES = 600; // of one point, to its largest neighbours
const LONGEST_LABEL = 42;
const READABLE = 6; // pixels between points from which on one can point at one of them
const SHAPES = ["dot", "diamond", "square", "triangle", "star"];
const corners = (n, outer, inner = outer, turn = 0) =>
  Array.from({ length: n }, (_, i) => {
    const [angle, r] = [(2 * Math.PI * i) / n - Math.PI / 2 + turn, i % 2 ? inner : outer];
    return [r * Math.cos(angle), r * Math.sin(angle)];
  });
const CORNERS = {
  diamond: corners(4, 1.25), square: corners(4, 1.25, 1.25, Math.PI / 4), triangle: corners(3, 1.4), star: corners(10, 1.5, 0.65),
};

// Counts what happens, for tests.
export const counters = { created: 0, updated: 0, destroyed: 0, frames: 0 };

const clamp = (value, low, high) => Math.max(low, Math.min(high, value));
const smooth = (from, to, value) => ((t) => t * t * (3 - 2 * t))(clamp((value - from) / (to - from), 0, 1));
const mix = (a, b, t) => a + (b - a) * t;
const papers = (n) => `${n.toLocaleString("en")} paper${n === 1 ? "" : "s"}`;

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
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  let data = read(model);
  let [width, height, dpr] = [0, 0, 1];
  let view = { k: 1, x: 0, y: 0 }; // on screen: k * x of the world + x
  let theme = {};
  let hidden = new Set();
  let chosen = { id: null, ends: [] };
  let hovered = null; // {id, point or disc or line}
  let shown = null; // what is on screen: discs, lines, marks, texts, bubbles
  let plotted = null; // view, pad and cost of the dots in `layers`; null: they are out of date
  let pixels = null;
  let corner = null; // where the tools lie
  let [touched, gone, flight, moved, asked] = [false, false, null, -1e9, 0];
  let rest;

  // ---- the view

  const spacing = () => data.spacing * view.k; // pixels between points, about
  const radius_ = () => clamp(0.26 * spacing() ** 0.7, 0.5, 7);
  const radius = (i) => radius_() * data.weight[i];
  // How opaque dots are: a crowd of them shows through, so that names can be read over it.
  const strength = (part) => {
    const own = Math.min(mix(0.5, 0.92, smooth(2, 14, spacing())), (0.6 * spacing() ** 2) / (Math.PI * radius_() ** 2));
    return chosen.near ? (part ? Math.max(own, 0.8) : own * 0.3) : own;
  };
  const place = (o) => ({ x: o.x * view.k + view.x, y: o.y * view.k + view.y });
  const spot = (i) => ({ x: data.x[i] * view.k + view.x, y: data.y[i] * view.k + view.y });
  const aiming = (x, y, k) => ({ k, x: width / 2 - x * k, y: height / 2 - y * k }); // a view with a place in its middle

  function whole() {
    const { left, right, top, bottom } = data;
    const k = Math.max(Math.min((width - 24) / (right - left), (height - 50) / (bottom - top)), 1e-9);
    return { k, x: width / 2 - (k * (left + right)) / 2, y: height / 2 + 6 - (k * (top + bottom)) / 2 };
  }

  function show(next, animation) {
    flight = animation && !calm.matches ? { from: view, to: next, start: performance.now() } : null;
    if (!flight) view = next;
    ask();
  }

  function fit(animation = false) {
    if (!width) return;
    touched = false;
    show(whole(), animation);
  }

  function zoom(factor, x, y) {
    const k = clamp(view.k * factor, whole().k / 2, Math.max(whole().k, 260 / data.spacing));
    view = { k, x: x - ((x - view.x) * k) / view.k, y: y - ((y - view.y) * k) / view.k };
    drifted();
  }

  function drifted() {
    [touched, flight, moved] = [true, null, performance.now()];
    ask();
  }

  function bring(id) {
    const disc = data.disc.get(id);
    touched = true;
    if (disc) return show(aiming(disc.x, disc.y, (0.86 * Math.min(width, height)) / (2 * disc.r)), true);
    const ends = locate(id).ends;
    if (!ends.length) return;
    const [x, y] = [data.x, data.y].map((axis) => ends.reduce((sum, i) => sum + axis[i], 0) / ends.length);
    const span = Math.max(...ends.map((i) => Math.hypot(data.x[i] - x, data.y[i] - y)));
    const near = Math.max(view.k, 40 / data.spacing);
    show(aiming(x, y, span ? Math.min(near, Math.min(width, height) / (2.6 * span)) : near), true);
  }

  // ---- what is chosen

  function locate(id) {
    if (id === null || data.disc.has(id)) return { id, ends: [], disc: data.disc.get(id) };
    const names = id.startsWith("link:") ? id.slice(5).split(" ") : [id];
    return { id, ends: names.map((name) => data.number().get(name)).filter((i) => i !== undefined) };
  }

  // With a mask of the points that stay while the others step back.
  function choose(id) {
    chosen = locate(id);
    const { ends, disc } = chosen;
    if (disc || ends.length) chosen.near = new Uint8Array(data.n);
    for (const i of ends) chosen.near[i] = 1;
    if (ends.length === 1) for (const i of data.neighbours(ends[0])) chosen.near[i] = 1;
    if (disc) {
      for (let i = 0; i < data.n; i++) chosen.near[i] = (data.x[i] - disc.x) ** 2 + (data.y[i] - disc.y) ** 2 <= disc.r ** 2;
    }
    plotted = null;
    ask();
  }

  function select(id, bringIntoView) {
    if ((id ?? null) === chosen.id) return;
    choose(id ?? null);
    if (bringIntoView && id && width) bring(id);
  }

  // ---- drawing

  function ask() {
    if (!asked && !gone) asked = requestAnimationFrame(frame);
  }

  function frame() {
    asked = 0;
    if (gone || !width || !height) return;
    if (devicePixelRatio !== dpr) resize();
    counters.frames += 1;
    if (flight) fly();
    if (stale()) plot();
    shown = compose();
    pen.setTransform(dpr, 0, 0, dpr, 0, 0);
    pen.clearRect(0, 0, width, height);
    for (const disc of shown.discs) draw(disc);
    blit(0);
    for (const line of shown.lines) draw(line);
    blit(1);
    for (const item of [...shown.marks, ...shown.texts]) draw(item);
  }

  // From one view to another along a straight way on screen.
  function fly() {
    const t = clamp((performance.now() - flight.start) / 350, 0, 1);
    const { from, to } = flight;
    const k = from.k * (to.k / from.k) ** smooth(0, 1, t);
    const way = Math.abs(to.k / from.k - 1) < 1e-3 ? smooth(0, 1, t) : (k - from.k) / (to.k - from.k);
    view = t < 1 ? { k, x: mix(from.x, to.x, way), y: mix(from.y, to.y, way) } : to;
    moved = performance.now();
    if (t < 1) ask();
    else flight = null;
  }

  // Whether the dots are to be drawn anew. Where that takes long they move and grow as a picture until the map is at rest.
  function stale() {
    if (!plotted) return true;
    const { view: then, pad, cost, at } = plotted;
    if (then.k === view.k && then.x === view.x && then.y === view.y) return false;
    const now = performance.now();
    if (cost <= SLOW_MS || now - moved >= REST_MS) return true;
    const { left, top, scale } = shifted();
    const covered = left <= 0 && top <= 0 && left + width * (1 + 2 * pad) * scale >= width && top + height * (1 + 2 * pad) * scale >= height;
    if (!covered && now - at > 4 * cost) return true;
    clearTimeout(rest);
    rest = setTimeout(ask, REST_MS);
    return false;
  }

  // Where the picture of the dots lies in the view of now.
  function shifted() {
    const { view: then, pad } = plotted;
    const scale = view.k / then.k;
    return { scale, left: (-pad * width - then.x) * scale + view.x, top: (-pad * height - then.y) * scale + view.y };
  }

  function blit(layer) {
    if (layer === 0 ? false : !chosen.near) return;
    const { scale, left, top } = shifted();
    pen.globalAlpha = 1;
    pen.drawImage(layers[layer], left, top, (layers[layer].width * scale) / dpr, (layers[layer].height * scale) / dpr);
  }

  function plot() {
    const start = performance.now();
    const pad = plotted?.cost > SLOW_MS ? 0.25 : 0;
    const [w, h] = [width, height].map((side) => Math.round(side * (1 + 2 * pad) * dpr));
    if (pixels?.width !== w || pixels?.height !== h) pixels = new ImageData(w, h);
    const plan = { w, h, k: view.k * dpr, x: (view.x + pad * width) * dpr, y: (view.y + pad * height) * dpr };
    dots(layers[0], plan, strength(0), 0);
    if (chosen.near) dots(layers[1], plan, strength(1), 1);
    const at = performance.now();
    plotted = { view, pad, cost: at - start, at };
  }

  // Dots pixel by pixel: with 100,000 of them many times as quick as paths. Shapes are paths, once one can tell them.
  function dots(layer, { w, h, k, x, y }, opacity, part) {
    const ink = new Uint32Array(pixels.data.buffer);
    ink.fill(0);
    const { near } = chosen;
    const off = data.groups.map((group) => hidden.has(group.id));
    const one = radius_() * dpr;
    const shaped = [];
    for (let n = 0; n < data.n; n++) {
      const i = data.rising[n];
      if (off[data.group[i]] || (near && near[i] !== part)) continue;
      const [cx, cy, r] = [data.x[i] * k + x, data.y[i] * k + y, one * data.weight[i]];
      if (!(cx > -r && cx < w + r && cy > -r && cy < h + r)) continue;
      if (data.shape[i] && r > 2 * dpr) {
        shaped.push(i);
        continue;
      }
      const [right, bottom] = [Math.min(w, cx + r + 1), Math.min(h, cy + r + 1)];
      for (let py = Math.max(0, Math.floor(cy - r)); py < bottom; py++) {
        for (let px = Math.max(0, Math.floor(cx - r)); px < right; px++) {
          const cover = r + 0.5 - Math.sqrt((px + 0.5 - cx) ** 2 + (py + 0.5 - cy) ** 2);
          if (cover <= 0) continue;
          const at = py * w + px;
          const was = ink[at] >>> 24;
          ink[at] = data.rgb[data.group[i]] | ((was + (255 - was) * opacity * Math.min(cover, 1)) << 24);
        }
      }
    }
    layer.width = w;
    layer.height = h;
    const brush = layer.getContext("2d");
    brush.putImageData(pixels, 0, 0);
    brush.globalAlpha = opacity;
    for (const i of shaped) {
      brush.fillStyle = data.groups[data.group[i]].colour;
      outline(brush, SHAPES[data.shape[i]], data.x[i] * k + x, data.y[i] * k + y, one * data.weight[i]);
      brush.fill();
    }
  }

  // All but the dots, in pixels of the screen, as items that `draw` and picture.js draw.
  function compose() {
    const view = { discs: [], lines: [], marks: [], texts: [], bubbles: [] };
    const taken = corner ? [corner] : [];
    const names = [];
    const crowded = 1 - smooth(9, 16, spacing()); // names stand in bubbles full of dots, above those with dots to tell
    const visit = (disc, strength) => {
      const { x, y } = place(disc);
      const r = disc.r * view_k();
      if (strength < 0.02 || x + r < 0 || x - r > width || y + r < 0 || y - r > height || r < 2) return;
      const open = smooth(0.33, 0.5, (2 * r) / Math.min(width, height));
      const own = chosen.id === disc.id;
      const warm = own || hovered?.disc === disc;
      view.discs.push({
        kind: "disc", x, y, r, colour: disc.colour, opacity: strength * mix(0.13, 0.05, open),
        stroke: own ? theme.accent : disc.colour, line: strength * (warm ? 1 : mix(0.5, 0.28, open)), width: warm ? 2 : 1,
      });
      view.bubbles.push({ disc, x, y, r, open });
      names.push({ disc, x, y, r, strength, aside: Math.max(open, 1 - crowded) > 0.5, open });
      for (const part of disc.parts) visit(part, strength * open);
    };
    data.roots.forEach((disc) => visit(disc, 1));
    emphasis(view, taken);
    names.sort((a, b) => (b.disc.id === chosen.id) - (a.disc.id === chosen.id) || a.disc.level - b.disc.level || b.disc.n - a.disc.n);
    for (const name of names) (name.aside ? above : within)(name, view, taken);
    labels(view, taken);
    return view;
  }
  const view_k = () => view.k;

  const free = (box, taken) => !taken.some((b) => box[0] < b[2] && b[0] < box[2] && box[1] < b[3] && b[1] < box[3]);

  // Rows of text around a place, if there is room for them; `y` is the middle of the first row.
  function write(rows, x, y, id, view, taken, always) {
    const half = Math.max(...rows.map((row) => measure(row))) / 2;
    x = clamp(x, half + 6, width - half - 6);
    let base = y;
    const placed = rows.map((row, n) => {
      if (n) base += row.size * 1.28;
      return { kind: "text", x, y: base + row.size * 0.35, halo: theme.background, font: theme.font, weight: 400, opacity: 1, ...row };
    });
    const box = [x - half - 4, y - rows[0].size * 0.7, x + half + 4, base + rows.at(-1).size * 0.7];
    if (box[1] < 0 || box[3] > height || (!always && !free(box, taken))) return false;
    taken.push(box);
    for (const text of placed) view.texts.push({ ...text, id, box });
    return true;
  }

  function measure({ text, size, weight = 400 }) {
    const key = `${weight} ${size} ${text}`;
    let wide = data.widths.get(key);
    if (wide === undefined) {
      pen.font = `${weight} ${size}px ${theme.font}`;
      data.widths.set(key, (wide = pen.measureText(text).width));
    }
    return wide;
  }

  // The name of a bubble in its middle, as many of its terms as there is room for.
  function within({ disc, x, y, r, strength }, view, taken) {
    if (r < 9) return;
    const colour = disc.id === chosen.id ? theme.accent : theme.text;
    const opacity = strength * (chosen.ends.length ? 0.55 : 1);
    const first = { size: disc.level === data.coarsest ? 14 : 13, weight: 600, colour, opacity };
    const other = { size: 12, colour, opacity: opacity * 0.85 };
    const count = { text: papers(disc.n), size: 11, colour, opacity: opacity * 0.7 };
    const terms = disc.label.split(" · ");
    for (let n = Math.min(terms.length, 3); n >= 0; n--) {
      const rows = [...wrap(terms[0], first, n ? 1.8 * r : 2.6 * r), ...terms.slice(1, n).flatMap((term) => wrap(term, other, 1.8 * r)), ...(n ? [count] : [])];
      const tall = rows.reduce((sum, row) => sum + row.size * 1.28, 0);
      const wide = Math.max(...rows.map(measure));
      if (n ? Math.hypot(tall, wide * 0.9) > 2 * r : wide > (disc.level === data.coarsest ? 4.4 : 3) * r) continue;
      if (write(rows, x, y - tall / 2 + rows[0].size * 0.64, disc.id, view, taken)) return;
    }
  }

  function wrap(text, look, wide) {
    const rows = [];
    for (const word of text.split(" ")) {
      const longer = { ...look, text: rows.length ? `${rows.at(-1).text} ${word}` : word };
      if (rows.length && measure(longer) <= wide) rows[rows.length - 1] = longer;
      else rows.push({ ...look, text: word });
    }
    return rows;
  }

  // The name of an opened bubble over its rim, or at the top of the canvas while one is inside.
  function above({ disc, x, y, r, strength, open }, view, taken) {
    const colour = disc.id === chosen.id ? theme.accent : theme.text;
    const terms = disc.label.split(" · ");
    const rim = y - r - 10;
    for (let n = terms.length; n > 0; n--) {
      const row = { text: terms.slice(0, n).join(" · "), size: 13, weight: 600, colour, opacity: strength * (chosen.ends.length ? 0.55 : 1) };
      const wide = measure(row);
      if (wide > 2.1 * r && (n > 1 || r < 20)) continue;
      for (const top of rim > 12 ? [rim] : [14, 32, 50]) {
        const inside = rim > 12 || (open > 0.5 && Math.hypot(clamp(x, wide / 2, width - wide / 2) - x, top - y) < r);
        if (inside && write([row], x, top, disc.id, view, taken)) return;
      }
    }
  }

  // What is chosen and what is pointed at: their lines and neighbours.
  function emphasis(view, taken) {
    const off = (i) => hidden.has(data.groups[data.group[i]].id);
    const line = (a, b, opacity, link) => {
      const [from, to] = [spot(a), spot(b)];
      view.lines.push({ kind: "line", x1: from.x, y1: from.y, x2: to.x, y2: to.y, colour: theme.accent, opacity, width: link ? 1.2 : 1, link });
    };
    const mark = (i, more) => ({ kind: "mark", shape: SHAPES[data.shape[i]], ...spot(i), r: radius(i), colour: data.groups[data.group[i]].colour, opacity: 1, ...more });
    const { ends } = chosen;
    const around = (i) => data.neighbours(i).slice(0, MOST_LINES).filter((j) => !off(j));
    const thin = (n) => clamp(6 / Math.sqrt(n + 1), 0.15, 0.7);
    if (ends.length === 2) line(...ends, 0.9, chosen.id);
    if (ends.length === 1) {
      const near = around(ends[0]);
      for (const j of near) {
        const link = data.shape[j] || data.shape[ends[0]] ? null : `link:${data.ids[ends[0]]} ${data.ids[j]}`;
        line(ends[0], j, thin(near.length), link);
      }
    }
    const point = hovered?.point;
    if (point !== undefined && !ends.includes(point)) {
      const near = around(point);
      for (const j of near) line(point, j, thin(near.length));
      for (const j of near) view.marks.push(mark(j));
      view.marks.push(mark(point, { ring: theme.text }));
    }
    for (const i of ends) {
      view.marks.push(mark(i, { ring: theme.accent, r: Math.max(radius(i), 4) }));
      name(i, view, taken, { colour: theme.accent, weight: 600, size: 13 }, true);
    }
    if (ends.length === 1) for (const j of around(ends[0]).slice(0, 24)) name(j, view, taken, {});
  }

  function name(i, view, taken, look, always = false) {
    const { x, y } = spot(i);
    const r = Math.max(radius(i), look.weight ? 6 : 0);
    if (x < -r || x > width + r || y < -r || y > height + r) return false;
    const row = { text: brief(data.labels[i]), size: 12, colour: theme.text, ...look };
    const side = measure(row) / 2 + r + 6;
    const spots = [[x, y + r + row.size], [x, y - r - row.size], [x + side, y], [x - side, y]];
    return spots.some(([tx, ty]) => write([row], tx, ty, data.ids[i], view, taken)) || (always && write([row], ...spots[0], data.ids[i], view, taken, true));
  }

  // The names of points, the largest first; a few where there are many points, all that have room where there are few.
  function labels(view, taken) {
    if (spacing() < 24 || chosen.ends.length) return;
    const seen = inside(2000);
    if (!seen) return;
    const most = seen.length > 150 ? 16 : 60;
    let written = 0;
    for (const i of seen.slice(0, 4 * most)) {
      if (chosen.near && !chosen.near[i]) continue;
      if (name(i, view, taken, { opacity: 0.92 }) && ++written >= most) return;
    }
  }

  // The points on screen, the largest first; null if they are too many.
  function inside(most = Infinity) {
    const off = data.groups.map((group) => hidden.has(group.id));
    const found = [];
    for (let n = data.n - 1; n >= 0; n--) {
      const i = data.rising[n];
      const [x, y] = [data.x[i] * view.k + view.x, data.y[i] * view.k + view.y];
      if (x > 0 && x < width && y > 0 && y < height && !off[data.group[i]]) found.push(i);
      if (found.length > most) return null;
    }
    return found;
  }

  function draw(item) {
    pen.globalAlpha = item.opacity;
    if (item.kind === "text") {
      pen.font = `${item.weight} ${item.size}px ${item.font}`;
      pen.textAlign = "center";
      pen.lineJoin = "round";
      pen.lineWidth = 3.5;
      pen.strokeStyle = item.halo;
      pen.strokeText(item.text, item.x, item.y);
      pen.fillStyle = item.colour;
      pen.fillText(item.text, item.x, item.y);
      return;
    }
    pen.beginPath();
    pen.lineWidth = item.width ?? 2;
    if (item.kind === "line") {
      pen.moveTo(item.x1, item.y1);
      pen.lineTo(item.x2, item.y2);
      pen.strokeStyle = item.colour;
      pen.stroke();
      return;
    }
    pen.fillStyle = item.colour;
    outline(pen, item.shape, item.x, item.y, item.r);
    pen.fill();
    if (item.kind === "disc") pen.globalAlpha = item.line;
    pen.strokeStyle = item.stroke ?? item.ring;
    if (item.ring) outline(pen, "dot", item.x, item.y, item.r * (item.shape === "dot" ? 1 : 1.4) + 3);
    if (pen.globalAlpha && (item.stroke || item.ring)) pen.stroke();
  }

  // ---- what lies under the pointer

  // Text lies over points, points over lines, all of them over bubbles; in a bubble full of dots it is the bubble that is meant.
  function pick(x, y) {
    if (!shown) return null;
    const text = shown.texts.find(({ box: [left, top, right, bottom] }) => x > left && x < right && y > top && y < bottom);
    if (text) return target(text.id);
    const bubble = shown.bubbles.findLast((b) => Math.hypot(x - b.x, y - b.y) < b.r);
    const full = bubble && spacing() < READABLE;
    const point = data.nearest((x - view.x) / view.k, (y - view.y) / view.k, 22 / view.k, (i) => {
      if ((full && !chosen.near?.[i]) || hidden.has(data.groups[data.group[i]].id)) return null;
      const at = spot(i);
      const gap = Math.hypot(at.x - x, at.y - y) - radius(i);
      return gap <= Math.min(4, 0.4 * spacing()) ? gap : null;
    });
    if (point !== null) return { id: data.ids[point], point };
    const line = shown.lines.find((l) => l.link && apart(x, y, l) < 4);
    if (line) return { id: line.link, line };
    return bubble ? { id: bubble.disc.id, disc: bubble.disc, opened: bubble.open > 0.5 } : null;
  }

  function target(id) {
    const disc = data.disc.get(id);
    return disc ? { id, disc } : { id, point: data.number().get(id) };
  }

  function about(found) {
    if (found.disc) return { title: found.disc.label, about: [papers(found.disc.n), "Double-click to look inside"] };
    if (found.line) return { title: found.id.slice(5).split(" ").map((id) => brief(data.labels[data.number().get(id)])).join(" – "), about: ["Click to see why they are linked"] };
    return { title: data.labels[found.point], about: [data.about[found.point]].filter(Boolean) };
  }

  function hover(found, x, y) {
    if (found?.opened) found = null; // one is inside: that is the ground
    const changed = found?.id !== hovered?.id;
    hovered = found;
    canvas.style.cursor = found ? "pointer" : "grab";
    on.hover?.(found && about(found), x, y);
    if (changed) ask();
  }

  // ---- hands

  const pressed = new Map();
  const last = { id: null, time: -1e9, x: 0, y: 0 };
  let timer;
  let dragged = false;
  const where = (event) => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const middle = () => {
    const [a, b = a] = [...pressed.values()];
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, span: Math.hypot(a.x - b.x, a.y - b.y) };
  };

  function down(event) {
    if (event.button) return;
    if (!pressed.size) dragged = false;
    else dragged = true; // two fingers never click
    canvas.setPointerCapture(event.pointerId);
    pressed.set(event.pointerId, { ...where(event), from: where(event) });
    hover(null);
  }

  function move(event) {
    const now = where(event);
    const finger = pressed.get(event.pointerId);
    if (!finger) {
      if (!flight && event.pointerType !== "touch") hover(pick(now.x, now.y), now.x, now.y);
      return;
    }
    if (!dragged && Math.hypot(now.x - finger.from.x, now.y - finger.from.y) < 4) return;
    const before = middle();
    Object.assign(finger, now);
    const after = middle();
    dragged = true;
    canvas.style.cursor = "grabbing";
    view = { ...view, x: view.x + after.x - before.x, y: view.y + after.y - before.y };
    if (before.span && after.span) zoom(after.span / before.span, after.x, after.y);
    drifted();
  }

  function up(event) {
    if (!pressed.delete(event.pointerId)) return;
    canvas.style.cursor = "grab";
    if (!dragged && event.type === "pointerup") click(where(event));
  }

  function click({ x, y }) {
    const found = pick(x, y);
    clearTimeout(timer);
    const again = performance.now() - last.time < DOUBLE_MS && Math.hypot(x - last.x, y - last.y) < 12;
    Object.assign(last, { time: again ? -1e9 : performance.now(), x, y });
    if (again) {
      if (found?.disc) bring(found.id);
      if (found && !found.line) on.open?.(found.id);
      return;
    }
    const id = !found || found.opened ? null : found.id;
    if (id === null && chosen.id === null) return; // nothing was chosen, nothing is let go
    timer = setTimeout(() => on.select(id), id === null ? 0 : CLICK_MS);
  }

  function wheel(event) {
    event.preventDefault();
    const { x, y } = where(event);
    zoom(Math.exp(-clamp(event.deltaY * [1, 20, 300][event.deltaMode], -300, 300) * 0.0018), x, y);
    hover(null);
  }

  function key(event) {
    const step = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (step) {
      view = { ...view, x: view.x + step[0], y: view.y + step[1] };
      drifted();
    } else if (event.key === "+" || event.key === "=") zoom(1.3, width / 2, height / 2);
    else if (event.key === "-") zoom(1 / 1.3, width / 2, height / 2);
    else if (event.key === "0") fit(true);
    else if (event.key === "Enter" && chosen.id && !chosen.id.startsWith("link:")) {
      if (chosen.disc) bring(chosen.id);
      on.open?.(chosen.id);
    } else if (event.key === "Escape" && chosen.id !== null) on.select(null);
    else return;
    event.preventDefault();
  }

  const events = { pointerdown: down, pointermove: move, pointerup: up, pointercancel: up, wheel, keydown: key, pointerleave: () => hover(null) };
  for (const [name, act] of Object.entries(events)) canvas.addEventListener(name, act, { passive: false });

  // ---- from outside

  // Its place has no size in a tab that isn't shown yet; until somebody moves the map it follows the size.
  function resize() {
    const first = !width;
    const before = [width, height];
    [width, height, dpr] = [host.clientWidth, host.clientHeight, devicePixelRatio];
    if (!width || !height) return;
    canvas.width = Math.round(width * dpr);
    canvas.height = Math.round(height * dpr);
    const tools = host.parentElement?.querySelector(".gx-tools");
    corner = tools ? [width - tools.offsetWidth - 14, 0, width, tools.offsetHeight + 12] : null;
    if (!touched || first) view = whole();
    else view = { ...view, x: view.x + (width - before[0]) / 2, y: view.y + (height - before[1]) / 2 };
    flight = null;
    plotted = null;
  }
  const observer = new ResizeObserver(() => {
    if (gone || (host.clientWidth === width && host.clientHeight === height)) return;
    resize();
    if (width && height) frame(); // at once: a canvas is blank after its size was set
  });

  function retheme() {
    const style = getComputedStyle(host);
    const look = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
    const now = {
      text: look("--st-text-color", "#222"),
      background: look("--st-background-color", "#fff"),
      accent: look("--st-primary-color", "#3b82c4"),
      font: style.fontFamily || "sans-serif",
    };
    if (JSON.stringify(now) === JSON.stringify(theme)) return;
    theme = now;
    data.widths.clear();
    ask();
  }

  function update(fresh) {
    counters.updated += 1;
    data = read(fresh);
    hovered = null;
    choose(chosen.id);
  }

  function hide(groups) {
    if (groups.size === hidden.size && [...groups].every((group) => hidden.has(group))) return;
    hidden = new Set(groups);
    plotted = null;
    ask();
  }

  function scene() {
    if (!shown) return { width, height, background: theme.background, items: [] };
    const dots = [0, 1].map((part) =>
      inside().reverse().filter((i) => (chosen.near?.[i] ?? 0) === part)
        .map((i) => ({ kind: "mark", shape: radius(i) > 2 ? SHAPES[data.shape[i]] : "dot", ...spot(i), r: radius(i), colour: data.groups[data.group[i]].colour, opacity: strength(part) })));
    return { width, height, background: theme.background, items: [...shown.discs, ...dots[0], ...shown.lines, ...dots[1], ...shown.marks, ...shown.texts] };
  }

  function destroy() {
    if (gone) return;
    counters.destroyed += 1;
    gone = true;
    clearTimeout(timer);
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
    fit, select, update, retheme, hide, destroy, counters, scene, pick,
    open: (id) => width && bring(id),
    canvas: () => canvas,
    view: () => ({ ...view }),
    where: (id) => (data.disc.has(id) ? place(data.disc.get(id)) : spot(data.number().get(id))),
  };
}

function outline(pen, shape, x, y, r) {
  pen.beginPath();
  if (!CORNERS[shape]) return pen.arc(x, y, r, 0, 2 * Math.PI);
  for (const [dx, dy] of CORNERS[shape]) pen.lineTo(x + dx * r, y + dy * r);
  return pen.closePath();
}

function apart(x, y, { x1, y1, x2, y2 }) {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const t = clamp(((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy || 1), 0, 1);
  return Math.hypot(x - x1 - t * dx, y - y1 - t * dy);
}

function brief(title) {
  const name = title.split(": ")[0];
  const text = name.length > 1 && name.length <= LONGEST_LABEL ? name : title;
  return text.length <= LONGEST_LABEL ? text : `${text.slice(0, LONGEST_LABEL - 1).replace(/\s+\S*$/, "")}…`;
}

function unpack(text, Type) {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return new Type(bytes.buffer);
}

// A model with what drawing needs; what only a pointer needs is made when it is first asked for.
function read({ points, edges, groups, discs }) {
  const n = points.n;
  const [x, y] = [unpack(points.x, Float32Array), unpack(points.y, Float32Array)];
  const size = unpack(points.size, Uint8Array);
  const rows = discs.map((disc) => ({ ...disc, id: `community:${disc.id.replace(/^community:/, "")}`, key: disc.id, parts: [] }));
  const known = new Map(rows.map((disc) => [disc.key, disc]));
  for (const disc of rows) known.get(disc.parent)?.parts.push(disc);
  const roots = rows.filter((disc) => !known.has(disc.parent));
  const around = roots.length ? roots : Array.from(x, (_, i) => ({ x: x[i], y: y[i], r: 0 }));
  const [left, right] = [least(around, (o) => o.x - o.r), -least(around, (o) => -o.x - o.r)];
  const [top, bottom] = [least(around, (o) => o.y - o.r), -least(around, (o) => -o.y - o.r)];
  const leaves = rows.filter((disc) => !disc.parts.length).reduce((sum, disc) => sum + Math.PI * disc.r ** 2, 0);
  const area = Math.min(leaves || Infinity, (right - left) * (bottom - top)) || 1;
  return {
    n, x, y, groups, roots, left, right, top, bottom,
    ids: points.ids, labels: points.labels, about: points.about,
    group: unpack(points.group, Uint16Array),
    shape: unpack(points.shape, Uint8Array),
    weight: Float32Array.from(size, (value) => 0.7 + 1.9 * Math.sqrt(value / 255)),
    rising: ordered(size, 256).order,
    rgb: groups.map(({ colour }) => parseInt(colour.slice(5, 7) + colour.slice(3, 5) + colour.slice(1, 3), 16)),
    disc: new Map(rows.map((disc) => [disc.id, disc])),
    coarsest: Math.min(...roots.map((disc) => disc.level)),
    spacing: Math.sqrt(area / Math.max(n, 1)),
    widths: new Map(),
    number: once(() => new Map(points.ids.map((id, i) => [id, i]))),
    neighbours: adjacency(n, edges, size),
    nearest: grid(n, x, y, Math.sqrt(area / Math.max(n, 1)) * 2),
  };
}

function least(rows, value) {
  return rows.reduce((low, row) => Math.min(low, value(row)), Infinity);
}

function once(make) {
  let made;
  return () => (made ??= make());
}

// Numbers in the order of their keys, and where every key starts.
function ordered(keys, n) {
  const start = new Uint32Array(n + 1);
  for (let i = 0; i < keys.length; i++) start[keys[i] + 1] += 1;
  for (let key = 0; key < n; key++) start[key + 1] += start[key];
  const order = new Uint32Array(keys.length);
  const next = start.slice();
  for (let i = 0; i < keys.length; i++) order[next[keys[i]]++] = i;
  return { start, order };
}

// The neighbours of a point, the largest first.
function adjacency(n, edges, size) {
  const made = once(() => {
    const [source, target] = [unpack(edges.source, Uint32Array), unpack(edges.target, Uint32Array)];
    const both = new Uint32Array(2 * source.length);
    both.set(source);
    both.set(target, source.length);
    return { source, target, ...ordered(both, n) };
  });
  return (i) => {
    const { source, target, start, order } = made();
    const m = source.length;
    const found = Array.from(order.subarray(start[i], start[i + 1]), (end) => (end < m ? target[end] : source[end - m]));
    return [...new Set(found)].sort((a, b) => size[b] - size[a]);
  };
}

// The point around a place with the lowest score; a score of null leaves a point out.
function grid(n, x, y, cell) {
  const made = once(() => {
    const [left, top] = [x.reduce((a, b) => Math.min(a, b), Infinity), y.reduce((a, b) => Math.min(a, b), Infinity)];
    const across = x.reduce((a, b) => Math.max(a, b), -Infinity) - left;
    const down = y.reduce((a, b) => Math.max(a, b), -Infinity) - top;
    const step = Math.max(cell, Math.sqrt((across * down) / (4 * n)), 1e-6);
    const [columns, rows] = [Math.floor(across / step) + 1, Math.floor(down / step) + 1];
    const keys = new Uint32Array(n);
    for (let i = 0; i < n; i++) keys[i] = Math.floor((y[i] - top) / step) * columns + Math.floor((x[i] - left) / step);
    return { left, top, step, columns, rows, ...ordered(keys, columns * rows) };
  });
  return (px, py, reach, score) => {
    if (!n) return null;
    const { left, top, step, columns, rows, start, order } = made();
    const range = (p, low, most) => [clamp(Math.floor((p - reach - low) / step), 0, most), clamp(Math.floor((p + reach - low) / step) + 1, 0, most)];
    const [[x0, x1], [y0, y1]] = [range(px, left, columns), range(py, top, rows)];
    let [best, lowest] = [null, Infinity];
    for (let row = y0; row < y1; row++) {
      for (const i of order.subarray(start[row * columns + x0], start[row * columns + x1])) {
        const now = score(i);
        if (now !== null && now < lowest) [best, lowest] = [i, now];
      }
    }
    return best;
  };
}
