/** The nine organs of the twin. Status is an icon, a word and a pattern; "unknown" is an answer like any other. */

import { find, fromTemplate, part, setData, setHidden, setIcon, setText } from "./dom.js";
import { unitText } from "./format.js";

export const ORGANS = [
  { organ: "heart", label: "Heart" },
  { organ: "lungs", label: "Lungs" },
  { organ: "brain", label: "Brain" },
  { organ: "kidneys", label: "Kidneys" },
  { organ: "metabolism", label: "Metabolism" },
  { organ: "skin", label: "Skin and heat" },
  { organ: "muscles", label: "Muscles" },
  { organ: "fluids", label: "Fluids" },
  { organ: "autonomic", label: "Autonomic system" },
];
export const STATUS = {
  good: { text: "Good", icon: "check" },
  watch: { text: "Watch", icon: "watch" },
  act: { text: "Act", icon: "act" },
  unknown: { text: "Unknown", icon: "unknown" },
};
const BASIS = { measured: "measured", inferred: "inferred", prior: "from averages only" };

/** @param {import("./types.js").Organ|undefined} organ @returns {import("./types.js").Organ} */
export function orUnknown(organ) {
  const known = organ && organ.status in STATUS;
  return known ? organ : { ...organ, status: "unknown", reserve: null, confidence: null, basis: null, reasons: organ?.reasons ?? [] };
}

/** @param {import("./types.js").OrganReason} reason @returns {string} with the person's usual value where it is known */
export function reasonText(reason) {
  const usual = Number.isFinite(reason.usual) ? ` (usual ${reason.usual} ${unitText(reason.unit ?? "")})` : "";
  return `${reason.text}${usual}`;
}

export class OrganList {
  #items;

  /** @param {HTMLElement} list @param {import("./types.js").Organ[]} organs */
  constructor(list, organs) {
    this.#items = ORGANS.map(({ organ, label }) => {
      const element = fromTemplate("organ-template");
      element.dataset.organ = organ;
      element.id = `organ-${organ}`;
      setIcon(find("svg", element), organ);
      setText(part("name", element), label);
      list.append(element);
      return { organ, element };
    });
    this.update(organs);
  }

  /** @param {import("./types.js").Organ[]} organs */
  update(organs) {
    for (const { organ, element } of this.#items) {
      this.#show(element, orUnknown(organs.find((one) => one.organ === organ)));
    }
  }

  #show(element, { status, reserve, confidence, basis, reasons }) {
    const { text, icon } = STATUS[status];
    setData(element, "status", status);
    setIcon(find("svg", part("status", element)), icon);
    setText(part("word", element), text);
    const lines = reasons.slice(0, 3).map(reasonText);
    if (!lines.length) lines.push(status === "unknown" ? "Not enough is measured to say" : "No reasons were given");
    part("reasons", element).replaceChildren(...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
    const sure = Number.isFinite(confidence) ? `confidence ${Math.round(confidence * 100)} %` : "";
    setText(part("basis", element), [BASIS[basis], sure].filter(Boolean).join(", "));
    showReserve(element, reserve);
  }

}

/** @param {{median: number, low: number, high: number}} reserve @returns {string} */
function reserveText({ median, low, high }) {
  if (low === high) return `Reserve ${Math.round(high)} of 100 at most: a reading calls for attention`;
  return `Reserve ${Math.round(median)} of 100 (90 % band ${Math.round(low)} to ${Math.round(high)})`;
}

/** The reserve as a bar with its band, hidden where there is none. @param {HTMLElement} element @param {{median: number, low: number, high: number}|null} reserve @param {(reserve: Object) => string} [words] */
export function showReserve(element, reserve, words = reserveText) {
  const box = part("reserve", element);
  setHidden(box, !reserve);
  if (!reserve) return;
  setText(part("reserve-text", element), words(reserve));
  part("band", element).style.left = `${reserve.low}%`;
  part("band", element).style.width = `${reserve.high - reserve.low}%`;
  part("median", element).style.left = `${reserve.median}%`;
}
