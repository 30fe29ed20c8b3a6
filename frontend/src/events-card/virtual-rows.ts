/** A long list of which only the rows in sight are drawn. */

import type { ReactiveController, ReactiveControllerHost } from "lit";

import { offsetOf, totalHeight, visibleRange, type OpenRow, type Rows } from "./geometry";

const MORE_ROWS = 6;
const NARROW_ROW_PX = 52;
const WIDE_ROW_PX = 44;

/** From this width on an event takes one line. */
const WIDE_PX = 560;

type Host = ReactiveControllerHost & { renderRoot: ParentNode };

export interface PlacedRow<Item> {
  item: Item;
  index: number;
  offset: number;
}

export class VirtualRows<Item extends { key: number }> implements ReactiveController {
  /** The keys of the rows that are open. */
  readonly open = new Set<number>();

  isWide = false;
  isAtTop = true;

  readonly #extras = new Map<number, number>();
  readonly #details = new Map<Element, number>();
  readonly #observer = new ResizeObserver((entries) => {
    this.#handleResize(entries);
  });
  #scroller: HTMLElement | undefined;
  #viewport = 0;
  #frame = 0;
  #range: [number, number] = [0, 0];
  #rows: Rows = { count: 0, height: NARROW_ROW_PX, open: [] };

  constructor(private readonly host: Host) {
    host.addController(this);
  }

  get height(): number {
    return totalHeight(this.#rows);
  }

  /** How many rows fit. */
  get page(): number {
    return Math.max(1, Math.floor(this.#viewport / this.#rows.height) - 1);
  }

  /** Whether the last rows are in sight, or nearly. */
  get isNearEnd(): boolean {
    return this.#range[1] >= this.#rows.count - MORE_ROWS;
  }

  /** Return the rows to draw; the row with the key `kept` is among them even if it is out of sight. */
  place(items: Item[], kept: number | undefined): PlacedRow<Item>[] {
    const height = this.isWide ? WIDE_ROW_PX : NARROW_ROW_PX;
    this.#rows = { count: items.length, height, open: this.#openRows(items) };
    const [start, end] = (this.#range = this.#visible());
    const placed = items.slice(start, end).map((item, at) => this.#placed(item, start + at));
    const keptAt = kept === undefined ? -1 : items.findIndex(({ key }) => key === kept);
    const keptItem = items[keptAt];
    if (keptItem && (keptAt < start || keptAt >= end)) {
      placed.push(this.#placed(keptItem, keptAt));
    }
    return placed;
  }

  toggle(key: number): void {
    if (!this.open.delete(key)) {
      this.open.add(key);
    }
    this.host.requestUpdate();
    void this.host.updateComplete.then(() => {
      this.host.renderRoot
        .querySelector(`[data-detail="${String(key)}"]`)
        ?.scrollIntoView({ block: "nearest" });
    });
  }

  scrollToTop(): void {
    this.#scroller?.scrollTo({ top: 0 });
    this.isAtTop = true;
  }

  /** Scroll just so far that a row is in sight. */
  reveal(index: number): void {
    const scroller = this.#scroller;
    if (!scroller) {
      return;
    }
    const top = offsetOf(this.#rows, index);
    const bottom = top + this.#rows.height;
    if (top < scroller.scrollTop) {
      scroller.scrollTop = top;
    } else if (bottom > scroller.scrollTop + this.#viewport) {
      scroller.scrollTop = bottom - this.#viewport;
    }
  }

  hostDisconnected(): void {
    this.#observer.disconnect();
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#scroller = undefined;
    this.#details.clear();
  }

  hostUpdated(): void {
    const root = this.host.renderRoot;
    const scroller = root.querySelector<HTMLElement>("[data-scroller]") ?? undefined;
    if (scroller !== this.#scroller) {
      if (this.#scroller) {
        this.#observer.unobserve(this.#scroller);
      }
      this.#scroller = scroller;
      if (scroller) {
        this.#observer.observe(scroller);
        scroller.addEventListener("scroll", this.#handleScroll, { passive: true });
      }
    }
    this.#observeDetails(root);
  }

  readonly #handleScroll = (): void => {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      const wasAtTop = this.isAtTop;
      this.isAtTop = (this.#scroller?.scrollTop ?? 0) < 1;
      const [start, end] = this.#visible();
      if (start !== this.#range[0] || end !== this.#range[1] || wasAtTop !== this.isAtTop) {
        this.host.requestUpdate();
      }
    });
  };

  #visible(): [number, number] {
    return visibleRange(this.#rows, this.#scroller?.scrollTop ?? 0, this.#viewport, MORE_ROWS);
  }

  #placed(item: Item, index: number): PlacedRow<Item> {
    return { item, index, offset: offsetOf(this.#rows, index) };
  }

  #openRows(items: Item[]): OpenRow[] {
    const rows: OpenRow[] = [];
    if (this.open.size) {
      items.forEach(({ key }, index) => {
        if (this.open.has(key)) {
          rows.push({ index, extra: this.#extras.get(key) ?? 0 });
        }
      });
    }
    return rows;
  }

  #observeDetails(root: ParentNode): void {
    for (const detail of this.#details.keys()) {
      if (!detail.isConnected) {
        this.#observer.unobserve(detail);
        this.#details.delete(detail);
      }
    }
    for (const detail of root.querySelectorAll<HTMLElement>("[data-detail]")) {
      if (!this.#details.has(detail)) {
        this.#observer.observe(detail);
      }
      this.#details.set(detail, Number(detail.dataset["detail"]));
    }
  }

  #handleResize(entries: ResizeObserverEntry[]): void {
    for (const { target, contentRect, borderBoxSize } of entries) {
      const key = this.#details.get(target);
      if (key !== undefined) {
        this.#extras.set(key, borderBoxSize[0]?.blockSize ?? contentRect.height);
      } else {
        this.#viewport = contentRect.height;
        this.isWide = contentRect.width >= WIDE_PX;
      }
    }
    this.host.requestUpdate();
  }
}
