/** What if: scenarios put together by a clinician, run on the patient's own body, and compared. */

import { Refused, ask } from "./api.js";
import { bandPath, domain, draw, frame, linePath } from "./chart.js";
import { find, fromTemplate, part, setData, setHidden, setText } from "./dom.js";
import { unitText } from "./format.js";
import { ORGANS } from "./organs.js";

const MOST_SCENARIOS = 3;
const MOST_CHANGES = 4;
/** Shown first; the others follow in their order. */
const SHOWN = ["heart_rate", "mean_pressure", "cardiac_output", "spo2", "respiratory_rate", "core_temperature", "glucose", "blood_lactate", "blood_volume"];
const LEAST = { heart_rate: 20, mean_pressure: 20, cardiac_output: 2, spo2: 6, respiratory_rate: 8, core_temperature: 1, glucose: 3, blood_lactate: 2, blood_volume: 1 };
const DECIMALS = { cardiac_output: 1, core_temperature: 1, glucose: 1, blood_lactate: 1, blood_volume: 1 };

/** @param {Element} change @returns {{kind: string, dose: number, minutes: number, start_minute: number}} */
function changeOf(change) {
  const number = (name) => Number(part(name, change).value);
  return { kind: part("kind", change).value, dose: number("dose"), minutes: number("minutes"), start_minute: number("start") };
}

/** @param {import("./types.js").WhatIfKind[]} kinds @param {{kind: string, dose: number, minutes: number, start_minute: number}[]} changes @returns {string} "Bleeding 500 mL, drinking 500 mL" */
export function nameOf(kinds, changes) {
  const words = changes.map(({ kind, dose }) => {
    const { label, unit } = kinds.find((one) => one.kind === kind);
    return `${label.toLowerCase()} ${dose} ${unitText(unit)}`;
  });
  const name = words.join(", ").slice(0, 60);
  return name[0].toUpperCase() + name.slice(1);
}

export class WhatIfPanel {
  #page;
  #box;
  #patient;
  #kinds;

  /** @param {import("./page.js").LivePage} page @param {HTMLElement} box @param {string} patient */
  constructor(page, box, patient) {
    this.#page = page;
    this.#box = box;
    this.#patient = patient;
    this.#kinds = page.data.what_if ?? [];
  }

