/** Speed, gain and filter of the strips. */

import { find } from "./dom.js";
import { GAINS_MM_PER_MV, SPEEDS_MM_PER_S } from "./view.js";

export class ViewControls {
  /** @param {import("./view.js").View} view */
  constructor(view) {
    const speed = find("#view-speed");
    const gain = find("#view-gain");
    const filter = find("#view-filter");
    speed.append(...SPEEDS_MM_PER_S.map((value) => new Option(`${value} mm/s`, String(value))));
    gain.append(new Option("fit, at most 10 mm/mV", "auto"), ...GAINS_MM_PER_MV.map((value) => new Option(`${value} mm/mV`, String(value))));
    speed.value = String(view.mmPerSecond);
    gain.value = String(view.gain);
    filter.checked = view.filtered;
    speed.addEventListener("change", () => view.set({ mmPerSecond: Number(speed.value) }));
    gain.addEventListener("change", () => view.set({ gain: gain.value === "auto" ? "auto" : Number(gain.value) }));
    filter.addEventListener("change", () => view.set({ filtered: filter.checked }));
  }
}
