// What of a map of many points is on screen, but for the dots: bubbles, the names that have room, and the lines and
// neighbours of what is chosen or pointed at. From afar communities are named bubbles; a bubble that has grown opens
// into the communities in it; points have names once few are on screen.

import { clamp, inside, mark, mix, radius, smooth, spacing, spot } from "./points-ink.js";

export const APART = 6; // pixels between points, from which on one of them can be pointed at
const MOST_LINES = 600; // of one point: those to its largest neighbours
const LONGEST_LABEL = 42;
const LEADING = 1.28;

/** Return `discs`, `lines`, `marks` and `texts` as items of a scene, and `bubbles`: where the discs are, the inner ones last. */
export function compose(map) {
  const scene = { discs: [], lines: [], marks: [], texts: [], bubbles: [], taken: map.tools ? [map.tools] : [] };
  for (const disc of map.data.roots) bubble(map, scene, disc, 1);
  emphasise(map, scene);
  trail(map, scene);
  const rank = ({ disc }) => (disc.id === map.chosen.id ? -1 : disc.level);
  const named = scene.bubbles.filter((b) => b.strength > 0.4).sort((a, b) => rank(a) - rank(b) || b.disc.n - a.disc.n);
  for (const b of named) (b.open > 0.5 || spacing(map) > 12 ? over : within)(map, scene, b);
  if (spacing(map) < 14 || map.chosen.ends.length) return scene;
  const seen = inside(map, 1500);
  const few = seen.length <= 150;
  if (few) scene.taken.push(...seen.map((i) => square(map, i)));
  let left = few ? 60 : 18; // of few as many as there is room for beside their dots, of many the largest over dots
  for (const i of seen.slice(0, 4 * left)) if (left && map.chosen.near?.[i] !== 0 && name(map, scene, i)) left -= 1;
  return scene;
}

export const papers = (n) => `${n.toLocaleString("en")} paper${n === 1 ? "" : "s"}`;

/** Return a title's name before the colon, or its start. */
export function brief(title) {
  const start = title.split(": ")[0];
  const text = start.length > 1 && start.length <= LONGEST_LABEL ? start : title;
  return text.length <= LONGEST_LABEL ? text : `${text.slice(0, LONGEST_LABEL - 1).replace(/\s+\S*$/, "")}…`;
}

function bubble(map, scene, disc, strength) {
  const { view, width, height, theme, chosen, hovered } = map;
  const [x, y, r] = [disc.x * view.k + view.x, disc.y * view.k + view.y, disc.r * view.k];
  if (strength < 0.02 || r < 2 || x + r < 0 || x - r > width || y + r < 0 || y - r > height) return;
  const open = smooth(0.33, 0.5, (2 * r) / Math.min(width, height));
  const own = chosen.id === disc.id;
  const warm = own || hovered?.disc === disc;
  scene.discs.push({
    kind: "disc", x, y, r, colour: disc.colour, opacity: strength * mix(0.13, 0.05, open),
    stroke: own ? theme.accent : disc.colour, line: strength * (warm ? 1 : mix(0.5, 0.28, open)), width: warm ? 2 : 1,
  });
  scene.bubbles.push({ disc, x, y, r, strength, open, rim: y - r - 10 });
  for (const part of disc.parts) bubble(map, scene, part, strength * open);
}

function emphasise(map, scene) {
  const { data, chosen: { id, ends }, hovered, off, theme } = map;
  const line = (a, b, opacity, link) => {
    const [from, to] = [spot(map, a), spot(map, b)];
    scene.lines.push({ kind: "line", x1: from.x, y1: from.y, x2: to.x, y2: to.y, colour: theme.accent, opacity, width: 1, link });
  };
  const fan = (i, links) => {
    const near = data.neighbours(i).slice(0, MOST_LINES).filter((j) => !off[data.group[j]]);
    const link = (j) => (links && !data.shape[i] && !data.shape[j] ? `link:${data.ids[i]} ${data.ids[j]}` : null);
    for (const j of near) line(i, j, clamp(4 / Math.sqrt(near.length), 0.1, 0.7), link(j));
    return near;
  };
  if (ends.length === 2) line(...ends, 0.9, id);
  const near = ends.length === 1 ? fan(ends[0], true) : [];
  const point = hovered?.point;
  if (point !== undefined && !ends.includes(point)) {
    scene.marks.push(...fan(point, false).map((j) => mark(map, j, 1)), { ...mark(map, point, 1), ring: theme.text });
  }
  for (const i of ends) {
    scene.marks.push({ ...mark(map, i, 1), r: Math.max(radius(map, i), 4), ring: theme.accent });
    name(map, scene, i, { colour: theme.accent, weight: 600, size: 13 });
  }
  if (near.length < 30 || spacing(map) > APART) for (const j of near.slice(0, 24)) name(map, scene, j);
}

// The way down to where one is, in the corner: what has opened around the middle and has its own name out of sight.
function trail(map, scene) {
  const { width, height, tools } = map;
  let x = 12;
  for (const b of scene.bubbles) {
    if (b.open < 0.5 || b.rim > 12 || Math.hypot(b.x - width / 2, b.y - height / 2) > b.r) continue;
    const row = { text: `${b.disc.label.split(" · ")[0]} ›`, size: 13, weight: 600, ...ink(map, b.disc, 0.85 * b.open) };
    const wide = measure(map, row);
    if (write(map, scene, [row], x + wide / 2, tools && width < 640 ? tools[3] + 10 : 18, b.disc.id)) x += wide + 8;
  }
}

