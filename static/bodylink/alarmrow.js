/** A row that shows one alarm and lets somebody acknowledge it: on tiles, in the banner, in lists. */

import { alarmText, isUnacknowledged } from "./alerts.js";
import { find, part, setData, setHidden, setIcon, setText } from "./dom.js";

const SHAPES = { high: "alarm-high", medium: "alarm-medium", low: "alarm-low" };

export class AlarmRow {
  /**
   * @param {import("./page.js").LivePage} page
   * @param {HTMLElement} element with the parts "text", "by" and the acknowledge button
   */
  constructor(page, element) {
    this.page = page;
    this.element = element;
    this.button = find('[data-action="acknowledge"]', element);
    this.text = part("text", element);
    this.by = part("by", element);
    this.shape = find("svg", element);
  }

  /**
   * @param {import("./types.js").Alert|undefined} alert
   * @param {number} now epoch seconds
   * @param {{prefix?: string, more?: number}} [words]
   */
  show(alert, now, { prefix = "", more = 0 } = {}) {
    setHidden(this.element, !alert);
    if (!alert) {
      delete this.element.dataset.alert;
      return;
    }
    const refusal = this.page.refusals.get(alert.id);
    const waits = isUnacknowledged(alert);
    setData(this.element, "alert", alert.id);
    setData(this.element, "priority", alert.priority);
    setData(this.element, "kind", alert.kind);
    setData(this.element, "acknowledged", String(!waits));
    setIcon(this.shape, SHAPES[alert.priority]);
    setText(this.text, `${prefix}${alarmText(alert, now)}`);
    setText(this.by, refusal ?? this.#note(alert, more));
    this.#dressButton(alert, waits);
  }

  #note(alert, more) {
    const by = alert.state === "acknowledged" && alert.acknowledged_by ? `acknowledged by ${alert.acknowledged_by}` : "";
    return [by, more ? `and ${more} more` : ""].filter(Boolean).join(", ");
  }

  #dressButton(alert, waits) {
    const sending = this.page.sending.has(alert.id);
    setHidden(this.button, !waits || !this.page.data.can_acknowledge);
    setData(this.button, "alert", alert.id);
    setText(this.button, sending ? "Sending" : "Acknowledge");
    const spoken = `Acknowledge: ${alert.text}`;
    if (this.button.getAttribute("aria-label") !== spoken) this.button.setAttribute("aria-label", spoken);
    if (this.button.getAttribute("aria-busy") !== String(sending)) this.button.setAttribute("aria-busy", String(sending));
  }
}
