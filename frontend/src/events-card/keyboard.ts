/** Moving along the rows with the arrow keys. */

import type { ReactiveControllerHost } from "lit";

import type { Row } from "./event";
import type { EventFormat } from "./format";
import type { Log } from "./log";
import { rowForKey } from "./row-keys";
import type { VirtualRows } from "./virtual-rows";

/** The card that the rows are in. */
export interface KeyboardCard extends ReactiveControllerHost {
  readonly list: VirtualRows<Row>;
  readonly log: Log;
  readonly format: EventFormat;
  readonly renderRoot: ParentNode;
  focusedKey: number | undefined;
}

export class Keyboard {
  constructor(private readonly card: KeyboardCard) {}

  readonly handleKey = (event: KeyboardEvent): void => {
    const row = (event.target as HTMLElement)
      .closest("article")
      ?.querySelector<HTMLElement>(".line");
    const key = Number(row?.dataset["key"]);
    if (event.key === "Escape" && this.card.list.open.has(key)) {
      this.card.list.toggle(key);
      row?.focus();
      return;
    }
    const rows = this.card.log.shown;
    const index = rows.findIndex((shown) => shown.key === key);
    if (event.target !== row || index === -1) {
      return;
    }
    let target = rowForKey(event.key, index, rows.length, this.card.list.page);
    if (target === undefined) {
      return;
    }
    event.preventDefault();
    const step = target < index ? -1 : 1;
    for (let at = rows[target]; at && !this.card.format.isEvent(at); at = rows[target]) {
      target += step;
    }
    const wanted = rows[target];
    if (wanted) {
      void this.#focusRow(wanted.key, target);
    }
  };

  async #focusRow(key: number, index: number): Promise<void> {
    this.card.focusedKey = key;
    this.card.list.reveal(index);
    this.card.requestUpdate();
    await this.card.updateComplete;
    this.card.renderRoot.querySelector<HTMLElement>(`[data-key="${String(key)}"]`)?.focus({
      preventScroll: true,
    });
  }
}
