// The Quality page: every check with what it says now, what it said before, and the rows that it found.
import { bars, chart, redraw } from "./charts.js";
import { airflowLink, badge, fill, followTheme, format, h, note, parameter, request, setAddress, table, taskPath, tile } from "./common.js";
import { sqlBlock } from "./sql_text.js";

followTheme(redraw);
const main = document.getElementById("main");
const detail = h("section", { "aria-live": "polite", "aria-label": "Check" });
document.querySelector("header.page").append(h("span", { class: "faint" }, "All times are UTC."),
  h("button", { type: "button", onclick: load }, "Refresh"));

const isWrong = (check) => check.open_windows > 0 && check.severity === "error";
const isWarned = (check) => check.open_windows > 0 && check.severity !== "error";
const state = (check) => (isWrong(check) ? "failed" : isWarned(check) ? "warned" : "passed");

function tiles(checks) {
  const last = checks.map((check) => check.checked_at).sort().at(-1);
  const [wrong, warned] = [checks.filter(isWrong).length, checks.filter(isWarned).length];
  return h("div", { class: "tiles" },
    tile("Checks", format.number(checks.length), `last ${format.ago(last)}`),
    tile("Failed", format.number(wrong), wrong ? "of severity error" : "none", wrong ? "bad" : ""),
    tile("Warned", format.number(warned), "the run went on", warned ? "warn" : ""),
    tile("Passed", format.number(checks.length - wrong - warned), "for every window"));
}

const windowLink = (label) => label && h("a", { class: "nowrap", href: `loads?hour=${encodeURIComponent(label.slice(0, 13))}` }, format.moment(label).slice(0, 16));
const resultTitle = (row) => `${format.moment(row.checked_at)}, window ${format.minute(row.source_partition)}: ${row.status}, ${format.number(row.failures)} offending rows`;
const strip = (results, passed) => h("div", { class: "strip", role: "img", "aria-label": `${passed} of ${results.length} passed` },
  results.map((row) => h("span", { class: row.status, title: resultTitle(row) })));
const passedOf = (results) => results.filter((row) => row.status === "passed").length;
const COLUMNS = [
  { title: "Check", wrap: true, value: (row) => [h("button", { type: "button", onclick: () => choose(row.check_name) }, row.check_name),
    row.meaning && h("span", { class: "faint" }, row.meaning)] },
  { title: "State", value: (row) => badge(state(row)) },
  { title: "Severity", value: (row) => row.severity },
  { title: "Last result", value: (row) => [`${row.status}`, h("span", { class: "faint nowrap" }, format.minute(row.checked_at))] },
  { title: "History, newest right", value: (row) => strip(row.history, passedOf(row.history)) },
  { title: "Passed", number: true, value: (row) => `${format.number(row.passed)} of ${format.number(row.results)}` },
  { title: "Open windows", number: true, value: (row) => format.number(row.open_windows) },
  { title: "First failing hour", value: (row) => windowLink(row.first_open_window) },
  { title: "Some offending rows", wrap: true, value: (row) => row.sample },
];

function show({ checks, days }) {
  if (!checks.length) return note("No check has run yet. Trigger sparkify_hourly; its results appear here.");
  return [tiles(checks), h("section", { class: "card" }, h("h2", {}, "Checks"),
    h("p", { class: "faint" }, `Each check looks for rows that should not be. Results of the last ${days} days; a window (the hours of a run) is open when the latest result for it is not a pass. ` +
      "An error fails the run, a warning does not. When the cause is mended, load the hours again: the first failing hour leads to the page with the button."),
    table(COLUMNS, checks, "Checks", "wide-table")), detail];
}

function choose(name) {
  setAddress({ check: name });
  detail.className = "card";
  detail.replaceChildren();
  return fill(detail, () => request(`api/checks/${encodeURIComponent(name)}`), history).then(() => detail.scrollIntoView({ block: "nearest" }));
}

const RESULTS = [
  { title: "Window", value: (row) => windowLink(row.source_partition) }, { title: "Checked", value: (row) => format.moment(row.checked_at) },
  { title: "Result", value: (row) => badge(row.status) }, { title: "Offending rows", number: true, value: (row) => format.number(row.failures) },
  { title: "Some of them", wrap: true, value: (row) => row.sample },
  { title: "Log", value: (row) => airflowLink(taskPath(row.dag_id, row.run_id, row.task_id, row.try_number), "task") },
];

function history({ name, meaning, results, sql }) {
  const oldest = [...results].reverse();
  return [h("header", {}, h("h2", {}, name)), meaning && h("p", {}, `Finds: ${meaning}`),
    h("h3", {}, `Last ${results.length} results, the newest on the right`), strip(oldest, passedOf(oldest)),
    ...(results.some((row) => row.failures) ? [h("h3", {}, "Offending rows over time"), chart("Offending rows over time", () =>
      bars(oldest, (row) => format.minute(row.checked_at), [{ name: "offending rows", value: (row) => row.failures }], { unit: "rows" }), { height: "12rem" })] : []),
    h("h3", {}, "Results"), table(RESULTS, results, `Results of ${name}`),
    ...(sql ? [h("h3", {}, "Its query, which shows all offending rows"), sqlBlock(sql)] : [])].filter(Boolean);
}

function load() {
  return fill(main, () => request("api/checks"), show);
}

load().then(() => parameter("check") && choose(parameter("check")));
