/** The events that a card holds in memory: what is shown, and what waits to be shown. */

import { fingerprint, isEvent, type LogEvent, type Row } from "./event";
import { matcher, type Filter } from "./filter";

/** What stays in memory; of more the oldest are dropped. */
export const MAX_ROWS = 2_000;

/** So many may be loaded by scrolling back. */
export const MAX_SCROLLED_BACK = 5_000;

const countEvents = (rows: Row[]): number =>
  rows.reduce((count, row) => count + (isEvent(row) ? 1 : 0), 0);

/** Return rows of two lists, newest first; of the same time, those of the first list are the newer ones. */
const newestFirst = (rows: Row[], others: Row[]): Row[] =>
  [...rows, ...others].sort((one, other) => other.time - one.time);

export class Log {
  /** All rows, newest first, without those that wait. */
  #rows: Row[] = [];
  #waiting: Row[] = [];
  #filtered: Row[] | undefined;
  #matches: ((row: Row) => boolean) | undefined;
  #waitingMatches = 0;
  #nextKey = 0;

  /** Grows when the oldest rows are dropped. */
  cuts = 0;

  /** The rows that are shown, newest first. */
  get shown(): Row[] {
    return this.#filtered ?? this.#rows;
  }

  /** How many events are shown. */
  get shownEvents(): number {
    return countEvents(this.shown);
  }

  /** How many events there are, shown or not. */
  get events(): number {
    return countEvents(this.#rows);
  }

  /** How many events wait to be shown. */
  get newEvents(): number {
    return this.#waitingMatches;
  }

  get isFiltered(): boolean {
    return this.#filtered !== undefined;
  }

  get oldest(): Row | undefined {
    return this.#rows.at(-1);
  }

  setFilter(filter: Filter): void {
    this.#matches = matcher(filter);
    this.#applyFilter();
  }

  /** Take events that came in, oldest first. While `hold`, they wait: nothing that is shown moves. */
  add(events: LogEvent[], leftOut: number, hold: boolean): void {
    const rows = events.map((event) => this.#row(event)).reverse();
    const first = rows.at(-1);
    if (leftOut && first) {
      rows.push({ key: this.#nextKey++, time: first.time, leftOut });
    }
    if (!hold && !this.#waiting.length) {
      this.#prepend(rows);
      return;
    }
    this.#waiting.unshift(...rows);
    if (this.#waiting.length > MAX_ROWS) {
      this.#waiting.length = MAX_ROWS;
    }
    this.#waitingMatches += countEvents(this.#matches ? rows.filter(this.#matches) : rows);
  }

  /** Show what waits. */
  release(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingMatches = 0;
    if (waiting.length === MAX_ROWS) {
      // Some that waited are gone; what is older would not follow on them.
      this.#rows = [];
      this.#filtered &&= [];
    }
    this.#prepend(waiting);
  }

  /** Add stored events that are older than all that are known, newest first; if there is a filter, they match. */
  append(events: LogEvent[]): void {
    const known = new Set(
      this.#rows.slice(-100).map((row) => isEvent(row) && fingerprint(row.event)),
    );
    const rows = events
      .filter((event) => !known.has(fingerprint(event)))
      .map((event) => this.#row(event));
    // What was searched for says nothing of what lies in between.
    (this.#filtered ?? this.#rows).push(...rows);
  }

  /** Take the newest stored events, newest first: at the start, or after an interruption. */
  merge(events: LogEvent[], hold: boolean): void {
    const known = new Set(
      [...this.#waiting, ...this.#rows].flatMap((row) =>
        isEvent(row) ? fingerprint(row.event) : [],
      ),
    );
    const missing = events.filter((event) => !known.has(fingerprint(event)));
    const rows = missing.map((event) => this.#row(event));
    const oldest = rows.at(-1);
    const newestKnown = this.#rows[0];
    if (oldest && newestKnown && missing.length === events.length) {
      // They do not reach back to what is known.
      rows.push({ key: this.#nextKey++, time: oldest.time, leftOut: undefined });
    }
    const isNew = (row: Row): boolean => hold && !!newestKnown && row.time >= newestKnown.time;
    this.#waiting = newestFirst(this.#waiting, rows.filter(isNew)).slice(0, MAX_ROWS);
    this.#rows = newestFirst(
      this.#rows,
      rows.filter((row) => !isNew(row)),
    );
    this.#cut();
    this.#applyFilter();
  }

  #row(event: LogEvent): Row {
    return { key: this.#nextKey++, time: Date.parse(event.received_at), event };
  }

  #prepend(rows: Row[]): void {
    this.#rows.unshift(...rows);
    this.#filtered?.unshift(...(this.#matches ? rows.filter(this.#matches) : []));
    this.#cut();
  }

  #cut(): void {
    if (this.#rows.length <= MAX_ROWS) {
      return;
    }
    this.cuts += 1;
    const dropped = new Set(this.#rows.splice(MAX_ROWS));
    const filtered = this.#filtered;
    for (let last = filtered?.at(-1); last && dropped.has(last); last = filtered?.at(-1)) {
      filtered?.pop();
    }
  }

  #applyFilter(): void {
    this.#filtered = this.#matches && this.#rows.filter(this.#matches);
    this.#waitingMatches = countEvents(
      this.#matches ? this.#waiting.filter(this.#matches) : this.#waiting,
    );
  }
}
