// The Loads page: the hours of a period, how they went, and one hour in detail.
import { bars, card, redraw } from "./charts.js";
import { fill, followTheme, format, h, parameter, request, setAddress, tile } from "./common.js";
import { HeatMap } from "./heat.js";
import { HourPanel, isUnderWay, stateWords } from "./hour.js";
import { PeriodPicker, periodQuery } from "./period.js";

followTheme(redraw);
const main = document.getElementById("main");
const picker = new PeriodPicker([7, 30, 90], load);
document.querySelector("header.page").append(picker.element, h("span", { class: "faint" }, "All times are UTC."));

const panel = new HourPanel();
const heat = new HeatMap((hour) => {
  setAddress({ hour });
  panel.show(hour);
});
const MOST_UNCLAIMED = 1000; // a run notes no more of them
let overview = null;
let changed = null;

function tiles() {
  const { hours: rows, freshness, totals } = overview;
  const sum = (name) => rows.reduce((total, row) => total + (row[name] ?? 0), 0);
  const states = (state) => rows.filter((row) => row.state === state).length;
  const reloads = (reload) => rows.filter((row) => row.reload === reload).length;
  const rejected = totals.rejected + sum("rejected_by_rule");
  const differ = changed === null ? "…" : changed instanceof Error ? "not known" : format.number(changed.length);
  const late = freshness.late_hours;
  const fresh = freshness.loaded_until
    ? tile("Loaded until", format.minute(freshness.loaded_until), late ? `${format.hours(late)} late: due ${freshness.deadline_minutes} min after the hour`
      : `on time; last load ${format.ago(overview.last_load_at)}`, late ? "bad" : "good")
    : tile("Loaded until", "nothing yet", "trigger sparkify_hourly, or unpause it", "warn");
  const { unclaimed } = overview;
  return h("div", { class: "tiles" }, fresh,
    tile("Hours loaded", format.number(states("loaded") + states("empty")),
      `${format.number(states("empty"))} of them empty, ${format.number(states("running") + reloads("running"))} under way`),
    tile("Not loaded", format.number(overview.missing), overview.missing ? "hours that are due" : "", overview.missing ? "warn" : ""),
    tile("Failed", format.number(states("failed")), [states("failed") ? "hours: choose one to see why" : "hours",
      reloads("failed") && `${format.hours(reloads("failed"))} not loaded again`].filter(Boolean).join("; "), states("failed") ? "bad" : reloads("failed") ? "warn" : ""),
    tile("Plays", format.number(sum("loaded")), overview.newest_hour ? `newest hour with data: ${format.minute(overview.newest_hour)}` : "no data yet"),
    tile("Rejected", format.number(rejected), `${format.share(rejected, totals.source_lines)} of ${format.number(totals.source_lines)} lines`, rejected ? "warn" : ""),
    unclaimed ? tile("Files in no hour", `${format.number(unclaimed.objects)}${unclaimed.objects < MOST_UNCLAIMED ? "" : " or more"}`, "not loaded: see below", "warn") : null,
    tile("Changed in S3 since", differ, changed instanceof Error ? changed.message : "hours", Array.isArray(changed) && changed.length ? "warn" : ""));
}

/** The first of the objects below the sources' prefixes that no load reads. */
function unclaimedNote() {
  const { unclaimed } = overview;
  return unclaimed && h("div", { class: "note warn", role: "status", id: "unclaimed" },
    `Not loaded: files that belong to no hour, as ${format.number(unclaimed.hours)} of the hours' loads saw them. Rename or move them; docs/loading.md has the rules for names.`,
    h("ul", {}, unclaimed.sample.map((line) => h("li", {}, line))));
}

/** All hours of the period, in order: those that nothing is known of have no figures, so that gaps are seen. */
function everyHour() {
  const known = new Map(overview.hours.map((row) => [row.hour, row]));
  const hours = [];
  for (let at = +new Date(overview.since); at < +new Date(overview.until); at += 3600000) {
    const hour = new Date(at).toISOString().slice(0, 13);
    hours.push(known.get(hour) ?? { hour });
  }
  return hours;
}

