/** NEWS2 of one patient: the score, what it asks for, and the table of what it is made of. */

import { fromTemplate, part, setData, setHidden, setText } from "./dom.js";
import { ageText, numberText, unitText } from "./format.js";
import { standing } from "./news2.js";
import { sourceText } from "./numeric.js";

const STATES = { stale: "too old", poor: "poor signal", missing: "not measured" };

export class News2Card {
  #page;
  #card;
  #patient;
  #rows = new Map();

  /** @param {import("./page.js").LivePage} page @param {HTMLElement} card @param {string} patient */
  constructor(page, card, patient) {
    this.#page = page;
    this.#card = card;
    this.#patient = patient;
  }

  /** @param {number} now epoch seconds */
  update(now) {
    const score = this.#page.scores.get(this.#patient);
    const what = standing(score, now);
    const card = this.#card;
    setData(card, "risk", what.risk);
    setText(part("score", card), what.text);
    const live = what.state === "live";
    setText(part("risk", card), live ? what.words.replace(/^NEWS2 \S+, /, "").replace(/; missing.*/, "") : what.words);
    setText(part("action", card), live ? actionText(score.response) : "");
    const missing = score?.applicable ? score.missing : [];
    setHidden(part("missing", card), !missing.length);
    setText(part("missing", card), `Not counted as normal, because missing or too old: ${missing.join(", ").toLowerCase()}.`);
    setHidden(part("frame", card), !score?.parts.length);
    setText(part("scale", card), score?.applicable ? scaleText(score.scale) : "");
    for (const one of score?.parts ?? []) this.#part(one, now);
  }

  #part(one, now) {
    if (!this.#rows.has(one.parameter)) {
      const row = fromTemplate("news2-part-template");
      row.dataset.parameter = one.parameter;
      this.#rows.set(one.parameter, row);
      part("parts", this.#card).append(row);
    }
    const row = this.#rows.get(one.parameter);
    const used = one.state === "used";
    const quantity = this.#page.quantities.get(one.code);
    setData(row, "state", used ? "live" : "stale");
    setText(part("label", row), one.label);
    setText(part("value", row), one.text || numberText(one.value, quantity?.decimals ?? 0));
    setText(part("unit", row), one.value === null || one.text ? "" : unitText(one.unit));
    const age = one.at ? ageText(now - Date.parse(one.at) / 1000) : "";
    setText(part("age", row), used ? age : [age, STATES[one.state]].filter(Boolean).join(", "));
    setText(part("source", row), one.at ? sourceText(this.#page, this.#patient, one) : "");
    setText(part("points", row), one.score === null ? "?" : String(one.score));
  }
}

function actionText({ lowest, highest }) {
  const one = `Monitoring ${lowest.monitoring}. ${lowest.action}`;
  return lowest.risk === highest.risk ? one : `At best: ${one} At worst: ${highest.action}`;
}

function scaleText({ spo2, decided }) {
  return decided ? `SpO₂ scale ${spo2}, by decision.` : `SpO₂ scale ${spo2}.`;
}
