// The period that a page shows: two dates and some usual lengths.
import { format, h, parameter, setAddress } from "./common.js";

const DAY = 86400000;

/** Return the query string of the period in the address; empty for the server's default. */
export function periodQuery() {
  const [since, until] = [parameter("since"), parameter("until")];
  return since && until ? `?${new URLSearchParams({ since, until })}` : "";
}

/** A form by which the period is chosen. */
export class PeriodPicker {
  /** @param {number[]} lengths in days; @param {() => void} changed called when another period is chosen. */
  constructor(lengths, changed) {
    this.changed = changed;
    this.since = h("input", { type: "date", "aria-label": "First day (UTC)", required: true });
    this.until = h("input", { type: "date", "aria-label": "Last day (UTC)", required: true });
    const step = (sign, label) => h("button", { type: "button", "aria-label": label, onclick: () => this.move(sign) }, sign < 0 ? "‹" : "›");
    this.element = h("form", { onsubmit: (event) => { event.preventDefault(); this.choose(); } },
      step(-1, "Earlier"), this.since, "to", this.until, step(1, "Later"), h("button", { type: "submit" }, "Show"),
      lengths.map((days) => h("button", { type: "button", onclick: () => this.last(days) }, `${days} days`)),
      h("button", { type: "button", onclick: () => this.set(null, null) }, "Latest"));
  }

  /** Show the period that the server answered for. */
  show(since, until) {
    this.since.value = format.day(since);
    this.until.value = format.day(new Date(until) - 1);
  }

  choose() {
    const [since, until] = [new Date(this.since.value), new Date(this.until.value)];
    if (until < since) return this.until.setCustomValidity("The last day is before the first."), this.until.reportValidity();
    this.until.setCustomValidity("");
    this.set(since, new Date(+until + DAY));
  }

  last(days) {
    const until = new Date(+new Date(this.until.value) + DAY);
    this.set(new Date(until - days * DAY), until);
  }

  move(sign) {
    const since = new Date(this.since.value);
    const length = new Date(this.until.value) - since + DAY;
    this.set(new Date(+since + sign * length), new Date(+since + sign * length + length));
  }

  set(since, until) {
    setAddress({ since: since && format.day(since), until: until && format.day(until) });
    this.changed();
  }
}