const title = (row) => format.hour(row.hour);
const DAYS = { axisTick: { show: false }, axisLabel: {
  interval: (index, hour) => hour.endsWith(" 00:00"),
  formatter: (hour) => new Date(`${hour.slice(0, 10)}T00:00:00Z`).toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" }) } };

const loadsCard = (name, series, options, columns) => {
  let hours = [];
  return card({
    title: name, wide: options.wide, hint: options.hint, ask: async () => ({ rows: overview.hours.filter(options.only ?? ((row) => row.source_lines !== undefined)) }),
    option: () => bars(hours = everyHour(), title, series, { xAxis: DAYS, ...options }),
    columns: [{ title: "Hour", value: title }, ...columns],
    empty: options.empty ?? "No hour of this period is loaded.",
    onclick: (event) => heat.choose(hours[event.dataIndex]?.hour),
  });
};
const number = (name, value) => ({ title: name, value, number: true });
const others = (row) => (row.staged === undefined ? undefined : row.staged - row.in_scope);
const rejects = (row) => (row.rejected ?? 0) + (row.rejected_by_rule ?? 0);

const cards = [
  loadsCard("Plays an hour", [{ name: "plays", value: (row) => row.loaded }], { wide: true, unit: "plays", zoom: true },
    [number("Plays", (row) => format.number(row.loaded)), number("Duplicates", (row) => format.number(row.duplicates))]),
  loadsCard("Seconds a load", [{ name: "seconds", value: (row) => row.seconds }], { text: format.seconds, hint: "Of the run's last transaction; hours that were loaded in one run have the same." },
    [number("Seconds", (row) => format.seconds(row.seconds)), number("Tries", (row) => format.number(row.try_number))]),
  loadsCard("Lines that a load read", [
    { name: "of the hour", value: (row) => row.in_scope }, { name: "of other hours", value: others, tint: "--other" }, { name: "rejected", value: (row) => row.rejected || null, tint: "--bad-fill" }],
  { unit: "lines", stack: true, hint: "A day's file is read for each of its hours." },
  [number("Lines", (row) => format.number(row.source_lines)), number("Of the hour", (row) => format.number(row.in_scope)), number("Files", (row) => format.number(row.object_count))]),
  loadsCard("Bytes that a load read", [{ name: "bytes", value: (row) => row.byte_count }], { text: format.bytes, hint: "As they lie in S3." },
    [number("Bytes", (row) => format.bytes(row.byte_count))]),
  loadsCard("Rejected lines and plays", [
    { name: "rejected by COPY", value: (row) => row.rejected || null, tint: "--bad-fill" }, { name: "rejected by rule", value: (row) => row.rejected_by_rule || null, tint: "--warn-fill" },
    { name: "share of the lines", type: "line", second: true, stack: undefined, tint: "--text", symbolSize: 6, showSymbol: true, showAllSymbol: true, value: (row) => (rejects(row) ? (100 * rejects(row)) / row.source_lines : null) }],
  { unit: "rows", stack: true, wide: true, bars: true, second: { unit: "share", text: format.percent }, only: rejects, empty: "Nothing was rejected in this period." },
  [number("Rejected by COPY", (row) => format.number(row.rejected)), number("Ruled out", (row) => format.number(row.rejected_by_rule)),
    number("Share", (row) => format.share(rejects(row), row.source_lines))]),
];

function render() {
  picker.show(overview.since, overview.until);
  heat.show(overview, changes());
  const shown = [tiles(), unclaimedNote(), h("section", { class: "card", "aria-label": "Hours" }, heat.element), panel.element,
    h("div", { class: "cards" }, cards.map((one) => one.element))];
  return shown;
}

async function compareWithS3() {
  try {
    // What is not loaded at all is shown as such already.
    changed = (await request(`api/changes${periodQuery()}`)).hours.filter((item) => item.kind !== "unloaded");
  } catch (error) {
    changed = error;
  }
  document.querySelector(".tiles")?.replaceWith(tiles());
  if (Array.isArray(changed)) heat.show(overview, changes());
}

let next = null;

function load() {
  changed = null;
  return fill(main, () => request(`api/loads${periodQuery()}`), (found) => {
    overview = found;
    panel.mayTrigger = found.may_trigger;
    const shown = render();
    cards.forEach((one) => one.load());
    compareWithS3();
    followRuns();
    return shown;
  });
}

/** While runs are at work, look again every few seconds, and update an hour whose state has changed. */
function followRuns() {
  clearTimeout(next);
  if (!panel.watched && !isUnderWay(panel.state) && !overview.hours.some((row) => isUnderWay(stateOf(row.hour)))) return;
  next = setTimeout(async () => {
    const before = stateOf(panel.hour);
    if (!document.hidden) {
      try {
        overview = await request(`api/loads${periodQuery()}`);
      } catch {
        return; // the page stays as it is; its buttons say what is wrong
      }
      document.querySelector(".tiles")?.replaceWith(tiles());
      heat.show(overview, changes());
      const now = stateOf(panel.hour);
      // an hour outside of the period has no state here: it is asked for itself until its run has ended
      if (panel.hour && (now !== before || (isUnderWay(panel.state) && !isUnderWay(now)))) {
        panel.show(panel.hour);
        cards.forEach((one) => one.load());
      }
    }
    followRuns();
  }, 5000);
}

/** An hour's state and, of a loaded one, what becomes of loading it again. */
const stateOf = (hour) => {
  const row = overview.hours.find((one) => one.hour === hour);
  return row && stateWords(row);
};
const changes = () => new Map(Array.isArray(changed) ? changed.map((item) => [item.hour, item.kind]) : []);
panel.started = followRuns;

const [dag, wanted] = [parameter("dag_id"), parameter("hour")];
if (dag && dag !== "sparkify_hourly") {
  document.querySelector("header.page").append(h("span", { class: "faint" }, `${dag} loads no hours; these are those of sparkify_hourly.`));
}
if (wanted && !parameter("since")) {
  const day = new Date(`${wanted.slice(0, 10)}T00:00:00Z`);
  setAddress({ since: format.day(+day - 11 * 86400000), until: format.day(+day + 3 * 86400000) });
}
load().then(() => wanted && heat.choose(wanted));
