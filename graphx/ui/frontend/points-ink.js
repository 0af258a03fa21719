// How a map of many points is put on a canvas: its dots pixel by pixel, everything else as items of a scene.

const SHAPES = ["dot", "diamond", "square", "triangle", "star"];
const polygon = (n, outer, turn = 0, inner = outer) =>
  Array.from({ length: n }, (_, i) => {
    const [angle, r] = [((360 / n) * i + turn - 90) * (Math.PI / 180), i % 2 ? inner : outer];
    return [r * Math.cos(angle), r * Math.sin(angle)];
  });
const CORNERS = { diamond: polygon(4, 1.25), square: polygon(4, 1.25, 45), triangle: polygon(3, 1.4), star: polygon(10, 1.5, 0, 0.65) };

export const clamp = (value, low, high) => Math.max(low, Math.min(high, value));
export const smooth = (from, to, value) => ((t) => t * t * (3 - 2 * t))(clamp((value - from) / (to - from), 0, 1));
export const mix = (a, b, t) => a + (b - a) * t;

// Pixels between points, about, and what follows from it.
export const spacing = (map) => map.data.spacing * map.view.k;
const unit = (map) => clamp(0.27 * spacing(map) ** 0.75, 0.5, 7);
export const radius = (map, i) => unit(map) * map.data.weight[i];
export const spot = ({ data, view }, i) => ({ x: data.x[i] * view.k + view.x, y: data.y[i] * view.k + view.y });

export const mark = (map, i, opacity) => ({
  kind: "mark", shape: radius(map, i) > 2 ? SHAPES[map.data.shape[i]] : "dot", ...spot(map, i), r: radius(map, i),
  colour: map.data.groups[map.data.group[i]].colour, opacity,
});

/** Return how opaque dots are: where they lie on one another they show through, so that names can be read over them. */
export function opacity(map, part) {
  const own = Math.min(mix(0.5, 0.92, smooth(2, 14, spacing(map))), (0.6 * spacing(map) ** 2) / (Math.PI * unit(map) ** 2));
  return !map.chosen.near ? own : part ? Math.max(own, 0.8) : own * 0.3;
}

/** Return the points on screen, the largest first; none if they are more than so many. */
export function inside({ data, view, width, height, off }, most = Infinity) {
  const found = [];
  for (let n = data.rising.length - 1; n >= 0; n--) {
    const i = data.rising[n];
    const [x, y] = [data.x[i] * view.k + view.x, data.y[i] * view.k + view.y];
    if (x > 0 && x < width && y > 0 && y < height && !off[data.group[i]] && found.push(i) > most) return [];
  }
  return found;
}

let pixels = null;

/**
 * Draw the dots: pixel by pixel, because of 100,000 that is many times as quick as paths; shapes that one can tell as paths.
 * @param layer canvas to put them on, made as large as the screen and `pad` of it beyond every edge
 * @param part 1 the points that stay while others step back, 0 those others, or all if nothing is chosen
 */
export function plot(map, layer, pad, part) {
  const { data, view, width, height, dpr, off, chosen: { near } } = map;
  const [w, h] = [width, height].map((side) => Math.round(side * (1 + 2 * pad) * dpr));
  if (pixels?.width !== w || pixels?.height !== h) pixels = new ImageData(w, h);
  const ink = new Uint32Array(pixels.data.buffer).fill(0);
  const [k, left, top] = [view.k * dpr, (view.x + pad * width) * dpr, (view.y + pad * height) * dpr];
  const [size, strength] = [unit(map) * dpr, opacity(map, part)];
  const shaped = [];
  for (const i of data.rising) {
    if (off[data.group[i]] || (near && near[i] !== part)) continue;
    const r = size * data.weight[i];
    const [x, y] = [data.x[i] * k + left, data.y[i] * k + top];
    if (!(x > -r && x < w + r && y > -r && y < h + r)) continue;
    if (data.shape[i] && r > 2 * dpr) {
      shaped.push([i, x, y, r]);
      continue;
    }
    const [right, bottom, colour] = [Math.min(w, x + r + 1), Math.min(h, y + r + 1), data.rgb[data.group[i]]];
    for (let py = Math.max(0, Math.floor(y - r)); py < bottom; py++) {
      for (let px = Math.max(0, Math.floor(x - r)); px < right; px++) {
        const cover = r + 0.5 - Math.sqrt((px + 0.5 - x) ** 2 + (py + 0.5 - y) ** 2); // of a pixel by the dot
        if (cover <= 0) continue;
        const was = ink[py * w + px] >>> 24;
        ink[py * w + px] = colour | ((was + (255 - was) * strength * Math.min(cover, 1)) << 24);
      }
    }
  }
  Object.assign(layer, { width: w, height: h });
  const pen = layer.getContext("2d");
  pen.putImageData(pixels, 0, 0);
  pen.globalAlpha = strength;
  for (const [i, x, y, r] of shaped) {
    pen.fillStyle = data.groups[data.group[i]].colour;
    outline(pen, SHAPES[data.shape[i]], x, y, r);
    pen.fill();
  }
}

/** Draw an item of a scene. */
export function draw(pen, item) {
  pen.globalAlpha = item.opacity;
  pen.fillStyle = item.colour;
  pen.strokeStyle = item.halo ?? item.stroke ?? item.ring ?? item.colour;
  pen.lineWidth = item.width ?? 2;
  if (item.kind === "text") {
    Object.assign(pen, { font: `${item.weight} ${item.size}px ${item.font}`, textAlign: "center", lineJoin: "round", lineWidth: 3.5 });
    pen.strokeText(item.text, item.x, item.y);
    pen.fillText(item.text, item.x, item.y);
  } else if (item.kind === "line") {
    pen.beginPath();
    pen.moveTo(item.x1, item.y1);
    pen.lineTo(item.x2, item.y2);
    pen.stroke();
  } else {
    outline(pen, item.shape, item.x, item.y, item.r);
    pen.fill();
    if (item.line) pen.globalAlpha = item.line;
    if (item.ring) outline(pen, "dot", item.x, item.y, item.r + 3);
    if (item.line || item.ring) pen.stroke();
  }
}

function outline(pen, shape, x, y, r) {
  pen.beginPath();
  if (!CORNERS[shape]) pen.arc(x, y, r, 0, 2 * Math.PI);
  else for (const [dx, dy] of CORNERS[shape]) pen.lineTo(x + dx * r, y + dy * r);
  pen.closePath();
}
