// The statements of a task's try, as its log has them: a tab of every task instance.
import { ROOT, fill, followTheme, h, note, parameter, request } from "./common.js";
import { sqlBlock } from "./sql_text.js";

const GROUP = "::group::SQL as it ran";
const main = document.getElementById("main");
const [dag, run, task] = ["dag_id", "run_id", "task_id"].map(parameter);
const index = /^\d+$/.test(parameter("map_index") ?? "") ? parameter("map_index") : "-1";
const instance = `${ROOT}/api/v2/dags/${encodeURIComponent(dag)}/dagRuns/${encodeURIComponent(run)}/taskInstances/${encodeURIComponent(task)}`;

followTheme();

/** The groups of statements in a log: title and text. */
function groupsOf(lines) {
  const groups = [];
  let open = null;
  for (const event of lines) {
    if (event.startsWith(GROUP)) groups.push(open = { title: event.slice("::group::".length), text: [] });
    else if (event.startsWith("::endgroup::")) open = null;
    else open?.text.push(event);
  }
  return groups;
}

async function ask(tried) {
  const path = index === "-1" ? instance : `${instance}/${index}`;
  const last = (await request(path)).try_number;
  const wanted = Math.min(tried ?? last, last);
  if (!wanted) return { wanted: 0, last: 0, groups: [] };
  const answer = await request(`${instance}/logs/${wanted}?map_index=${index}&full_content=true`, { headers: { Accept: "application/json" } });
  const lines = (answer.content ?? []).map((line) => (typeof line === "string" ? line : line.event ?? ""));
  return { wanted, last, groups: groupsOf(lines) };
}

function show({ wanted, last, groups }) {
  const tries = h("select", { "aria-label": "Try", onchange: (event) => load(Number(event.target.value)) },
    [...Array(last).keys()].map((number) => h("option", { value: number + 1, selected: number + 1 === wanted }, `Try ${number + 1}`)));
  return [last > 1 && h("p", {}, tries),
    ...(groups.length ? groups.flatMap(({ title, text }) => [h("h2", {}, title.replace(/^SQL as it ran: /, "")), sqlBlock(text.join("\n"))])
      : [note(wanted ? "This try has run no SQL, or has not ended yet: its statements are here when it has." : "The task has not run yet.")])];
}

const load = (tried) => fill(main, () => ask(tried), show);
if (dag && run && task) load();
else main.replaceChildren(note("Open this page from a task of a run, by its tab SQL."));
