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

/** @param {number} hours @returns {string} "30 min", "6 h" */
const aheadText = (hours) => (hours < 1 ? `${Math.round(hours * 60)} min` : `${hours} h`);

/** @param {number} share @returns {string} */
const percent = (share) => `${Math.round(100 * share)}\u00a0%`;

/** @param {[string, number][]} pairs @returns {Map<string, [string, number][]>} by their first */
function grouped(pairs) {
  const found = new Map();
  for (const pair of pairs) found.set(pair[0], [...(found.get(pair[0]) ?? []), pair]);
  return found;
}

/** @param {number} hours @param {{forecasts: number, persons: number, coverage_50: number, coverage_90: number, skill_persistence: number, skill_climatology: number}} counted @param {boolean} plain @returns {string} how forecasts of one horizon fared here */
export function faredText(hours, counted, plain) {
  const { forecasts, persons, coverage_50: half, coverage_90: most, skill_persistence: latest, skill_climatology: usual } = counted;
  const when = aheadText(hours);
  if (plain) return `${when} ahead: of ${forecasts} such forecasts here, ${percent(most)} came true within the wide band; they were ${percent(latest)} closer than expecting no change.`;
  return `${when}: of ${forecasts} forecasts (${persons} ${persons === 1 ? "person" : "persons"}, last week) the 50 % band held ${percent(half)}, the 90 % band ${percent(most)}; ${percent(latest)} closer than the latest value, ${percent(usual)} than the person’s usual.`;
}

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
    const leftOut = this.#leftOut(forecast);
    setText(part("left-out", this.#box), leftOut);
    setHidden(part("left-out", this.#box), !leftOut);
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
    part("calibration", card).replaceChildren(...this.#fared(ahead).map((text) => Object.assign(document.createElement("p"), { textContent: text })));
    return card;
  }

  #drawing(quantity, ahead, measured, words) {
    const begun = this.#latest(quantity, measured);
    const steps = begun === null ? ahead : [{ hours: 0, said: { median: begun, p50: [begun, begun], p90: [begun, begun] } }, ...ahead];
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

  /** What the bands begin at: the last minute's mean, or, before there is one, the value that is shown; null without either. */
  #latest({ code }, measured) {
    const last = measured.findLast(([, value]) => Number.isFinite(value));
    if (last && last[0] > -0.2) return last[1];
    const vital = this.#page.vitals.get(this.#patient, code);
    return vital?.state === "live" ? vital.value : null;
  }

  #words({ decimals }, hours, { median, p50, p90 }) {
    const when = `In ${aheadText(hours)}`;
    const span = ([low, high]) => `${numberText(low, decimals)} to ${numberText(high, decimals)}`;
    if (this.#plain) return `${when} most likely about ${numberText(median, decimals)}; nine times out of ten between ${span(p90).replace(" to ", " and ")}.`;
    return `${when} ${numberText(median, decimals)}; 50 % ${span(p50)}, 90 % ${span(p90)}.`;
  }

  /** How such forecasts fared: a line for each horizon that was counted here, or where skill is known from. */
  #fared(ahead) {
    const counted = ahead.filter(({ said }) => said.calibration?.forecasts);
    if (counted.length) return counted.map(({ hours, said }) => faredText(hours, said.calibration, this.#plain));
    const closer = `${percent(ahead[0].said.skill)} closer than`;
    if (this.#plain) return [`Not yet counted here. With other people such forecasts were ${closer} expecting no change.`];
    return [`Not yet counted here. On recordings of other people ${closer} the better of the latest value and their usual.`];
  }

  /** What is foretold without skill, by name. */
  #leftOut(forecast) {
    const found = (forecast?.horizons ?? []).flatMap(({ minutes, without_skill: codes }) => codes.map((code) => [code, minutes]));
    const named = found.filter(([code]) => this.#page.quantities.has(code));
    if (!named.length) return "";
    if (this.#plain) return "Not shown is what nobody could foretell here better than by expecting no change.";
    const texts = [...grouped(named)].map(([code, each]) => `${this.#page.quantities.get(code).label} (${each.map(([, minutes]) => aheadText(minutes / 60)).join(", ")})`);
    return `Not shown, since nothing has shown here that it knows more than the latest value or what is usual: ${texts.join("; ")}.`;
  }
}
