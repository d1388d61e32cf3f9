/** The trend of NEWS2, the learned risk beside it, and what is not usual for the person: asked for anew every few minutes, for it changes by the quarter of an hour. */

import { part, setData, setText } from "./dom.js";
import { trendPaths, trendText } from "./news2trend.js";

const EVERY_MS = 300_000;

export class RiskLine {
  #page;
  #box;
  #url;

  /** @param {import("./page.js").LivePage} page @param {HTMLElement} box @param {string} patient */
  constructor(page, box, patient) {
    this.#page = page;
    this.#box = box;
    this.#url = page.data.urls.news2.replace("{id}", patient);
  }

  start() {
    this.#show(this.#page.data.deterioration);
    this.#unusual(this.#page.data.unusual);
    this.#trend();
    setInterval(() => this.#ask(), EVERY_MS);
  }

  /** @param {string} url @returns {Promise<Object|null>} null without a connection: the page's banner says that there is none */
  async #get(url) {
    const headers = { Accept: "application/json", "X-BodyLink-Organization": this.#page.data.organization.slug };
    const answer = await fetch(url, { headers }).catch(() => null);
    return answer?.ok ? answer.json() : null;
  }

  async #trend() {
    const answered = await this.#get(`${this.#url}history/`);
    const { band, least } = trendPaths(answered?.scores ?? []);
    part("band", this.#box).setAttribute("d", band);
    part("least", this.#box).setAttribute("d", least);
    setText(part("trend-text", this.#box), trendText(answered?.scores));
  }

  async #ask() {
    this.#trend();
    const answered = await this.#get(this.#url);
    this.#show(answered?.deterioration ?? null);
    this.#unusual(answered?.unusual ?? null);
  }

  /** @param {import("./types.js").Unusual|null} unusual */
  #unusual(unusual) {
    const list = part("unusual", this.#box);
    const lines = unusual?.reasons.map(({ text }) => text) ?? [];
    if (!unusual) lines.push("Cannot be asked for now.");
    else if (!unusual.known.length) lines.push("Not known yet: it takes most of a day of measurements, and three days where they are not those of the well.");
    else if (!lines.length) lines.push("Nothing is unusual, of what is known of this person.");
    list.replaceChildren(...lines.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  }

  /** @param {import("./types.js").Deterioration|null} risk */
  #show(risk) {
    const known = risk?.state === "known";
    setData(this.#box, "state", known ? "known" : "unknown");
    setText(part("probability", this.#box), known ? `Of intensive care stays like this, ${percent(risk.probability)} ended in death in hospital.` : "Unknown.");
    const missing = risk?.missing.length ? `It needs more: ${risk.missing.join(", ").toLowerCase()}.` : "It cannot be asked for now.";
    setText(part("reasons", this.#box), known ? `${risk.reasons.map(({ text }) => text).join("; ")}.` : missing);
    setText(part("note", this.#box), risk?.note ?? "");
  }
}

function percent(probability) {
  return probability < 0.01 ? "under 1 %" : `${Math.round(probability * 100)} %`;
}
