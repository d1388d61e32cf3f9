/** What was measured in the last hours and what is foretold for the next: a line, then bands that widen. */

import { ask } from "./api.js";
import { bandPath, domain, draw, frame, linePath } from "./chart.js";
import { fromTemplate, part, setHidden, setText } from "./dom.js";
import { numberText, unitText } from "./format.js";

const EVERY_MS = 120_000;
const PAST_H = 3;
const AHEAD_H = 6;
/** The least span of the axis, by quantity: noise is no drama. */
const LEAST = { heart_rate: 30, respiratory_rate: 10, spo2: 6, core_temperature: 1.5, skin_temperature: 3, mean_pressure: 30, glucose: 4 };

/** @param {{horizons: {minutes: number, quantities: import("./types.js").Foretold[]}[]}} forecast @returns {Map<string, {hours: number, said: import("./types.js").Foretold}[]>} by quantity, the nearest first */
export function byQuantity(forecast) {
  const found = new Map();
  for (const { minutes, quantities } of forecast.horizons) {
    for (const said of quantities) found.set(said.code, [...(found.get(said.code) ?? []), { hours: minutes / 60, said }]);
  }
  return found;
}

/** @param {{start: string, mean: number}[]} rollups @param {number} now epoch s @returns {[number, number][]} hours from now and mean; a gap breaks the line */
export function past(rollups, now) {
  const points = rollups.map(({ start, mean }) => [(Date.parse(start) / 1000 + 30 - now) / 3600, mean]);
  return points.flatMap((point, index) => (index && point[0] - points[index - 1][0] > 0.1 ? [[point[0], NaN], point] : [point]));
}

/** @param {number} hour @returns {string} */
const hourText = (hour) => (hour === 0 ? "now" : `${hour > 0 ? "+" : "−"}${Math.abs(hour)} h`);

export class Forecasts {
  #page;
  #box;
  #patient;
  #plain;

  /** @param {import("./page.js").LivePage} page @param {HTMLElement} box @param {string} patient @param {{plain?: boolean}} [options] plain words for who is no clinician */
  constructor(page, box, patient, { plain = false } = {}) {
    this.#page = page;
    this.#box = box;
    this.#patient = patient;
    this.#plain = plain;
  }

  start() {
    this.#ask();
    setInterval(() => this.#ask(), EVERY_MS);
  }

  async #ask() {
    const { data } = this.#page;
    const forecast = await ask(data, `${data.urls.twin.replace("{id}", this.#patient)}forecast/`).catch(() => null);
    const quantities = forecast ? byQuantity(forecast) : new Map();
    const measured = quantities.size ? await this.#measured([...quantities.keys()]) : new Map();
    const now = Date.parse(forecast?.at ?? "") / 1000;
    const cards = [...quantities].map(([code, ahead]) => this.#card(code, ahead, past(measured.get(code) ?? [], now)));
    part("fans", this.#box).replaceChildren(...cards);
    const none = forecast ? "No forecast is shown: none has shown here that it knows more than the latest value." : "The forecast cannot be asked for now.";
    setText(part("none", this.#box), none);
    setHidden(part("none", this.#box), cards.length > 0);
    setText(part("made", this.#box), cards.length ? `Made at ${this.#page.times.time(now)}${forecast.simulated ? " for a simulated body" : ""}, if nothing new is done.` : "");
  }

  async #measured(codes) {
    const { data } = this.#page;
    const start = new Date(Date.now() - PAST_H * 3_600_000).toISOString();
    const query = new URLSearchParams([...codes.map((code) => ["code", code]), ["start", start], ["resolution", "1m"]]);
    const answer = await ask(data, `${data.urls.readings.replace("{id}", this.#patient)}?${query}`).catch(() => ({ results: [] }));
    const found = new Map();
    for (const rollup of answer.results) found.set(rollup.code, [...(found.get(rollup.code) ?? []), rollup]);
    return found;
  }

  #card(code, ahead, measured) {
    const quantity = this.#page.quantities.get(code);
    const card = fromTemplate("fan-template");
    card.dataset.code = code;
    card.dataset.colour = quantity.colour;
    setText(part("label", card), quantity.label);
    setText(part("unit", card), unitText(quantity.unit));
    const words = ahead.map(({ hours, said }) => this.#words(quantity, hours, said));
    part("drawing", card).replaceWith(this.#drawing(quantity, ahead, measured, words.join(" ")));
    part("words", card).replaceChildren(...words.map((text) => Object.assign(document.createElement("p"), { textContent: text })));
    setText(part("calibration", card), this.#calibration(ahead));
    return card;
  }

  #drawing(quantity, ahead, measured, words) {
    const last = measured.findLast(([, value]) => Number.isFinite(value));
    const begin = last && last[0] > -0.2 ? { hours: 0, said: { median: last[1], p50: [last[1], last[1]], p90: [last[1], last[1]] } } : null;
    const steps = begin ? [begin, ...ahead] : ahead;
    const values = [...measured.map(([, value]) => value), ...ahead.flatMap(({ said }) => said.p90)];
    const { svg, x, y } = frame({
      label: `${quantity.label}. ${words}`, hours: [-PAST_H, AHEAD_H], values: domain(values, LEAST[quantity.code] ?? 1), hourText, decimals: quantity.decimals,
    });
    svg.append(draw("path", { class: "chart__now", d: `M${x(0)} 8V146` }));
    const xs = steps.map(({ hours }) => x(hours));
    for (const key of ["p90", "p50"]) {
      const edge = (side) => steps.map(({ said }) => y(said[key][side]));
      svg.append(draw("path", { class: `chart__band chart__band--${key}`, d: bandPath(xs, edge(0), edge(1)) }));
    }
    svg.append(draw("path", { class: "chart__line", d: linePath(measured.map(([hours, value]) => [x(hours), y(value)])) }));
    svg.append(draw("path", { class: "chart__line chart__line--ahead", d: linePath(steps.map(({ hours, said }) => [x(hours), y(said.median)])) }));
    for (const { hours, said } of ahead) svg.append(draw("circle", { class: "chart__dot", cx: x(hours), cy: y(said.median), r: 3 }));
    return svg;
  }

  #words({ decimals }, hours, { median, p50, p90 }) {
    const when = hours < 1 ? `In ${Math.round(hours * 60)} min` : `In ${hours} h`;
    const span = ([low, high]) => `${numberText(low, decimals)} to ${numberText(high, decimals)}`;
    if (this.#plain) return `${when} most likely about ${numberText(median, decimals)}; nine times out of ten between ${span(p90).replace(" to ", " and ")}.`;
    return `${when} ${numberText(median, decimals)}; 50 % ${span(p50)}, 90 % ${span(p90)}.`;
  }

  #calibration(ahead) {
    const counted = ahead.map(({ said, hours }) => ({ ...said.calibration, hours, skill: said.skill })).filter(({ forecasts }) => forecasts);
    if (!counted.length) return this.#plain ? "" : `Skill ${ahead[0].said.skill.toFixed(2)} on recordings of other people; not yet counted here.`;
    const { forecasts, persons, coverage_50: half, coverage_90: most, skill } = counted[0];
    const percent = (share) => `${Math.round(100 * share)} %`;
    if (this.#plain) return `Of ${forecasts} such forecasts here, ${percent(most)} came true within the wide band.`;
    return `Of ${forecasts} forecasts here (${persons} ${persons === 1 ? "person" : "persons"}, last week) the 50 % band held ${percent(half)}, the 90 % band ${percent(most)}; skill ${skill.toFixed(2)}.`;
  }
}
