// The model of a map of many points, unpacked, and what is found in it by number: neighbours, and what is near a place.

/** Return a model with all that drawing needs; what only a pointer needs is made when it is first asked for. */
export function read({ points, edges, groups, discs }) {
  const [x, y] = [unpack(points.x, Float32Array), unpack(points.y, Float32Array)];
  const size = unpack(points.size, Uint8Array);
  const nested = nest(discs);
  const roots = nested.filter((disc) => !disc.parent);
  const sides = (axis) => roots.flatMap((disc) => [disc[axis] - disc.r, disc[axis] + disc.r]);
  const bounds = roots.length ? extent(sides("x"), sides("y")) : extent(x, y);
  const within = nested.filter((disc) => !disc.parts.length).reduce((sum, disc) => sum + Math.PI * disc.r ** 2, 0);
  const area = Math.min(within || Infinity, (bounds.right - bounds.left) * (bounds.bottom - bounds.top)) || 1;
  const spacing = Math.sqrt(area / Math.max(x.length, 1)); // between points, about
  return {
    x, y, groups, roots, bounds, spacing, ids: points.ids, labels: points.labels, about: points.about,
    group: unpack(points.group, Uint16Array),
    shape: unpack(points.shape, Uint8Array),
    weight: Float32Array.from(size, (value) => 0.7 + 1.9 * Math.sqrt(value / 255)),
    rising: ordered(size, 256).order,
    rgb: groups.map(({ colour }) => parseInt(colour.slice(5, 7) + colour.slice(3, 5) + colour.slice(1, 3), 16)),
    disc: new Map(nested.map((disc) => [disc.id, disc])),
    number: once(() => new Map(points.ids.map((id, i) => [id, i]))),
    neighbours: adjacency(edges, size),
    nearest: grid(x, y, 2 * spacing),
  };
}

function unpack(text, Numbers) {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return new Numbers(bytes.buffer);
}

// Discs with their parent and parts, if these are in the model; ids as they are chosen by.
function nest(discs) {
  const known = new Map(discs.map((disc) => [disc.id, { ...disc, id: `community:${disc.id.replace(/^community:/, "")}`, parts: [] }]));
  for (const disc of known.values()) {
    disc.parent = known.get(disc.parent);
    disc.parent?.parts.push(disc);
  }
  return [...known.values()];
}

function extent(x, y) {
  const range = (axis) => axis.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
  const [[left, right], [top, bottom]] = [range(x), range(y)];
  return { left, top, right, bottom };
}

function once(make) {
  let made;
  return () => (made ??= make());
}

// The places of keys, in the order of the keys, and where every key starts.
function ordered(keys, n) {
  const start = new Uint32Array(n + 1);
  for (const key of keys) start[key + 1] += 1;
  for (let key = 0; key < n; key++) start[key + 1] += start[key];
  const [order, next] = [new Uint32Array(keys.length), start.slice()];
  for (let i = 0; i < keys.length; i++) order[next[keys[i]]++] = i;
  return { start, order };
}

// The neighbours of a point, the largest first.
function adjacency(edges, size) {
  const made = once(() => {
    const [source, target] = [unpack(edges.source, Uint32Array), unpack(edges.target, Uint32Array)];
    const ends = new Uint32Array(2 * source.length);
    ends.set(source);
    ends.set(target, source.length);
    return { source, target, found: new Map(), ...ordered(ends, size.length) };
  });
  return (i) => {
    const { source, target, found, start, order } = made();
    if (found.has(i)) return found.get(i); // it is asked for in every frame
    const m = source.length;
    const ends = Array.from(order.subarray(start[i], start[i + 1]), (end) => (end < m ? target[end] : source[end - m]));
    if (found.size > 100) found.clear();
    found.set(i, [...new Set(ends)].sort((a, b) => size[b] - size[a]));
    return found.get(i);
  };
}

// The point around a place that has the lowest finite score.
function grid(x, y, cell) {
  const made = once(() => {
    const { left, top, right, bottom } = extent(x, y);
    const step = Math.max(cell, Math.sqrt(((right - left) * (bottom - top)) / (4 * x.length)), 1e-6);
    const [columns, rows] = [Math.floor((right - left) / step) + 1, Math.floor((bottom - top) / step) + 1];
    const keys = Uint32Array.from(x, (px, i) => Math.floor((y[i] - top) / step) * columns + Math.floor((px - left) / step));
    return { left, top, step, columns, rows, ...ordered(keys, columns * rows) };
  });
  return (px, py, reach, score) => {
    if (!x.length) return null;
    const { left, top, step, columns, rows, start, order } = made();
    const cells = (from, low, most) => [0, 1].map((end) => {
      const place = Math.floor((from + (end ? reach : -reach) - low) / step) + end;
      return Math.max(0, Math.min(most, place));
    });
    const [[x0, x1], [y0, y1]] = [cells(px, left, columns), cells(py, top, rows)];
    let [best, lowest] = [null, Infinity];
    for (let row = y0; row < y1; row++) {
      for (const i of order.subarray(start[row * columns + x0], start[row * columns + x1])) {
        const now = score(i);
        if (now < lowest) [best, lowest] = [i, now];
      }
    }
    return best;
  };
}
