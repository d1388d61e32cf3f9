/** Small charts over time as SVG: a frame with ticks, lines, and bands that say how sure they are. */

const SVG = "http://www.w3.org/2000/svg";
/** In the chart's own units; the drawing grows with its box. */
export const SIZE = { width: 340, height: 168, left: 38, right: 8, top: 8, bottom: 22 };

/** @param {number} from @param {number} to @param {number} low @param {number} high @returns {(value: number) => number} rounded to a tenth */
export function scale(from, to, low, high) {
  const span = to - from || 1;
  return (value) => Math.round((low + ((value - from) / span) * (high - low)) * 10) / 10;
}

/** @param {number} low @param {number} high @param {number} [most] @returns {number[]} round numbers between them */
export function ticks(low, high, most = 4) {
  const rough = (high - low) / most || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((part) => part * power).find((part) => part >= rough * 0.999);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** @param {number[]} values @param {number} least of the span, so that noise is not shown as drama @returns {[number, number]} */
export function domain(values, least) {
  const known = values.filter(Number.isFinite);
  if (!known.length) return [0, least];
  const low = Math.min(...known);
  const high = Math.max(...known);
  const missing = Math.max(0, least - (high - low)) / 2;
  const margin = 0.06 * Math.max(high - low, least);
  return [low - missing - margin, high + missing + margin];
}

/** @param {[number, number][]} points already scaled; where one is not finite the line breaks @returns {string} */
export function linePath(points) {
  let pen = "M";
  return points.map(([x, y]) => {
    if (!Number.isFinite(y)) {
      pen = "M";
      return "";
    }
    const part = `${pen}${x} ${y}`;
    pen = "L";
    return part;
  }).join("");
}

/** @param {number[]} xs @param {number[]} lows @param {number[]} highs all scaled @returns {string} */
export function bandPath(xs, lows, highs) {
  const there = xs.map((x, index) => `${x} ${highs[index]}`);
  const back = xs.map((x, index) => `${x} ${lows[index]}`).reverse();
  return `M${[...there, ...back].join("L")}Z`;
}

/** @param {string} name @param {Object<string, string|number>} attributes @param {string} [text] @returns {SVGElement} */
export function draw(name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  if (text !== undefined) element.textContent = text;
  return element;
}

/**
 * An empty chart.
 * @param {{label: string, hours: [number, number], values: [number, number], hourText: (hour: number) => string, decimals: number}} what
 * @returns {{svg: SVGElement, x: (hours: number) => number, y: (value: number) => number}}
 */
export function frame({ label, hours, values, hourText, decimals }) {
  const x = scale(...hours, SIZE.left, SIZE.width - SIZE.right);
  const y = scale(...values, SIZE.height - SIZE.bottom, SIZE.top);
  const svg = draw("svg", { viewBox: `0 0 ${SIZE.width} ${SIZE.height}`, role: "img", class: "chart" });
  svg.setAttribute("aria-label", label);
  for (const value of ticks(...values)) {
    svg.append(draw("path", { class: "chart__grid", d: `M${SIZE.left} ${y(value)}H${SIZE.width - SIZE.right}` }));
    svg.append(draw("text", { class: "chart__tick", x: SIZE.left - 6, y: y(value) + 3.5, "text-anchor": "end" }, value.toFixed(decimals)));
  }
  for (const hour of ticks(...hours, 6)) {
    svg.append(draw("text", { class: "chart__tick", x: x(hour), y: SIZE.height - 6, "text-anchor": anchor(hour, hours) }, hourText(hour)));
  }
  return { svg, x, y };
}

function anchor(hour, [first, last]) {
  if (hour === first) return "start";
  return hour === last ? "end" : "middle";
}
