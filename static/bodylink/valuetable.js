/** Every value there is of a patient, with its age, its origin, its source and its quality. */

import { fromTemplate, part, setData, setText } from "./dom.js";
import { ageText, unitText } from "./format.js";
import { sourceText } from "./numeric.js";
import { shown } from "./vitals.js";

export class ValueTable {
  #page;
  #body;
  #patient;
  #rows = new Map();

  /** @param {import("./page.js").LivePage} page @param {HTMLElement} body a <tbody> @param {string} patient */
  constructor(page, body, patient) {
    this.#page = page;
    this.#body = body;
    this.#patient = patient;
  }

  /** @param {number} now epoch seconds */
  update(now) {
    const { vitals, quantities } = this.#page;
    for (const [code, quantity] of quantities) {
      const vital = vitals.get(this.#patient, code);
      if (!vital) continue;
      if (!this.#rows.has(code)) this.#add(code, quantity);
      const row = this.#rows.get(code);
      const what = shown(vital, quantity, now);
      setData(row, "state", what.state);
      setText(part("value", row), what.text);
      setText(part("age", row), ageText(what.ageSeconds));
      setText(part("source", row), sourceText(this.#page, this.#patient, vital));
      setText(part("quality", row), Number.isFinite(vital.quality) ? `${Math.round(vital.quality * 100)} %` : "unknown");
    }
  }

  #add(code, quantity) {
    const row = fromTemplate("value-template");
    row.dataset.value = code;
    setText(part("label", row), quantity.label);
    setText(part("unit", row), unitText(quantity.unit));
    this.#rows.set(code, row);
    const order = [...this.#page.quantities.keys()];
    const next = [...this.#body.children].find((other) => order.indexOf(other.dataset.value) > order.indexOf(code));
    this.#body.insertBefore(row, next ?? null);
  }
}
