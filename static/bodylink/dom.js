/** Small helpers for the page: they touch the document only where something changed. */

/** @param {string} selector @param {ParentNode} [root] @returns {HTMLElement} @throws {Error} when it is missing */
export function find(selector, root = document) {
  const element = root.querySelector(selector);
  if (!element) throw new Error(`no ${selector} on this page`);
  return element;
}

/** @param {string} name data-part @param {ParentNode} root */
export function part(name, root) {
  return find(`[data-part="${name}"]`, root);
}

/** @param {string} id of a <template> @returns {HTMLElement} its first element, copied */
export function fromTemplate(id) {
  return find(`template#${id}`).content.firstElementChild.cloneNode(true);
}

/** @param {Element} element @param {string} text */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {HTMLElement} element @param {string} name of the data attribute @param {string} value */
export function setData(element, name, value) {
  if (element.dataset[name] !== value) element.dataset[name] = value;
}

/** @param {HTMLElement} element @param {boolean} hidden */
export function setHidden(element, hidden) {
  if (element.hidden !== hidden) element.hidden = hidden;
}

/** @param {SVGElement} icon drawn by <use> @param {string} name of the symbol */
export function setIcon(icon, name) {
  const use = icon.querySelector("use");
  if (use.getAttribute("href") !== `#i-${name}`) use.setAttribute("href", `#i-${name}`);
}

/** @param {string} name @returns {SVGElement} a decorative icon of the sprite in the page */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.classList.add("icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/** @param {HTMLButtonElement} button @param {(pressed: boolean) => void} changed */
export function toggle(button, changed) {
  button.addEventListener("click", () => {
    const pressed = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(pressed));
    changed(pressed);
  });
}
