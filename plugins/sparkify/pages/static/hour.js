// One hour: how its lines became plays, its files, checks, rejects and loads, and how to load it again.
import { chart, colour } from "./charts.js";
import { ROOT, airflowLink, badge, fill, format, h, note, request, runPath, table, taskPath } from "./common.js";

const HELP = {
  loaded: "The hour is loaded.",
  empty: "The hour was loaded, and there were no events of it: no files, or only empty ones, or a day's file with none of this hour.",
  missing: "The hour was not loaded. Load it here, or unpause sparkify_hourly with catchup for all such hours.",
  running: "A run is at work on this hour, or waits to be.",
  failed: "The last run failed. Below is why and what to do; when that is done, load the hour again.",
};
const RELOAD_HELP = {
  running: "A run is at work on loading it again, or waits to be; what is shown is the load before.",
  failed: "Loading it again failed, and what is shown is the load before. Below is why and what to do.",
};
const RELOADS = { running: "reload under way", failed: "reload failed" };

/** An hour's state as one text. */
export const stateWords = ({ state, reload }) => [state, RELOADS[reload]].filter(Boolean).join(", ");
export const isUnderWay = (words) => words === "running" || Boolean(words?.endsWith(RELOADS.running));

/** The panel below the calendar. */
export class HourPanel {
  constructor() {
    this.element = h("section", { "aria-live": "polite", "aria-label": "Hour", tabindex: "-1" });
    this.mayTrigger = false;
    /** Until when a run that was started here is awaited; @type {() => void} called when one is. */
    this.until = 0;
    /** The hour that is shown, and its state as it was found. */
    this.hour = null;
    this.state = null;
    this.started = () => {};
  }

  get watched() {
    return Date.now() < this.until;
  }

  show(hour) {
    this.element.className = "card";
    this.element.replaceChildren();
    return fill(this.element, () => request(`api/hours/${encodeURIComponent(hour)}`), (found) => this.parts(found));
  }

  parts(found) {
    this.hour = found.hour;
    this.state = stateWords(found);
    if (isUnderWay(this.state)) this.started();
    const s3 = h("div", {});
    fill(s3, () => request(`api/hours/${encodeURIComponent(found.hour)}/changes`), (change) => changesInS3(change, Boolean(found.load)));
    return [
      h("header", {}, h("h2", {}, format.hour(found.hour), " ", badge(found.state), found.reload && [" ", badge(found.reload, RELOADS[found.reload])]), links(found)),
      h("p", {}, HELP[found.state], found.reload && ` ${RELOAD_HELP[found.reload]}`), found.run?.reason && h("pre", { tabindex: "0", "aria-label": "Reason" }, found.run.reason.replaceAll(/ (?=s3:\/\/\S+, line|Nothing of it|And \d+ more|\| )/g, "\n")),
      this.actions(found),
      ...(found.load?.source_lines ? [h("h3", {}, "From source line to play"), flow(found.load)] : []),
      h("h3", {}, "In S3 now"), s3,
      ...section("Files it was loaded from", found.objects, OBJECTS), ...checks(found.checks),
      ...section("Rejected lines and plays", found.rejects, REJECTS), ...section("Loads", found.loads, LOADS),
    ];
  }

  actions({ rerun, run, hour, state }) {
    const command = `airflow dags trigger ${rerun.dag_id} --conf '${JSON.stringify(rerun.conf)}'`;
    const said = h("span", { role: "status" });
    const copy = h("button", { type: "button", onclick: async () => {
      try {
        await navigator.clipboard.writeText(command);
        said.replaceChildren("Copied.");
      } catch {
        said.replaceChildren("The browser does not allow to copy: mark the command and copy it.");
      }
    } }, "Copy command");
    const buttons = this.mayTrigger ? [
      this.button(state === "missing" ? "Load this hour" : "Load this hour again", "primary", rerun, said),
      run?.state === "failed" && run.hours > 1 && this.button(`Load all ${format.number(run.hours)} hours of the failed run again`, "", { ...rerun, conf: run.conf }, said)] : [];
    return h("div", {}, h("div", { class: "actions" }, buttons, copy, said),
      h("pre", { tabindex: "0", "aria-label": `Command that loads ${hour} again` }, command));
  }

  button(title, kind, { dag_id: dag, conf }, said) {
    const button = h("button", { type: "button", class: kind, onclick: async () => {
      button.disabled = true;
      try {
        const started = await trigger(dag, conf);
        this.until = Date.now() + 60000;
        this.started();
        said.replaceChildren("Started: ", airflowLink(runPath(dag, started.dag_run_id), started.dag_run_id));
      } catch (error) {
        said.replaceChildren(note(error.message, "error"));
      }
      button.disabled = false;
    } }, title);
    return button;
  }
}

function trigger(dag, conf) {
  return request(`${ROOT}/api/v2/dags/${dag}/dagRuns`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ logical_date: null, conf }),
  });
}

function links({ load, run }) {
  const shown = [];
  if (run) shown.push(airflowLink(runPath(run.dag_id, run.run_id), `Run (${run.state})`));
  if (run?.failed_task) shown.push(airflowLink(taskPath(run.dag_id, run.run_id, run.failed_task, run.failed_try), `Log of ${run.failed_task}`));
  if (load) shown.push(airflowLink(taskPath(load.dag_id, load.run_id, load.task_id, load.try_number), "Log of the load"));
  return h("span", {}, shown.flatMap((link, index) => (index ? [" · ", link] : [link])));
}