  start() {
    setHidden(this.#box, !this.#kinds.length);
    if (!this.#kinds.length) return;
    this.#addScenario("bleeding");
    part("add", this.#box).addEventListener("click", () => this.#addScenario("drinking"));
    part("form", this.#box).addEventListener("submit", (event) => {
      event.preventDefault();
      this.#run();
    });
  }

  #addScenario(kind) {
    const scenario = fromTemplate("scenario-template");
    part("add-change", scenario).addEventListener("click", () => this.#addChange(scenario, "drinking").querySelector("select").focus());
    part("remove", scenario).addEventListener("click", () => {
      scenario.remove();
      this.#number();
      part("add", this.#box).focus();
    });
    part("scenarios", this.#box).append(scenario);
    this.#addChange(scenario, kind);
    this.#number();
  }

  #number() {
    const scenarios = [...part("scenarios", this.#box).children];
    scenarios.forEach((scenario, index) => {
      setData(scenario, "line", String(index + 1));
      setText(part("title", scenario), `Scenario ${index + 1}`);
      part("remove", scenario).setAttribute("aria-label", `Remove scenario ${index + 1}`);
      setHidden(part("remove", scenario), scenarios.length === 1);
    });
    setHidden(part("add", this.#box), scenarios.length >= MOST_SCENARIOS);
  }

  #addChange(scenario, kind) {
    const change = fromTemplate("change-template");
    const select = part("kind", change);
    select.append(...this.#kinds.map((one) => new Option(one.label, one.kind, false, one.kind === kind)));
    select.addEventListener("change", () => this.#kind(change));
    part("drop", change).addEventListener("click", () => {
      change.remove();
      this.#changes(scenario);
      part("add-change", scenario).focus();
    });
    part("changes", scenario).append(change);
    this.#kind(change);
    this.#changes(scenario);
    return change;
  }

  #changes(scenario) {
    const changes = [...part("changes", scenario).children];
    for (const change of changes) setHidden(part("drop", change), changes.length === 1);
    setHidden(part("add-change", scenario), changes.length >= MOST_CHANGES);
  }

  #kind(change) {
    const { low, high, usual, minutes, unit, note } = this.#kinds.find(({ kind }) => kind === part("kind", change).value);
    const dose = part("dose", change);
    Object.assign(dose, { min: low, max: high, step: "any", value: usual });
    part("minutes", change).value = minutes;
    setText(part("unit", change), [unitText(unit), note].filter(Boolean).join(" "));
  }

  async #run() {
    const scenarios = [...part("scenarios", this.#box).children].map((scenario) => {
      const changes = [...part("changes", scenario).children].map(changeOf);
      return { name: nameOf(this.#kinds, changes), changes };
    });
    const button = part("run", this.#box);
    button.disabled = true;
    setText(part("said", this.#box), "Running on this body …");
    try {
      const { data } = this.#page;
      const url = `${data.urls.twin.replace("{id}", this.#patient)}what-if/`;
      this.#show(await ask(data, url, { hours: Number(part("hours", this.#box).value), scenarios }));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      setText(part("said", this.#box), error.message);
    } finally {
      button.disabled = false;
    }
  }

  #show({ scenarios, basis, at, simulated, hours }) {
    const rests = basis === "prior" ? "a body of averages: nothing has been measured of this one yet" : `this body as it was at ${this.#page.times.time(Date.parse(at) / 1000)}`;
    setText(part("said", this.#box), `${hours} h on ${rests}${simulated ? " (simulated)" : ""}. A model, not advice. Shaded: 50 %; between the thin lines: 90 %.`);
    const known = SHOWN.filter((code) => scenarios[0].quantities.some((quantity) => quantity.code === code));
    part("charts", this.#box).replaceChildren(...known.map((code) => this.#chart(code, scenarios, hours)));
    part("key", this.#box).replaceChildren(...scenarios.map(({ name }, index) => {
      const item = fromTemplate("key-template");
      setData(item, "line", String(index));
      setText(part("name", item), name);
      return item;
    }));
    this.#reserves(scenarios);
    setHidden(part("result", this.#box), false);
  }

  #chart(code, scenarios, hours) {
    const courses = scenarios.map(({ minutes, quantities }) => ({ minutes, ...quantities.find((quantity) => quantity.code === code) }));
    const figure = fromTemplate("course-template");
    figure.dataset.code = code;
    const { label, unit } = courses[0];
    setText(part("label", figure), label);
    setText(part("unit", figure), unitText(unit));
    const decimals = DECIMALS[code] ?? 0;
    const ends = courses.map(({ median }, index) => `${scenarios[index].name}: ${median.at(-1).toFixed(decimals)}`);
    const values = courses.flatMap(({ p90 }) => [...p90.low, ...p90.high]);
    const { svg, x, y } = frame({
      label: `${label} after ${hours} h. ${ends.join("; ")}.`, hours: [0, hours], values: domain(values, LEAST[code] ?? 1), decimals,
      hourText: (hour) => (hour ? `${hour} h` : "now"),
    });
    courses.forEach(({ minutes, p50, p90 }, line) => {
      const xs = minutes.map((minute) => x(minute / 60));
      svg.append(draw("path", { class: "chart__band", "data-line": line, d: bandPath(xs, p50.low.map(y), p50.high.map(y)) }));
      const edges = [p90.low, p90.high].map((edge) => linePath(xs.map((at, index) => [at, y(edge[index])])));
      svg.append(draw("path", { class: "chart__edge", "data-line": line, d: edges.join("") }));
    });
    courses.forEach(({ minutes, median }, line) => {
      svg.append(draw("path", { class: "chart__line", "data-line": line, d: linePath(minutes.map((minute, index) => [x(minute / 60), y(median[index])])) }));
    });
    part("drawing", figure).replaceWith(svg);
    return figure;
  }

  #reserves(scenarios) {
    const head = find("thead tr", part("table", this.#box));
    head.replaceChildren(...["Reserve at the end", ...scenarios.map(({ name }) => name)].map((text) => Object.assign(document.createElement("th"), { scope: "col", textContent: text })));
    const rows = ORGANS.map(({ organ, label }) => {
      const row = document.createElement("tr");
      row.append(Object.assign(document.createElement("th"), { scope: "row", textContent: label }));
      row.append(...scenarios.map(({ reserves }) => cellOf(reserves.find((one) => one.organ === organ)?.reserve)));
      return row;
    });
    find("tbody", part("table", this.#box)).replaceChildren(...rows);
  }
}

/** @param {{median: number, low: number, high: number}|null|undefined} reserve @returns {HTMLElement} */
function cellOf(reserve) {
  const cell = document.createElement("td");
  if (!reserve) cell.textContent = "not known";
  else cell.append(Object.assign(document.createElement("strong"), { textContent: String(Math.round(reserve.median)) }), ` (${Math.round(reserve.low)} to ${Math.round(reserve.high)})`);
  return cell;
}
