// The calendar: a row for each day, a cell for each hour. Arrow keys move, Enter shows the hour.
import { format, h } from "./common.js";
import { stateWords } from "./hour.js";

const HOUR = 3600000;
/** From so many days on the rows are low. */
const DENSE = 21;
const LEGEND = [["loaded", "no plays", "0"], ["heat-1", "few plays"], ["heat-4", "many plays"], ["", "empty: no events"], ["missing", "not loaded"],
  ["running", "under way", "…"], ["failed", "failed", "✕"], ["heat-2 reload-failed", "reload failed"], ["heat-2 rejects", "has rejects"], ["heat-2 changed", "changed in S3 since"]];

const SIGNS = { failed: "✕", running: "…", ahead: "·" };
const WORDS = { missing: "not loaded", ahead: "not due yet", running: "under way" };

export class HeatMap {
  /** @param {(hour: string) => void} chosen called with the label of an hour that the user chose. */
  constructor(chosen) {
    this.chosen = chosen;
    this.grid = h("div", { class: "heat" });
    this.element = h("div", {}, h("h2", {}, "Plays by hour"), this.grid, h("div", { class: "legend" }, LEGEND.map(([kind, text, sign]) =>
      h("span", {}, h("span", { class: `cell ${kind}`, "aria-hidden": "true" }, sign ?? ""), ` ${text}`))));
    this.current = null;
  }

  show(overview, changed) {
    this.rows = new Map(overview.hours.map((row) => [row.hour, row]));
    this.changed = changed;
    this.dueUntil = +new Date(overview.freshness.due_until);
    this.most = Math.max(1, ...overview.hours.map((row) => row.loaded ?? 0));
    const hours = [...Array(24).keys()].map((hour) => h("th", { scope: "col" }, String(hour).padStart(2, "0")));
    const days = [];
    for (let day = +new Date(overview.since); day < +new Date(overview.until); day += 24 * HOUR) days.push(this.day(day));
    this.grid.className = days.length >= DENSE ? "heat dense" : "heat";
    const focused = this.grid.contains(document.activeElement) ? document.activeElement.dataset.hour : null;
    this.grid.replaceChildren(h("table", { role: "grid", "aria-label": "Hours by day", onkeydown: (event) => this.move(event) },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, h("span", { class: "visually-hidden" }, "Day")), hours)), h("tbody", {}, days)));
    (this.cell(this.current) ?? this.grid.querySelector("button"))?.setAttribute("tabindex", "0");
    this.cell(this.current)?.setAttribute("aria-current", "true");
    this.cell(focused)?.focus();
  }

  day(start) {
    const label = format.day(start);
    const name = new Date(start).toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" }).replace(",", "");
    return h("tr", {}, h("th", { scope: "row", title: label }, name), [...Array(24).keys()].map((hour) =>
      h("td", {}, this.button(`${label}T${String(hour).padStart(2, "0")}`))));
  }

  button(hour) {
    const ahead = +new Date(`${hour}:00:00Z`) >= this.dueUntil;
    const row = this.rows.get(hour) ?? { state: ahead ? "ahead" : "missing" };
    const changed = this.changed.get(hour);
    const rejects = (row.rejected ?? 0) + (row.rejected_by_rule ?? 0);
    const plays = row.state === "loaded" ? row.loaded : null;
    const words = [format.hour(hour), WORDS[row.state] ?? stateWords(row), row.loaded !== undefined && `${format.number(row.loaded)} plays`,
      rejects > 0 && `${format.number(rejects)} rejected`, changed && `${changed} in S3 since`].filter(Boolean).join(", ");
    const kinds = ["cell", row.state, plays ? `heat-${Math.ceil((4 * plays) / this.most)}` : "", rejects ? "rejects" : "", changed ? "changed" : "", row.reload ? `reload-${row.reload}` : ""];
    return h("button", { type: "button", tabindex: "-1", class: kinds.filter(Boolean).join(" "), title: words, "aria-label": words,
      "data-hour": hour, onclick: () => this.choose(hour) }, SIGNS[row.state] ?? (plays === null ? "" : format.short(plays)));
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
