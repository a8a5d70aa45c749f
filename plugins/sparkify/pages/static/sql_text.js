// SQL with its parts marked for colours.
import { h } from "./common.js";

const KEYWORDS = new Set(("ADD ALL ALTER ANALYZE AND AS ASC BEGIN BETWEEN BY CASE COMMIT COPY CREATE CROSS DEFAULT DEFAULTS DELETE DESC DISTINCT " +
  "DROP ELSE END EXCEPT EXISTS FALSE FOREIGN FROM FULL GROUP HAVING IF IN INCLUDING INNER INSERT INTERSECT INTO IS JOIN JSON KEY LEFT LIKE LIMIT " +
  "LOCK MANIFEST NOT NULL ON OR ORDER OUTER OVER PARTITION PRIMARY REFERENCES RIGHT ROLLBACK SCHEMA SELECT SET TABLE TEMP THEN TO TRUE TRUNCATE " +
  "UNION UPDATE USING VALUES VIEW WHEN WHERE WITH").split(" "));
const PART = /(?<comment>--[^\n]*|\/\*[^]*?\*\/)|(?<string>'(?:[^']|'')*')|(?<quoted>"[^"]*")|(?<number>\b\d+(?:\.\d+)?\b)|(?<parameter>(?<!:):\w+|%s)|(?<word>[A-Za-z_]\w*)/g;

/** A block of SQL. */
export function sqlBlock(text) {
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(PART)) {
    parts.push(text.slice(end, found.index), mark(found.groups, found[0], text[found.index + found[0].length]));
    end = found.index + found[0].length;
  }
  return h("pre", { class: "sql", tabindex: "0" }, parts, text.slice(end));
}

function mark(groups, text, next) {
  const kind = Object.keys(groups).find((name) => groups[name] !== undefined);
  if (kind === "word") {
    if (KEYWORDS.has(text.toUpperCase())) return h("span", { class: "keyword" }, text);
    return next === "(" ? h("span", { class: "function" }, text) : text;
  }
  return kind === "quoted" ? text : h("span", { class: kind }, text);
}
