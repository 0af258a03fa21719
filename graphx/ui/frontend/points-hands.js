// What a visitor does with a map on a canvas, by mouse, fingers and keyboard, as few gestures.

const CLICK_MS = 100; // a click waits that long for a second one
const DOUBLE_MS = 350; // a second click within it makes a double click

/**
 * Listen to a canvas.
 * @param on pan(dx, dy), zoom(factor, x, y), hover(x, y) or hover(null), click(x, y): a function that tells it or null,
 *   double(x, y), keys: functions by the name of the key
 * @returns a function that takes back a click that still waits
 */
export function listen(canvas, on) {
  const pressed = new Map();
  let last = { time: -1e9, x: 0, y: 0 };
  let [timer, dragged] = [0, false];
  const where = (event) => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const fingers = () => {
    const [a, b = a] = [...pressed.values()];
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, span: Math.hypot(a.x - b.x, a.y - b.y) };
  };

  function down(event) {
    if (event.button) return;
    dragged = pressed.size > 0; // two fingers don't click
    canvas.setPointerCapture(event.pointerId);
    pressed.set(event.pointerId, where(event));
    on.hover(null);
  }

  function move(event) {
    const now = where(event);
    const finger = pressed.get(event.pointerId);
    if (!finger && event.pointerType !== "touch") on.hover(now.x, now.y);
    if (!finger || (!dragged && Math.hypot(now.x - finger.x, now.y - finger.y) < 4)) return;
    const before = fingers();
    Object.assign(finger, now);
    const after = fingers();
    dragged = true;
    canvas.style.cursor = "grabbing";
    on.pan(after.x - before.x, after.y - before.y);
    if (before.span && after.span) on.zoom(after.span / before.span, after.x, after.y);
  }

  function up(event) {
    if (!pressed.delete(event.pointerId)) return;
    canvas.style.cursor = "grab";
    if (!dragged && event.type === "pointerup") click(where(event));
  }

  function click({ x, y }) {
    const now = performance.now();
    const twice = now - last.time < DOUBLE_MS && Math.hypot(x - last.x, y - last.y) < 12;
    last = { time: twice ? -1e9 : now, x, y };
    clearTimeout(timer);
    if (twice) on.double(x, y);
    else timer = setTimeout(on.click(x, y), CLICK_MS);
  }

  function wheel(event) {
    event.preventDefault();
    const { x, y } = where(event);
    const pixels = event.deltaY * [1, 20, 300][event.deltaMode];
    on.zoom(Math.exp(-0.0018 * Math.max(-300, Math.min(300, pixels))), x, y);
    on.hover(null);
  }

  function key(event) {
    const act = on.keys[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  }

  const events = { pointerdown: down, pointermove: move, pointerup: up, pointercancel: up, pointerleave: () => on.hover(null), wheel, keydown: key };
  for (const [event, act] of Object.entries(events)) canvas.addEventListener(event, act, { passive: false });
  return () => clearTimeout(timer);
}
