// Two hints on the first visit, over the map but out of its way; once read, the browser remembers.

const KEY = "graphx-tour";
const STEPS = [
  "Every dot is a paper; the other shapes are the methods, datasets, tasks and metrics that papers name. Click one: its card, with the sentences that prove it, opens beside the map.",
  "Double-click a shape to see only what is around it, or the ground of a community to open it; the line above the map leads back. Click a line between two papers to read why they are linked.",
];

export function tour(frame) {
  try {
    if (localStorage.getItem(KEY)) return;
  } catch {
    return; // no memory, no tour: it would come back every time
  }
  const box = document.createElement("div");
  box.className = "gx-tour";
  box.setAttribute("role", "note");
  const text = document.createElement("p");
  const next = button("");
  const skip = button("Skip");
  box.append(text, next, skip);
  frame.append(box);
  let step = -1;
  const go = () => {
    step += 1;
    if (step === STEPS.length) return end();
    const last = step === STEPS.length - 1;
    text.textContent = `${step + 1}/${STEPS.length} ${STEPS[step]}`;
    next.textContent = last ? "Got it" : "Next";
    skip.hidden = last;
    return undefined;
  };
  const end = () => {
    localStorage.setItem(KEY, "done");
    box.remove();
  };
  next.onclick = go;
  skip.onclick = end;
  go();
}

function button(label) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  return made;
}
