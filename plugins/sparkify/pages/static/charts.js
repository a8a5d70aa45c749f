// Cards that show an answer as a chart, as a table and as the SQL behind it. The charts are Apache ECharts'.
import { fill, format, h, note, table } from "./common.js";
import { sqlBlock } from "./sql_text.js";

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
    splitLine: { lineStyle: { color: colour("--line"), opacity: 0.5 } } };
  const option = chart.option();
  const axes = (given) => given && [given].flat().map((one) => ({ ...axis, ...one, axisLabel: { ...axis.axisLabel, ...one.axisLabel },
    nameTextStyle: { color: colour("--faint"), align: one.nameLocation ? "center" : one.position ?? "left", ...one.nameTextStyle } }));
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

/** An element with a chart in it. @param {() => object} option ECharts' option, made again for each theme. */
export function chart(title, option, { onclick, height } = {}) {
  const element = h("div", { class: "chart", role: "img", "aria-label": title });
  if (height) element.style.height = height;
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

/**
 * Options that most charts share: categories along x, series up y.
 * @param {(value: number) => string} [text] how a value is written.
 * @param {boolean} [bars] bars, however many there are.
 * @param {object} [second] of a second axis on the right, for series with `second: true`: {unit, text}.
 */
export function bars(rows, x, series, { unit = "", type = "bar", stack = false, zoom = false, bars: always = zoom, text = format.number, second, xAxis = {} } = {}) {
  const [legend, name] = [series.length > 1, (shown) => (shown && text === format.number ? ` ${shown}` : "")];
  // So many bars in a small chart would be thinner than a pixel: steps are as true, and draw no pattern.
  const steps = type === "bar" && !always && rows.length > 150 ? { type: "line", step: "middle", lineStyle: { width: 0 }, areaStyle: { opacity: 1 }, symbol: "none" } : {};
  const written = { trigger: "axis", axisPointer: { type: type === "bar" ? "shadow" : "line" }, valueFormatter: (value) => (value === null || value === undefined ? "–" : text(value) + name(unit)) };
  const yAxis = [{ type: "value", name: text === format.number ? unit : "", minInterval: text === format.number ? 1 : undefined, axisLabel: { formatter: text } }];
  if (second) yAxis.push({ type: "value", name: second.unit, position: "right", splitLine: { show: false }, axisLabel: { formatter: second.text ?? format.number } });
  return {
    tooltip: written,
    legend: legend ? { type: "scroll", left: unit || second ? 84 : 0, right: second ? 64 : 0 } : undefined,
    grid: { left: 8, right: 12, top: 34, bottom: zoom ? 40 : 8, containLabel: true },
    xAxis: { type: "category", data: rows.map(x), ...xAxis, axisLabel: { hideOverlap: true, ...xAxis.axisLabel } },
    yAxis,
    dataZoom: zoom ? [{ type: "slider", height: 18, bottom: 6, showDataShadow: false }, { type: "inside", zoomOnMouseWheel: "ctrl", moveOnMouseWheel: false }] : undefined,
    series: series.map(({ name: title, value, second: right, tint, ...more }) => ({
      name: title, type, barMaxWidth: 60, barWidth: rows.length > 100 ? "102%" : undefined, stack: stack ? "all" : undefined, data: rows.map(value),
      showSymbol: rows.length < 40, smooth: false, ...(right ? {} : steps), itemStyle: tint && { color: colour(tint) }, yAxisIndex: right ? 1 : 0, tooltip: right && { valueFormatter: (second.text ?? format.number) }, ...more })),
  };
}

/** Options of bars that lie: for names, which are long. The first row is at the top. */
export function ranking(rows, name, value, unit, width = 170) {
  const shown = [...rows].reverse();
  return {
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, valueFormatter: (number) => `${format.number(number)} ${unit}` },
    grid: { left: 8, right: 40, top: 8, bottom: 24, containLabel: true },
    xAxis: { type: "value", name: unit, nameLocation: "middle", nameGap: 24, minInterval: 1, axisLabel: { hideOverlap: true } },
    yAxis: { type: "category", data: shown.map(name), axisTick: { show: false }, axisLabel: { width: innerWidth < 700 ? 150 : width, overflow: "truncate" } },
    series: [{ type: "bar", barMaxWidth: 20, name: unit, data: shown.map(value),
      label: { show: true, position: "right", color: colour("--faint"), textBorderWidth: 0, formatter: ({ value: number }) => format.number(number) } }],
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
    if (view === "SQL") return sqlBlock(answer.sql);
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
    h("header", {}, h("h2", {}, title), h("div", {}, Object.values(views))), hint && h("p", { class: "faint hint" }, hint), body);
  return { element, load };
}