function flow(load) {
  const others = load.in_scope - load.candidates;
  const steps = [
    ["source lines", "staged", load.staged], ["source lines", "rejected by COPY", load.rejected],
    ["staged", "of this hour", load.in_scope], ["staged", "of other hours", load.out_of_scope],
    ["of this hour", "plays delivered", load.candidates], ["of this hour", "other pages", others],
    ["plays delivered", "in songplays", load.loaded], ["plays delivered", "duplicates", load.duplicates],
    ["plays delivered", "rejected by rule", load.rejected_by_rule],
  ].filter(([, , value]) => value > 0).map(([source, target, value]) => ({ source, target, value }));
  const sums = { "source lines": load.source_lines };
  steps.forEach(({ target, value }) => { sums[target] = value; });
  const title = `From ${load.source_lines} source lines to ${load.loaded} plays`;
  // On a phone the labels of a flow would lie on each other.
  if (innerWidth < 700) return table(STEPS, steps, title);
  return chart(title, () => ({
    tooltip: { valueFormatter: (value) => `${format.number(value)} rows` },
    series: [{ type: "sankey", left: 8, right: 150, top: 8, bottom: 8, nodeGap: 14, draggable: false,
      label: { color: colour("--text"), textBorderWidth: 0, formatter: ({ name }) => `${name}: ${format.number(sums[name])}` },
      lineStyle: { color: "gradient", opacity: 0.35 }, emphasis: { focus: "adjacency" },
      data: Object.keys(sums).map((name) => ({ name, itemStyle: { color: colour(COLOURS[name] ?? "--busy-fill"), borderWidth: 0 } })), links: steps }],
  }), { height: "14rem" });
}

const COLOURS = { "in songplays": "--good-fill", "rejected by COPY": "--bad-fill", "rejected by rule": "--bad-fill", duplicates: "--warn-fill",
  "of other hours": "--faint", "other pages": "--faint" };

const CHANGES = {
  unloaded: "There are files for this hour that are not loaded.",
  changed: "Files are not those that the hour was loaded from. Load it again to take them over.",
  appeared: "Files came for this hour after it was loaded. Load it again to take them over.",
  removed: "Files that the hour was loaded from are gone. Put them back; or, if that is meant, trigger the hour with accept_removed, and what only they had is taken away.",
};

function changesInS3({ kind, lines }, isLoaded) {
  if (!kind) return h("p", {}, isLoaded ? "The files are those that the hour was loaded from." : "There are no files for this hour.");
  return [h("p", {}, badge("warned", kind), ` ${CHANGES[kind] ?? CHANGES.changed}`), h("pre", { tabindex: "0" }, lines.join("\n"))];
}

/** What is wrong first; what passed is folded. */
function checks(rows) {
  if (!rows.length) return [];
  const [wrong, passed] = [rows.filter((row) => row.status !== "passed"), rows.filter((row) => row.status === "passed")];
  return [h("h3", {}, "Checks of its run"),
    wrong.length ? table(CHECKS, wrong, "Checks that found something", "wide-table") : null,
    passed.length ? h("details", {}, h("summary", {}, `${format.number(passed.length)} of ${format.number(rows.length)} checks passed`),
      table(CHECKS, passed, "Checks that passed", "wide-table")) : null].filter(Boolean);
}

function section(title, rows, columns) {
  return rows.length ? [h("h3", {}, `${title} (${rows.length})`), table(columns, rows, title)] : [];
}

const number = (title, value) => ({ title, value, number: true });
const STEPS = [
  { title: "Of the", value: (row) => row.source }, { title: "are", value: (row) => row.target }, number("Rows", (row) => format.number(row.value)),
];
const OBJECTS = [
  { title: "File", value: (row) => row.object_uri, wrap: true }, number("Lines", (row) => format.number(row.source_lines)),
  number("Size", (row) => format.bytes(row.byte_count)), { title: "Modified", value: (row) => format.moment(row.last_modified) },
  { title: "ETag", value: (row) => h("code", {}, row.etag) },
];
const CHECKS = [
  { title: "Check", value: (row) => h("a", { href: `quality?check=${encodeURIComponent(row.check_name)}` }, row.check_name) }, { title: "Result", value: (row) => badge(row.status) },
  { title: "Severity", value: (row) => row.severity }, number("Offending rows", (row) => format.number(row.failures)),
  { title: "Some of them", value: (row) => row.sample, wrap: true },
];
const REJECTS = [
  { title: "From", value: (row) => row.table_name }, { title: "File", value: (row) => row.object_uri, wrap: true },
  number("Line", (row) => format.number(row.line_number)), { title: "Column", value: (row) => row.column_name },
  { title: "Reason", value: (row) => row.reason, wrap: true }, { title: "Line's text", value: (row) => h("code", {}, row.raw_line ?? ""), wrap: true },
];
const LOADS = [
  { title: "Committed", value: (row) => format.moment(row.loaded_at) },
  { title: "Run", value: (row) => airflowLink(taskPath(row.dag_id, row.run_id, row.task_id, row.try_number), row.run_id), wrap: true },
  number("Try", (row) => format.number(row.try_number)), number("Lines", (row) => format.number(row.source_lines)),
  number("Plays", (row) => format.number(row.loaded)), number("Duplicates", (row) => format.number(row.duplicates)),
  number("Rejected", (row) => format.number(row.rejected + row.rejected_by_rule)), number("Seconds", (row) => format.seconds(row.seconds)),
  { title: "Query ids", value: (row) => row.query_ids, wrap: true },
];
