/** What could be behind what is measured, each with how likely the body finds it. */

import { ask } from "./api.js";
import { fromTemplate, part, setData, setHidden, setText } from "./dom.js";

const EVERY_MS = 60_000;
const WORDS = {
  none: "None of the events that it looks for", bleeding: "Bleeding", dehydration: "Dehydration", fever: "Fever", exertion: "Exertion", drug: "A drug that slows the heart",
  hypoxia: "A lack of oxygen", arrhythmia: "A change of the heart's rhythm",
  meal: "A meal or insulin that was not entered",
};

/** @param {string} name @param {Map<string, {label: string}>} quantities @returns {string} */
export function hypothesisText(name, quantities) {
  const [kind, code] = name.split(":");
  if (kind === "sensor_fault") return `A sensor at fault: ${quantities.get(code)?.label ?? code}`;
  return WORDS[kind] ?? kind;
}

/** @param {number} probability @returns {string} odds as people say them */
export function oddsText(probability) {
  if (probability >= 0.995) return "nearly certain";
  const percent = Math.round(100 * probability);
  if (probability >= 0.5) return `${percent} %, ${Math.round(probability / (1 - probability))} to 1`;
  return `${percent} %, 1 to ${Math.round((1 - probability) / probability)}`;
}

export class Hypotheses {
  #page;
  #box;
  #patient;

  /** @param {import("./page.js").LivePage} page @param {HTMLElement} box @param {string} patient */
  constructor(page, box, patient) {
    this.#page = page;
    this.#box = box;
    this.#patient = patient;
  }

  start() {
    this.#ask();
    setInterval(() => this.#ask(), EVERY_MS);
  }

  async #ask() {
    const { data } = this.#page;
    const twin = await ask(data, data.urls.twin.replace("{id}", this.#patient)).catch(() => null);
    const found = twin?.hypotheses ?? [];
    setHidden(part("none", this.#box), found.length > 0);
    part("list", this.#box).replaceChildren(...found.map((one) => this.#row(one)));
    part("states", this.#box).replaceChildren(...(twin?.states ?? []).map((state) => this.#state(state)));
    setHidden(part("inner", this.#box), !twin?.states.length);
  }

  #row({ name, probability }) {
    const row = fromTemplate("hypothesis-template");
    setData(row, "name", name.split(":")[0]);
    setText(part("name", row), hypothesisText(name, this.#page.quantities));
    setText(part("odds", row), oddsText(probability));
    part("bar", row).style.width = `${100 * probability}%`;
    return row;
  }

  #state({ name, median, low, high, unit, identifiability }) {
    const row = fromTemplate("state-template");
    const text = name.replaceAll("_", " ");
    setText(part("name", row), text[0].toUpperCase() + text.slice(1));
    setText(part("median", row), String(median));
    setText(part("range", row), `${low} to ${high}`);
    setText(part("unit", row), unit.replace("mm[Hg].min/L", "mmHg·min/L").replace("mm[Hg]", "mmHg").replace("Cel", "°C").replace("u[IU]", "µU"));
    setText(part("told", row), `${Math.round(100 * identifiability)} %`);
    return row;
  }
}
