/** The organs on a drawn body. Each is a link to its row in the list beside it, and says its status by name. */

import { find, setData, setText } from "./dom.js";
import { ORGANS, orUnknown, STATUS } from "./organs.js";

export class BodyMap {
  #places;

  /** @param {HTMLElement} map of templates/dashboard/_body_map.html @param {import("./types.js").Organ[]} organs */
  constructor(map, organs) {
    this.#places = ORGANS.map(({ organ, label }) => ({ organ, label, element: find(`[data-organ="${organ}"]`, map) }));
    this.update(organs);
  }

  /** @param {import("./types.js").Organ[]} organs */
  update(organs) {
    for (const { organ, label, element } of this.#places) {
      const { status, reserve } = orUnknown(organs.find((one) => one.organ === organ));
      const words = `${label}: ${STATUS[status].text.toLowerCase()}${reserve ? `, reserve ${Math.round(reserve.median)} of 100` : ""}`;
      setData(element, "status", status);
      element.setAttribute("aria-label", words);
      setText(find("title", element), words);
    }
  }
}
