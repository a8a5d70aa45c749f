// The Loads page: the hours of a period, how they went, and one hour in detail.
import { bars, card, redraw } from "./charts.js";
import { fill, followTheme, format, h, parameter, request, setAddress, tile } from "./common.js";
import { HeatMap } from "./heat.js";
import { HourPanel } from "./hour.js";
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
let overview = null;
let changed = null;

function tiles() {
  const rows = overview.hours;
  const sum = (name) => rows.reduce((total, row) => total + (row[name] ?? 0), 0);
  const states = (state) => rows.filter((row) => row.state === state).length;
  const rejected = sum("rejected") + sum("rejected_by_rule");
  const differ = changed === null ? "…" : changed instanceof Error ? "not known" : format.number(changed.length);
  return h("div", { class: "tiles" },
    tile("Newest hour with data", overview.newest_hour ? format.moment(overview.newest_hour).slice(0, 16) : "none yet", "UTC"),
    tile("Last load", format.ago(overview.last_load_at), overview.last_load_at ? `${format.moment(overview.last_load_at)} UTC` : ""),
    tile("Hours", `${format.number(states("loaded"))} loaded`, `${format.number(states("empty"))} empty, ${format.number(states("running"))} under way`),
    tile("Plays", format.number(sum("loaded")), `${format.number(sum("duplicates"))} duplicates`),
    tile("Rejected", format.number(rejected), `${format.share(rejected, sum("source_lines"))} of ${format.number(sum("source_lines"))} lines`, rejected ? "warn" : ""),
    tile("Failed hours", format.number(states("failed")), states("failed") ? "choose one to see why" : "", states("failed") ? "bad" : ""),
    tile("Changed in S3 since", differ, changed instanceof Error ? changed.message : "hours", Array.isArray(changed) && changed.length ? "warn" : ""));
}

const title = (row) => format.hour(row.hour);
const loadsCard = (name, series, options, columns) => card({
  title: name, wide: options.wide, ask: async () => ({ rows: overview.hours.filter(options.only ?? ((row) => row.source_lines !== undefined)) }),
  option: (rows) => bars(rows, title, series, { zoom: true, ...options }),
  columns: [{ title: "Hour", value: title }, ...columns],
  empty: options.empty ?? "No hour of this period is loaded.",
  onclick: (event, rows) => heat.choose(rows[event.dataIndex]?.hour),
});
const number = (name, value) => ({ title: name, value, number: true });

const cards = [
  loadsCard("Plays an hour", [{ name: "plays", value: (row) => row.loaded }], { wide: true, unit: "plays" },
    [number("Plays", (row) => format.number(row.loaded)), number("Duplicates", (row) => format.number(row.duplicates))]),
  loadsCard("Seconds a load", [{ name: "seconds", value: (row) => row.seconds }], { unit: "s" },
    [number("Seconds", (row) => format.seconds(row.seconds)), number("Tries", (row) => format.number(row.try_number))]),
  loadsCard("Source lines an hour", [{ name: "lines", value: (row) => row.source_lines }], { unit: "lines" },
    [number("Lines", (row) => format.number(row.source_lines)), number("Files", (row) => format.number(row.object_count))]),
  loadsCard("Bytes an hour", [{ name: "kB", value: (row) => Math.round(row.byte_count / 100) / 10 }], { unit: "kB" },
    [number("Bytes", (row) => format.bytes(row.byte_count))]),
  loadsCard("Rejected lines and plays", [
    { name: "rejected by COPY", value: (row) => row.rejected }, { name: "ruled out", value: (row) => row.rejected_by_rule }],
  { unit: "rows", stack: true, wide: true, only: (row) => row.rejected || row.rejected_by_rule, empty: "Nothing was rejected in this period." }, [number("Rejected by COPY", (row) => format.number(row.rejected)),
    number("Ruled out", (row) => format.number(row.rejected_by_rule)), number("Share", (row) => format.share(row.rejected + row.rejected_by_rule, row.source_lines))]),
];

function render() {
  picker.show(overview.since, overview.until);
  heat.show(overview, new Map(Array.isArray(changed) ? changed.map((item) => [item.hour, item.kind]) : []));
  const shown = [tiles(), h("section", { class: "card", "aria-label": "Hours" }, heat.element), panel.element,
    h("div", { class: "cards", style: "margin-top:1rem" }, cards.map((one) => one.element))];
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
  if (Array.isArray(changed)) heat.show(overview, new Map(changed.map((item) => [item.hour, item.kind])));
}

function load() {
  changed = null;
  return fill(main, () => request(`api/loads${periodQuery()}`), (found) => {
    overview = found;
    panel.mayTrigger = found.may_trigger;
    const shown = render();
    cards.forEach((one) => one.load());
    compareWithS3();
    return shown;
  });
}

const [dag, wanted] = [parameter("dag_id"), parameter("hour")];
if (dag && dag !== "sparkify_hourly") {
  document.querySelector("header.page").append(h("span", { class: "faint" }, `${dag} loads no hours; these are those of sparkify_hourly.`));
}
if (wanted && !parameter("since")) {
  const day = new Date(`${wanted.slice(0, 10)}T00:00:00Z`);
  setAddress({ since: format.day(+day - 6 * 86400000), until: format.day(+day + 7 * 86400000) });
}
load().then(() => wanted && heat.choose(wanted));
