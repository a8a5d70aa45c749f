// The calendar: a row for each day, a cell for each hour. Arrow keys move, Enter shows the hour.
import { format, h } from "./common.js";

const HOUR = 3600000;
const LEGEND = [["heat-1", "few plays"], ["heat-4", "many plays"], ["", "empty"], ["missing", "not loaded"],
  ["running", "under way", "…"], ["failed", "failed", "✕"], ["rejects", "has rejects"], ["", "changed in S3", "↻"]];

export class HeatMap {
  /** @param {(hour: string) => void} chosen called with the label of an hour that the user chose. */
  constructor(chosen) {
    this.chosen = chosen;
    this.grid = h("div", { class: "heat" });
    this.element = h("div", {}, h("h2", {}, "Hours"), this.grid, h("div", { class: "legend" }, LEGEND.map(([kind, text, sign]) =>
      h("span", {}, h("span", { class: `cell ${kind}`, "aria-hidden": "true" }, sign ?? ""), ` ${text}`))));
    this.current = null;
  }

  show(overview, changed) {
    this.rows = new Map(overview.hours.map((row) => [row.hour, row]));
    this.changed = changed;
    this.most = Math.max(1, ...overview.hours.map((row) => row.loaded ?? 0));
    const hours = [...Array(24).keys()].map((hour) => h("th", { scope: "col" }, String(hour).padStart(2, "0")));
    const days = [];
    for (let day = +new Date(overview.since); day < +new Date(overview.until); day += 24 * HOUR) days.push(this.day(day));
    const focused = this.grid.contains(document.activeElement) ? document.activeElement.dataset.hour : null;
    this.grid.replaceChildren(h("table", { role: "grid", "aria-label": "Hours by day", onkeydown: (event) => this.move(event) },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, h("span", { class: "visually-hidden" }, "Day")), hours)), h("tbody", {}, days)));
    (this.cell(this.current) ?? this.grid.querySelector("button"))?.setAttribute("tabindex", "0");
    this.cell(this.current)?.setAttribute("aria-current", "true");
    this.cell(focused)?.focus();
  }

  day(start) {
    const label = format.day(start);
    const weekday = new Date(start).toLocaleDateString("en-GB", { weekday: "short", timeZone: "UTC" });
    return h("tr", {}, h("th", { scope: "row" }, `${weekday} ${label}`), [...Array(24).keys()].map((hour) =>
      h("td", {}, this.button(`${label}T${String(hour).padStart(2, "0")}`))));
  }

  button(hour) {
    const row = this.rows.get(hour) ?? { state: "missing" };
    const kind = this.changed.get(hour);
    const rejects = (row.rejected ?? 0) + (row.rejected_by_rule ?? 0);
    const heat = row.state === "loaded" && row.loaded ? `heat-${Math.ceil((4 * row.loaded) / this.most)}` : "";
    const words = [format.hour(hour), row.state, row.loaded !== undefined && `${format.number(row.loaded)} plays`,
      rejects > 0 && `${format.number(rejects)} rejected`, kind && `${kind} in S3 since`].filter(Boolean).join(", ");
    const sign = row.state === "failed" ? "✕" : row.state === "running" ? "…" : kind ? "↻" : "";
    return h("button", { type: "button", tabindex: "-1", class: `cell ${row.state} ${heat} ${rejects ? "rejects" : ""}`,
      title: words, "aria-label": words, "data-hour": hour, onclick: () => this.choose(hour) }, sign);
  }

  cell(hour) {
    return hour ? this.grid.querySelector(`[data-hour="${CSS.escape(hour)}"]`) : null;
  }

  choose(hour) {
    if (!hour) return;
    this.cell(this.current)?.removeAttribute("aria-current");
    this.current = hour;
    const cell = this.cell(hour);
    this.grid.querySelector('[tabindex="0"]')?.setAttribute("tabindex", "-1");
    cell?.setAttribute("tabindex", "0");
    cell?.setAttribute("aria-current", "true");
    this.chosen(hour);
  }

  move(event) {
    const steps = { ArrowLeft: -HOUR, ArrowRight: HOUR, ArrowUp: -24 * HOUR, ArrowDown: 24 * HOUR };
    const from = event.target.dataset?.hour;
    if (!(event.key in steps) || !from) return;
    event.preventDefault();
    const to = new Date(+new Date(`${from}:00:00Z`) + steps[event.key]).toISOString().slice(0, 13);
    const cell = this.cell(to);
    if (!cell) return;
    event.target.setAttribute("tabindex", "-1");
    cell.setAttribute("tabindex", "0");
    cell.focus();
  }
}
