// The Listening page: the analysts' questions as charts.
import { bars, card, ranking, redraw } from "./charts.js";
import { fill, followTheme, format, h, request, tile } from "./common.js";
import { PeriodPicker, periodQuery } from "./period.js";

followTheme(redraw);
const main = document.getElementById("main");
let period = null;
const picker = new PeriodPicker([7, 30, 90], load);
document.querySelector("header.page").append(picker.element, h("span", { class: "faint" }, "All times are UTC."));

const ask = (question) => request(`api/listening/${question}${periodQuery()}`);
const text = (title, name) => ({ title, value: (row) => row[name], wrap: true });
const number = (title, name) => ({ title, value: (row) => format.number(row[name]), number: true });
const day = { title: "Day", value: (row) => format.day(row.day) };
const MINUTES = { 0: "under 1 min", 1: "1–5 min", 5: "5–15 min", 15: "15–30 min", 30: "30–60 min", 60: "1–2 h", 120: "2–4 h", 240: "over 4 h" };
const series = (...names) => names.map(([name, column, more]) => ({ name, value: (row) => row[column], ...more }));

/** A row for each day of the period up to the last with plays, so that days without any are seen. */
function everyDay(rows, nothing) {
  const known = new Map(rows.map((row) => [format.day(row.day), row]));
  const days = [];
  for (let at = +new Date(period.since); at < +new Date(period.until); at += 86400000) days.push(known.get(format.day(at)) ?? { day: at, ...nothing });
  return days;
}
const dayName = (row) => format.day(row.day);
const DAYS = { axisLabel: { formatter: (text) => new Date(`${text}T00:00:00Z`).toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" }) } };
const song = (row) => `${row.song} – ${row.artist}`;

/** Shares of what each level has of plays, listeners and sessions; the tooltip and the labels have the numbers. */
function shares(rows) {
  const names = ["sessions", "listeners", "plays"];
  const floor = (share) => Math.floor(share * 1e6) / 1e6; // a sum above 100 would fall off the axis
  const sums = names.map((name) => rows.reduce((total, row) => total + row[name], 0));
  return {
    tooltip: { trigger: "item", formatter: ({ seriesName, name, data }) => `${seriesName}: ${format.number(data.count)} ${name} (${format.percent(data.value)})` },
    legend: { right: 0 }, grid: { left: 8, right: 24, top: 34, bottom: 8, containLabel: true },
    xAxis: { type: "value", max: 100, axisLabel: { formatter: (value) => `${value} %` } }, yAxis: { type: "category", data: names, axisTick: { show: false } },
    series: rows.map((row) => ({ name: row.level ?? "unknown", type: "bar", stack: "all", barMaxWidth: 44,
      label: { show: true, color: "#ffffff", textBorderColor: "#00000099", textBorderWidth: 2, formatter: ({ data }) => (data.value >= 8 ? format.number(data.count) : "") },
      data: names.map((name, index) => ({ count: row[name], value: floor((100 * row[name]) / (sums[index] || 1)) })) })),
  };
}

const QUESTIONS = [
  { title: "Plays by day", name: "active_users_by_day", wide: true, columns: [day, number("Plays", "plays"), number("Free", "free_plays"), number("Paid", "paid_plays"), number("Sessions", "sessions")],
    option: (rows) => bars(everyDay(rows, { free_plays: 0, paid_plays: 0 }), dayName, series(["free", "free_plays"], ["paid", "paid_plays"]), { unit: "plays", stack: true, xAxis: DAYS }) },
  { title: "Active users by day", name: "active_users_by_day", columns: [day, number("Active users", "active_users"), number("Sessions", "sessions")],
    option: (rows) => bars(everyDay(rows, { active_users: 0, sessions: 0 }), dayName, series(["active users", "active_users"], ["sessions", "sessions"]), { type: "line", xAxis: DAYS }) },
  { title: "By hour of the day", name: "active_users_by_hour", hint: "UTC", columns: [number("Hour", "hour"), number("Plays", "plays"), number("Active users", "active_users")],
    option: (rows) => bars(rows, (row) => String(row.hour).padStart(2, "0"), series(["plays", "plays"], ["active users", "active_users", { type: "line", second: true }]), { unit: "plays", second: { unit: "users" } }) },
  { title: "Free against paid", name: "free_against_paid", hint: "Who had both levels in the period counts in both.", columns: [text("Level", "level"), number("Plays", "plays"), number("Listeners", "listeners"), number("Sessions", "sessions")], option: shares },
  { title: "Conversions", name: "conversions", columns: [day, number("Upgrades", "upgrades"), number("Downgrades", "downgrades")],
    hint: "Listeners who went from free to paid and back, seen between two plays.", empty: "Nobody changed the level in this period.",
    option: (rows) => bars(everyDay(rows, { upgrades: 0, downgrades: 0 }), dayName, series(["upgrades", "upgrades"], ["downgrades", "downgrades"]), { unit: "listeners", xAxis: DAYS, stack: true }) },
  { title: "New and returning users", name: "new_and_returning_users", hint: "New: the first play ever was on that day.", columns: [day, number("New", "new_users"), number("Returning", "returning_users")],
    option: (rows) => bars(everyDay(rows, { new_users: 0, returning_users: 0 }), dayName, series(["new", "new_users"], ["returning", "returning_users"]), { unit: "users", stack: true, xAxis: DAYS }) },
  { title: "Length of sessions", name: "session_lengths", columns: [{ title: "Length", value: (row) => MINUTES[row.minutes_from] }, number("Sessions", "sessions"), number("Plays", "plays")],
    hint: "From the first play to the last.", option: (rows) => ranking(rows, (row) => MINUTES[row.minutes_from], (row) => row.sessions, "sessions") },
  { title: "Top songs", name: "top_songs", half: true, columns: [text("Song", "song"), text("Artist", "artist"), number("Plays", "plays"), number("Listeners", "listeners")],
    empty: "No play of this period has a song of the catalogue.", option: (rows) => ranking(rows, song, (row) => row.plays, "plays", 260) },
  { title: "Top artists", name: "top_artists", half: true, columns: [text("Artist", "artist"), number("Plays", "plays"), number("Listeners", "listeners"), number("Songs", "songs")],
    empty: "No play of this period has an artist of the catalogue.", option: (rows) => ranking(rows, (row) => row.artist, (row) => row.plays, "plays", 260) },
  { title: "By place", name: "plays_by_place", columns: [text("Place", "place"), number("Plays", "plays"), number("Listeners", "listeners")],
    height: "26rem", half: true, option: (rows) => ranking(rows, (row) => row.place, (row) => row.plays, "plays", 260) },
  { title: "Most played songs that the catalogue lacks", name: "missing_songs", columns: [text("Song", "song"), text("Artist", "artist"), number("Plays", "plays"), number("Listeners", "listeners")],
    height: "26rem", half: true, empty: "The catalogue has every song that was played.", option: (rows) => ranking(rows, song, (row) => row.plays, "plays", 260) },
];

// One request for questions that several cards show.
let asked = new Map();
const once = (question) => asked.get(question) ?? asked.set(question, ask(question)).get(question);
const cards = QUESTIONS.map((one) => card({ ...one, ask: () => once(one.name).catch((error) => { asked.delete(one.name); throw error; }) }));

function tiles({ rows: [totals] }) {
  const known = totals.plays_of_known_songs;
  const users = totals.listeners ? totals.plays / totals.listeners : null;
  return h("div", { class: "tiles" },
    tile("Plays", format.number(totals.plays), totals.plays ? `the last at ${format.minute(totals.last_play)}` : "none in this period"),
    tile("Listeners", format.number(totals.listeners), users ? `${format.number(Math.round(users))} plays each, on average` : ""),
    tile("Sessions", format.number(totals.sessions), totals.sessions ? `${format.number(Math.round(totals.plays / totals.sessions))} plays each, on average` : ""),
    tile("Paid", format.share(totals.paid_plays, totals.plays), `${format.number(totals.paid_plays)} plays`),
    tile("In the catalogue", format.share(known, totals.plays), `songs of ${format.number(known)} plays`));
}

function load() {
  asked = new Map();
  return fill(main, () => ask("listening_totals"), (found) => {
    picker.show(found.since, found.until);
    period = found;
    cards.forEach((one) => one.load());
    const elements = (half) => cards.filter((one, index) => Boolean(QUESTIONS[index].half) === half).map((one) => one.element);
    return [tiles(found), h("div", { class: "cards" }, elements(false)), h("div", { class: "cards halves" }, elements(true))];
  });
}

load();
