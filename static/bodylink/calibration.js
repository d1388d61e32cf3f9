/** Lets a person tell this screen how long a millimetre is, by laying a bank card or a ruler on it. */

import { find } from "./dom.js";

/** ISO/IEC 7810 ID-1, the format of bank cards. */
const CARD_MM = 85.6;

export class CalibrationDialog {
  #view;
  #dialog = find("#calibration");
  #slider = find("#calibration-slider");
  #number = find("#calibration-number");
  #card = find("#calibration-card");
  #ruler = find("#calibration-ruler");

  /** @param {import("./view.js").View} view */
  constructor(view) {
    this.#view = view;
    find('[data-action="calibrate"]').addEventListener("click", () => this.#open());
    this.#slider.addEventListener("input", () => this.#show(Number(this.#slider.value)));
    this.#number.addEventListener("input", () => this.#number.checkValidity() && this.#show(Number(this.#number.value) / 100));
    find('[data-action="calibration-save"]').addEventListener("click", () => this.#save());
    find('[data-action="calibration-reset"]').addEventListener("click", () => this.#reset());
    find('[data-action="calibration-cancel"]').addEventListener("click", () => this.#dialog.close());
  }

  #open() {
    this.#show(this.#view.pxPerMm);
    this.#dialog.showModal();
  }

  /** @param {number} pxPerMm */
  #show(pxPerMm) {
    this.#slider.value = String(pxPerMm);
    if (document.activeElement !== this.#number) this.#number.value = (pxPerMm * 100).toFixed(0);
    this.#card.style.width = `${pxPerMm * CARD_MM}px`;
    this.#ruler.style.backgroundSize = `${pxPerMm * 10}px 100%, ${pxPerMm}px 50%`;
    this.#ruler.style.width = `${pxPerMm * 50 + 1}px`;
  }

  #save() {
    this.#view.calibrate(Number(this.#slider.value));
    this.#dialog.close();
  }

  #reset() {
    this.#view.forget();
    this.#show(this.#view.pxPerMm);
  }
}