const ink = ({ chosen, theme }, disc, opacity) => ({
  colour: disc.id === chosen.id ? theme.accent : theme.text, opacity: opacity * (chosen.ends.length ? 0.55 : 1),
});

// The name of a bubble in its middle: as many of its terms as there is room for, and the number of papers.
function within(map, scene, { disc, x, y, r, strength }) {
  if (r < 9) return;
  const outer = disc.parent === undefined;
  const terms = disc.label.split(" · ");
  const first = { size: outer ? 14 : 13, weight: 600, ...ink(map, disc, strength) };
  const other = { size: 12, ...ink(map, disc, 0.85 * strength) };
  const count = { text: papers(disc.n), size: 11, ...ink(map, disc, 0.7 * strength) };
  const inner = [3, 2, 1].filter((n) => n <= terms.length).map((n) => ({
    rows: [...wrap(map, terms[0], first, 1.8 * r), ...terms.slice(1, n).flatMap((term) => wrap(map, term, other, 1.8 * r)), count], inner: true,
  }));
  const bare = [first, { ...first, size: 11 }].map((look) => ({ rows: wrap(map, terms[0], look, 2.6 * r) })); // may stick out
  for (const { rows, inner: fits } of [...inner, ...bare]) {
    const tall = rows.reduce((sum, row) => sum + row.size * LEADING, 0);
    const wide = Math.max(...rows.map((row) => measure(map, row)));
    if (fits ? Math.hypot(tall, wide * 0.9) > 2 * r : wide > (outer ? 4.4 : 3) * r) continue;
    const [tx, ty] = [keep(x, wide / 2 + 6, map.width), keep(y, tall / 2 + 4, map.height)];
    if (Math.hypot(tx - x, ty - y) < 0.7 * r && write(map, scene, rows, tx, ty - (tall - rows[0].size * LEADING) / 2, disc.id)) return;
  }
}

// A name at the edge moves in rather than being cut.
const keep = (place, margin, side) => clamp(place, margin, Math.max(margin, side - margin));

// The name of an opened bubble, or of one whose dots one can tell, over its rim.
function over(map, scene, { disc, x, r, rim, strength }) {
  const terms = disc.label.split(" · ");
  for (let n = terms.length; n > 0; n--) {
    const row = { text: terms.slice(0, n).join(" · "), size: 13, weight: 600, ...ink(map, disc, strength) };
    const wide = measure(map, row);
    const tx = keep(x, wide / 2 + 6, map.width);
    if ((n === 1 || wide < 2.1 * r) && Math.abs(tx - x) < 0.7 * r && write(map, scene, [row], tx, rim, disc.id)) return;
  }
}

// The name of a point, on the first side of it that has room; what has a look of its own is always named.
function name(map, scene, i, look) {
  const { x, y } = spot(map, i);
  const r = look ? Math.max(radius(map, i), 4) + 3 : radius(map, i);
  if (x < -r || x > map.width + r || y < -r || y > map.height + r) return false;
  const row = { text: brief(map.data.labels[i]), size: 12, colour: map.theme.text, opacity: 0.92, ...look };
  const side = measure(map, row) / 2 + r + 5;
  const spots = [[x, y + r + 9], [x, y - r - 9], [x + side, y], [x - side, y]];
  const id = map.data.ids[i];
  return spots.some((at) => write(map, scene, [row], ...at, id)) || (look && write(map, scene, [row], ...spots[0], id, true));
}

function square(map, i) {
  const [{ x, y }, r] = [spot(map, i), 0.7 * radius(map, i)];
  return [x - r, y - r, x + r, y + r];
}

// Write rows of text, the first around a place, if there is room for all of them; tell whether there was.
function write(map, scene, rows, x, y, id, always = false) {
  const top = y - (rows[0].size * LEADING) / 2;
  const half = Math.max(...rows.map((row) => measure(map, row))) / 2;
  let bottom = top;
  const texts = rows.map((row) => {
    bottom += row.size * LEADING;
    return { kind: "text", halo: map.theme.background, font: map.theme.font, weight: 400, ...row, x, y: bottom - row.size * 0.29, id };
  });
  const box = [x - half - 4, top, x + half + 4, bottom];
  const free = scene.taken.every((b) => box[0] >= b[2] || b[0] >= box[2] || box[1] >= b[3] || b[1] >= box[3]);
  if (!always && !(free && box[0] >= 0 && box[2] <= map.width && top >= 0 && bottom <= map.height)) return false;
  scene.taken.push(box);
  scene.texts.push(...texts.map((text) => ({ ...text, box })));
  return true;
}

function wrap(map, text, look, wide) {
  const rows = [];
  for (const word of text.split(" ")) {
    const longer = { ...look, text: rows.length ? `${rows.at(-1).text} ${word}` : word };
    if (rows.length && measure(map, longer) <= wide) rows.pop();
    else longer.text = word;
    rows.push(longer);
  }
  return rows;
}

const pen = document.createElement("canvas").getContext("2d");
const widths = new Map();

function measure({ theme }, { text, size, weight = 400 }) {
  const font = `${weight} ${size}px ${theme.font}`;
  const key = font + text;
  if (widths.size > 20_000) widths.clear();
  if (!widths.has(key)) {
    pen.font = font;
    widths.set(key, pen.measureText(text).width);
  }
  return widths.get(key);
}
