/** Freezes the strips so that somebody can look, or rest the eyes; numbers and alarms go on. */

import { find, part, setHidden, setText, toggle } from "./dom.js";

/** @param {import("./page.js").LivePage} page */
export function freezeToggle(page) {
  const flag = find('[data-testid="frozen"]');
  toggle(find('[data-action="freeze"]'), (frozen) => {
    page.sweep.frozen = frozen;
    setText(part("text", flag), frozen ? `Strips frozen at ${page.times.time(page.clock.now())}. Numbers and alarms are live.` : "");
    setHidden(flag, !frozen);
  });
}
