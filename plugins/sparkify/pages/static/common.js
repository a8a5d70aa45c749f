// What all pages share: the theme, requests, elements, links into Airflow, formats.

/** Airflow's own address: the part of the path before this application's. */
export const ROOT = location.pathname.split("/sparkify/")[0];

/** Make an element. Children are text or elements, so nothing from the data can become markup. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Fetch; a question that a change of the network interrupted is asked once more. */
async function send(path, options) {
  try {
    return await fetch(path, options);
  } catch (error) {
    if (options.method && options.method !== "GET") throw error;
    await new Promise((resolve) => setTimeout(resolve, 500));
    return fetch(path, options);
  }
}

/** Ask this application's API, or Airflow's; the error says what the server said. */
export async function request(path, options = {}) {
  const response = await send(path, { credentials: "same-origin", ...options });
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  if (response.status === 401) throw new Error("Your session has ended. Log in to Airflow again.");
  const detail = typeof body.detail === "string" ? body.detail : JSON.stringify(body.detail ?? "");
  throw new Error(detail || `The server answered ${response.status} ${response.statusText}.`);
}

const whole = new Intl.NumberFormat("en-GB");
const compact = new Intl.NumberFormat("en-GB", { notation: "compact", maximumFractionDigits: 1 });
const short = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 1 });
const fine = new Intl.NumberFormat("en-GB", { maximumSignificantDigits: 2 });

export const format = {
  short: (value) => compact.format(value),
  number: (value) => (value === null || value === undefined ? "–" : whole.format(value)),
  seconds: (value) => (value === null || value === undefined ? "–" : `${(Math.abs(value) < 1 ? fine : short).format(value)} s`),
  percent: (value) => `${new Intl.NumberFormat("en-GB", { maximumSignificantDigits: 3 }).format(value)} %`,
  hours: (count) => (count <= 72 ? `${whole.format(count)} h` : `${whole.format(Math.round(count / 24))} days`),
  share: (part, all) => (all ? format.percent((100 * part) / all) : "–"),
  bytes(value) {
    if (value === null || value === undefined) return "–";
    const units = ["B", "kB", "MB", "GB", "TB"];
    const power = Math.min(value ? Math.floor(Math.log10(value) / 3) : 0, units.length - 1);
    return `${short.format(value / 1000 ** power)} ${units[power]}`;
  },
  moment: (value) => (value ? new Date(value).toISOString().slice(0, 19).replace("T", " ") : "–"),
  day: (value) => new Date(value).toISOString().slice(0, 10),
  minute: (value) => (value ? format.moment(value).slice(0, 16) : "–"),
  hour: (label) => `${label.slice(0, 10)} ${label.slice(11, 13)}:00`,
  ago(value) {
    if (!value) return "never";
    const minutes = Math.max(0, Math.round((Date.now() - new Date(value)) / 60000));
    if (minutes < 120) return `${minutes} min ago`;
    if (minutes < 60 * 48) return `${Math.round(minutes / 60)} h ago`;
    return `${whole.format(Math.round(minutes / 1440))} days ago`;
  },
};

/** A link into Airflow's UI. Inside its frame, which may not open addresses itself, the outer page follows it. */
export function airflowLink(path, text) {
  const address = ROOT + path;
  return h("a", { href: address, target: "_top", onclick: (event) => {
    if (window.parent === window) return;
    event.preventDefault();
    const outer = window.parent.document;
    const link = outer.createElement("a");
    link.href = address;
    if (event.ctrlKey || event.metaKey || event.shiftKey) Object.assign(link, { target: "_blank", rel: "noopener" });
    outer.body.append(link);
    link.click();
    link.remove();
  } }, text);
}

export const runPath = (dag, run) => `/dags/${encodeURIComponent(dag)}/runs/${encodeURIComponent(run)}`;
export const taskPath = (dag, run, task, tried) =>
  `${runPath(dag, run)}/tasks/${encodeURIComponent(task)}${tried ? `?try_number=${tried}` : ""}`;

/** Put parameters into the address, the frame's and the one that the user sees, so that it can be shared. */
export function setAddress(changes) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) value ? query.set(name, value) : query.delete(name);
  const address = `${location.pathname}${query.size ? `?${query}` : ""}`;
  history.replaceState(history.state, "", address);
  if (window.parent === window) return;
  const outer = window.parent;
  const match = outer.location.pathname.slice(ROOT.length).match(/^\/plugin\/[^/]+/);
  if (match) outer.history.replaceState(outer.history.state, "", `${ROOT}${match[0]}${address}`);
}

export const parameter = (name) => new URLSearchParams(location.search).get(name);

/** Follow the theme that Airflow shows. @param {() => void} [changed] called when it is another. */
export function followTheme(changed) {
  const apply = () => {
    const theme = window.airflowTheme();
    if (document.documentElement.dataset.theme === theme) return;
    document.documentElement.dataset.theme = theme;
    changed?.();
  };
  if (window.parent !== window) {
    new MutationObserver(apply).observe(window.parent.document.documentElement, { attributes: true, attributeFilter: ["class"] });
  }
  addEventListener("storage", apply);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", apply);
}

/** A table. Columns: {title, value(row), number?, wrap?}. @param {(row: object) => string} [kindOf] a row's class. */
export function table(columns, rows, caption, kind = "scroll", kindOf = () => null) {
  const head = columns.map((column) => h("th", { scope: "col", class: column.number ? "number" : null }, column.title));
  const body = rows.map((row) =>
    h("tr", { class: kindOf(row) }, columns.map((column) => {
      const value = column.value(row);
      const kind = column.number ? "number" : column.wrap ? "wrap" : null;
      return h("td", { class: kind }, value === null || value === undefined || value === "" ? "–" : value);
    })));
  return h("div", { class: kind, tabindex: "0", role: "region", "aria-label": caption },
    h("table", {}, h("caption", { class: "visually-hidden" }, caption), h("thead", {}, h("tr", {}, head)), h("tbody", {}, body)));
}

export const badge = (state, text = state) => h("span", { class: `badge ${state}` }, text);
export const note = (text, kind = "") => h("p", { class: `note ${kind}`, role: kind === "error" ? "alert" : "status" }, text);
export const tile = (title, value, more, kind = "") =>
  h("div", { class: `tile ${kind}` }, h("span", { class: "faint" }, title), h("b", { class: value.length > 12 ? "long" : null }, value), h("span", { class: "faint" }, more ?? ""));

/** Fill an element with what a promise gives, with a word while it is awaited and another when it fails. */
export async function fill(element, promise, show) {
  element.setAttribute("aria-busy", "true");
  if (!element.childElementCount) element.replaceChildren(note("Loading …"));
  try {
    const shown = show(await promise());
    if (shown) element.replaceChildren(...[shown].flat().filter(Boolean));
  } catch (error) {
    const again = h("button", { type: "button", onclick: () => fill(element, promise, show) }, "Try again");
    element.replaceChildren(note(error.message, "error"), again);
  } finally {
    element.removeAttribute("aria-busy");
  }
}
