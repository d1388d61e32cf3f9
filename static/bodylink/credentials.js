/** The page of new credentials: copying, and whether the broker already lets the device in. */

import { find, setData, setText } from "./dom.js";

const ASK_EVERY_MS = 1000;
const ASK_AT_MOST = 20;

/** @param {number} ms @returns {Promise<void>} */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** @param {HTMLButtonElement} button */
function offerCopy(button) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(find(`#${button.dataset.copy}`).textContent);
    setText(button, "Copied");
  });
}

/** @param {HTMLElement} place @returns {Promise<boolean>} what the broker says now; false too where it is away */
async function accepted(place) {
  const body = new FormData(find("#broker-question"));
  body.set("secret", find("#mqtt-password").textContent);
  try {
    const response = await fetch(place.dataset.url, { method: "POST", body });
    return response.ok && (await response.json()).accepted === true;
  } catch {
    return false;
  }
}

/** @param {HTMLElement} place */
async function watchBroker(place) {
  setText(place, "Waiting for the broker to accept it…");
  for (let asked = 0; asked < ASK_AT_MOST; asked += 1) {
    if (await accepted(place)) {
      setData(place, "state", "accepted");
      setText(place, "The broker accepts it.");
      return;
    }
    await pause(ASK_EVERY_MS);
  }
  setData(place, "state", "refused");
  setText(place, "The broker does not accept it yet: is it running, and its gatekeeper?");
}

if (navigator.clipboard) document.querySelectorAll("[data-copy]").forEach(offerCopy);
watchBroker(find("#broker-state"));
