// The Listening page: the analysts' questions as charts.
import { bars, card, ranking, redraw } from "./charts.js";
import { fill, followTheme, format, h, request, tile } from "./common.js";
import { PeriodPicker, periodQuery } from "./period.js";

followTheme(redraw);
const main = document.getElementById("main");
const picker = new PeriodPicker([7, 30, 90], load);
document.querySelector("header.page").append(picker.element, h("span", { class: "faint" }, "All times are UTC."));

const ask = (question) => request(`api/listening/${question}${periodQuery()}`);
const text = (title, name) => ({ title, value: (row) => row[name], wrap: true });
const number = (title, name) => ({ title, value: (row) => format.number(row[name]), number: true });
const day = { title: "Day", value: (row) => format.day(row.day) };
const MINUTES = { 0: "under 1 min", 1: "1–5 min", 5: "5–15 min", 15: "15–30 min", 30: "30–60 min", 60: "1–2 h", 120: "2–4 h", 240: "over 4 h" };
const series = (...names) => names.map(([name, column, more]) => ({ name, value: (row) => row[column], ...more }));

const QUESTIONS = [
  { title: "Plays by day", name: "active_users_by_day", wide: true, columns: [day, number("Plays", "plays"), number("Free", "free_plays"), number("Paid", "paid_plays"), number("Sessions", "sessions")],
    option: (rows) => bars(rows, (row) => format.day(row.day), series(["free", "free_plays"], ["paid", "paid_plays"]), { unit: "plays", stack: true }) },
  { title: "Active users by day", name: "active_users_by_day", columns: [day, number("Active users", "active_users"), number("Sessions", "sessions")],
    option: (rows) => bars(rows, (row) => format.day(row.day), series(["active users", "active_users"], ["sessions", "sessions"]), { type: "line" }) },
  { title: "By hour of the day", name: "active_users_by_hour", columns: [number("Hour", "hour"), number("Plays", "plays"), number("Active users", "active_users")],
    option: (rows) => bars(rows, (row) => String(row.hour).padStart(2, "0"), series(["plays", "plays"], ["active users", "active_users"])) },
  { title: "Free against paid", name: "free_against_paid", columns: [text("Level", "level"), number("Plays", "plays"), number("Listeners", "listeners"), number("Sessions", "sessions")],
    option: (rows) => bars(["plays", "listeners", "sessions"], (name) => name, rows.map((row) => ({ name: row.level ?? "unknown", value: (name) => row[name] }))) },
  { title: "Conversions", name: "conversions", columns: [day, number("Upgrades", "upgrades"), number("Downgrades", "downgrades")],
    hint: "Free to paid and back, seen between two plays.", empty: "Nobody changed the level in this period.",
    option: (rows) => bars(rows, (row) => format.day(row.day), series(["upgrades", "upgrades"], ["downgrades", "downgrades"]), { unit: "listeners" }) },
  { title: "New and returning users", name: "new_and_returning_users", columns: [day, number("New", "new_users"), number("Returning", "returning_users")],
    option: (rows) => bars(rows, (row) => format.day(row.day), series(["new", "new_users"], ["returning", "returning_users"]), { unit: "users", stack: true }) },
  { title: "Length of sessions", name: "session_lengths", columns: [{ title: "Length", value: (row) => MINUTES[row.minutes_from] }, number("Sessions", "sessions"), number("Plays", "plays")],
    hint: "From the first play to the last.",
    option: (rows) => bars(rows, (row) => MINUTES[row.minutes_from], series(["sessions", "sessions"]), { unit: "sessions" }) },
  { title: "Top songs", name: "top_songs", columns: [text("Song", "song"), text("Artist", "artist"), number("Plays", "plays"), number("Listeners", "listeners")],
    empty: "No play of this period has a song of the catalogue.", option: (rows) => ranking(rows, (row) => `${row.song} – ${row.artist}`, (row) => row.plays, "plays") },
  { title: "Top artists", name: "top_artists", columns: [text("Artist", "artist"), number("Plays", "plays"), number("Listeners", "listeners"), number("Songs", "songs")],
    empty: "No play of this period has an artist of the catalogue.", option: (rows) => ranking(rows, (row) => row.artist, (row) => row.plays, "plays") },
  { title: "By place", name: "plays_by_place", columns: [text("Place", "place"), number("Plays", "plays"), number("Listeners", "listeners")],
    height: "24rem", option: (rows) => ranking(rows, (row) => row.place, (row) => row.plays, "plays") },
  { title: "Most played songs that the catalogue lacks", name: "missing_songs", columns: [text("Song", "song"), text("Artist", "artist"), number("Plays", "plays"), number("Listeners", "listeners")],
    height: "24rem", empty: "The catalogue has every song that was played.", option: (rows) => ranking(rows, (row) => `${row.song} – ${row.artist}`, (row) => row.plays, "plays") },
];

// One request for questions that several cards show.
let asked = new Map();
const once = (question) => asked.get(question) ?? asked.set(question, ask(question)).get(question);
const cards = QUESTIONS.map((one) => card({ ...one, ask: () => once(one.name).catch((error) => { asked.delete(one.name); throw error; }) }));

function tiles({ rows: [totals] }) {
  const known = totals.plays_of_known_songs;
  return h("div", { class: "tiles" },
    tile("Plays", format.number(totals.plays), totals.plays ? `until ${format.moment(totals.last_play)}` : "none in this period"),
    tile("Listeners", format.number(totals.listeners), ""), tile("Sessions", format.number(totals.sessions), ""),
    tile("Paid", format.share(totals.paid_plays, totals.plays), "of plays"),
    tile("Songs known", format.share(known, totals.plays), "of plays are of the catalogue's songs"));
}

function load() {
  asked = new Map();
  return fill(main, () => ask("listening_totals"), (found) => {
    picker.show(found.since, found.until);
    cards.forEach((one) => one.load());
    return [tiles(found), h("div", { class: "cards" }, cards.map((one) => one.element))];
  });
}

load();
