// Cards that show an answer as a chart, as a table and as the SQL behind it. The charts are Apache ECharts'.
import { fill, format, h, note, table } from "./common.js";

const PALETTES = {
  light: ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#5a6372"],
  dark: ["#56b4e9", "#ff9557", "#2fc796", "#e0a0c4", "#f0b840", "#8ccdf5", "#a3acba"],
};
const charts = new Set();

export const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function draw(chart) {
  const theme = document.documentElement.dataset.theme;
  const text = { color: colour("--text") };
  const axis = { axisLine: { lineStyle: { color: colour("--line") } }, axisLabel: { color: colour("--faint") },
    splitLine: { lineStyle: { color: colour("--line"), opacity: 0.5 } }, nameTextStyle: { color: colour("--faint") } };
  const option = chart.option();
  const axes = (given) => given && [given].flat().map((one) => ({ ...axis, ...one, axisLabel: { ...axis.axisLabel, ...one.axisLabel } }));
  chart.drawn.setOption({
    color: PALETTES[theme], textStyle: text, animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 250, aria: { enabled: true, decal: { show: false } },
    grid: { left: 8, right: 12, top: 34, bottom: 8, containLabel: true },
    ...option,
    legend: option.legend && { top: 0, textStyle: text, inactiveColor: colour("--line"), ...option.legend },
    tooltip: { confine: true, backgroundColor: colour("--surface"), borderColor: colour("--line"), textStyle: text, ...option.tooltip },
    xAxis: axes(option.xAxis), yAxis: axes(option.yAxis),
  }, true);
}

/** Draw all charts again, in the colours of the theme. */
export function redraw() {
  charts.forEach(draw);
}

/** An element with a chart in it. @param {() => object} option ECharts' option, made anew for each theme. */
export function chart(title, option, { onclick, height } = {}) {
  const element = h("div", { class: "chart", role: "img", "aria-label": title, style: height && `height: ${height}` });
  const made = { option };
  const sized = new ResizeObserver(() => {
    if (!element.isConnected) {
      if (made.drawn) { made.drawn.dispose(); charts.delete(made); sized.disconnect(); }
      return;
    }
    if (made.drawn) return made.drawn.resize();
    made.drawn = window.echarts.init(element, null, { renderer: "canvas" });
    charts.add(made);
    draw(made);
    if (onclick) made.drawn.on("click", onclick);
  });
  sized.observe(element);
  return element;
}

/** Options that most charts share: categories along x, series up y. */
export function bars(rows, x, series, { unit = "", type = "bar", stack = false, zoom = false, rotate = 0 } = {}) {
  return {
    tooltip: { trigger: "axis", valueFormatter: (value) => `${format.number(value)}${unit && ` ${unit}`}` },
    legend: series.length > 1 ? {} : undefined,
    grid: { left: 8, right: 12, top: series.length > 1 ? 34 : 26, bottom: zoom ? 40 : 8, containLabel: true },
    xAxis: { type: "category", data: rows.map(x), axisLabel: { rotate, hideOverlap: true } },
    yAxis: { type: "value", name: unit, minInterval: 1 },
    dataZoom: zoom ? [{ type: "slider", height: 18, bottom: 6 }, { type: "inside", zoomOnMouseWheel: "ctrl" }] : undefined,
    series: series.map(({ name, value, ...more }) => ({
      name, type, barMaxWidth: 60, stack: stack ? "all" : undefined, data: rows.map(value), showSymbol: rows.length < 3, smooth: false, ...more })),
  };
}

/** Options of bars that lie: for names, which are long. */
export function ranking(rows, name, value, unit) {
  const shown = [...rows].reverse();
  return {
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, valueFormatter: (number) => `${format.number(number)} ${unit}` },
    grid: { left: 8, right: 24, top: 8, bottom: 24, containLabel: true },
    xAxis: { type: "value", name: unit, nameLocation: "middle", nameGap: 24, minInterval: 1 },
    yAxis: { type: "category", data: shown.map(name), axisLabel: { width: 170, overflow: "truncate" } },
    series: [{ type: "bar", barMaxWidth: 24, name: unit, data: shown.map(value) }],
  };
}

/**
 * A card with an answer.
 * @param {string} title
 * @param {() => Promise<{rows: object[], sql?: string}>} ask
 * @param {(rows: object[]) => object} option ECharts' option for the rows.
 * @param {object[]} columns of the table.
 */
export function card({ title, hint, ask, option, columns, empty, wide, height, onclick }) {
  const body = h("div", { class: "body" });
  const views = { Chart: null, Table: null, SQL: null };
  let answer = null;
  let view = "Chart";
  const show = () => {
    for (const [name, button] of Object.entries(views)) button?.setAttribute("aria-pressed", String(name === view));
    if (views.SQL) views.SQL.hidden = !answer.sql;
    if (view === "SQL") return h("pre", { tabindex: "0" }, answer.sql);
    if (!answer.rows.length) return note(empty ?? "There is nothing in this period.");
    if (view === "Table") return table(columns, answer.rows, title);
    return chart(title, () => option(answer.rows), { height, onclick: onclick && ((event) => onclick(event, answer.rows)) });
  };
  for (const name of Object.keys(views)) {
    views[name] = h("button", { type: "button", "aria-pressed": "false", onclick: () => {
      view = name;
      if (answer) body.replaceChildren(show());
    } }, name);
  }
  const load = () => fill(body, ask, (found) => { answer = found; return show(); });
  const element = h("section", { class: wide ? "card wide" : "card", "aria-label": title },
    h("header", {}, h("h2", {}, title), h("div", {}, Object.values(views))), hint && h("p", { class: "faint", style: "margin:.2rem 0" }, hint), body);
  return { element, load };
}
