/** The content of `particle-events-card`: the live log of what devices publish. */

import "../shared";

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

import type { CardModule } from "../card";
import { Content, type Later } from "../content";
import { particleDevices } from "../devices";
import { Ripple } from "../freshness";
import { define } from "../registry";
import { sharedStyles } from "../styles";
import { configuredDevices } from "./devices";
import { isEvent, type EventRow, type Row } from "./event";
import { emptyLog, loadingLog } from "./empty";
import { EventFeed, type Search } from "./event-feed";
import { eventsStyles } from "./events-styles";
import type { Filter } from "./filter";
import { eventFormat } from "./format";
import { headerBar, searchBar } from "./header";
import { listRow, type ListView } from "./list-row";
import { Log, MAX_SCROLLED_BACK } from "./log";
import type { EventTools } from "./tools";
import { VirtualRows } from "./virtual-rows";

/** While somebody types, the stored events are not searched for each letter. */
const SEARCH_DELAY_MS = 400;

class EventsCardContent extends Content {
  static override styles = [sharedStyles, eventsStyles];

  protected readonly section = "events_card";

  #isPaused = false;
  #isPublishing = false;
  #announcement = "";
  #tools: EventTools | undefined;

  #filter: Filter | undefined;
  focusedKey: number | undefined;
  #searching: ReturnType<typeof setTimeout> | undefined;

  readonly format = eventFormat;
  readonly log = new Log();
  readonly list = new VirtualRows<Row>(this);
  readonly feed = new EventFeed(
    this,
    () => this.#deviceIds,
    ({ events, left_out: leftOut }) => {
      this.log.add(events, leftOut, this.#isHolding);
      this.requestUpdate();
    },
    ({ events }) => {
      this.log.merge(events, this.#isHolding);
      this.#tools?.older.restart();
      this.requestUpdate();
    },
  );
  constructor() {
    super();
    new Ripple(this, () => this.log.shown[0]);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#tools?.hold.stop();
    clearTimeout(this.#searching);
  }

  get #deviceIds(): string[] | undefined {
    return configuredDevices(this.config);
  }

  get #isLoading(): boolean {
    return this.feed.visible === undefined && !this.feed.error;
  }

  /** Whether new events wait, because somebody is busy with those that are shown. */
  get #isHolding(): boolean {
    return (
      this.#isPaused ||
      !this.list.isAtTop ||
      this.list.open.size > 0 ||
      this.#tools?.hold.active === true
    );
  }

  /** However much comes in, it is drawn once a frame. */
  protected override async scheduleUpdate(): Promise<void> {
    await new Promise(requestAnimationFrame);
    await super.scheduleUpdate();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("config")) {
      this.#setFilter({
        text: "",
        deviceId: undefined,
        system: this.config["system_events"] !== false,
      });
    }
    if (!this.#isHolding && this.log.newEvents) {
      this.log.release();
    }
  }

  protected override updated(): void {
    if (this.feed.visible !== undefined) {
      void this.loadLater();
    }
    if (this.feed.live && this.list.isNearEnd && this.log.shown.length < MAX_SCROLLED_BACK) {
      this.#loadOlder();
    }
  }

  protected override render(): TemplateResult {
    const { hass } = this;
    const deviceIds = this.#deviceIds;
    const devices = particleDevices(hass).filter(({ id }) => !deviceIds || deviceIds.includes(id));
    if (deviceIds && !deviceIds.some((id) => id in hass.devices)) {
      return this.note(this.say("devices_gone"));
    }
    return html`<ha-card class=${this.feed.problem ? "stale" : ""}>
      ${headerBar(hass, {
        title: typeof this.config["title"] === "string" ? this.config["title"] : undefined,
        problem: this.#isLoading ? "" : this.feed.problem,
        lostSince: this.feed.lostSince,
        isPaused: this.#isPaused,
        isFiltered: this.log.isFiltered,
        shown: this.log.shownEvents,
        all: this.log.events,
        held: this.#isHolding ? this.log.newEvents : 0,
        onPause: this.#handlePause,
        onShow: this.#handleShow,
        onExport: this.feed.visible ? this.#handleExport : undefined,
        onPublish: hass.user?.is_admin ? this.#handlePublish : undefined,
      })}
      ${searchBar(hass, this.#filter, devices, this.#handleFilter)} ${this.#heldBar()}
      ${
        this.#isPublishing
          ? html`<particle-publish-form
              .hass=${hass}
              @particle-close=${this.#handlePublish}
            ></particle-publish-form>`
          : nothing
      }
      ${this.#body()}
      <div class="visually-hidden" role="status">${this.#announcement}</div>
    </ha-card>`;
  }

  readonly announce = (message: string): void => {
    this.#announcement = message;
    this.requestUpdate();
  };

  protected override addLater({ EventTools, toolsStyles }: Later): void {
    this.addStyles(toolsStyles);
    this.#tools = new EventTools(this);
  }

  #heldBar(): TemplateResult | typeof nothing {
    if (!this.#isPaused) {
      return nothing;
    }
    const count = this.log.newEvents;
    return html`<div class="held">
      <button class="button strong" ?disabled=${!count} @click=${this.#handleShow}>
        <ha-icon icon="mdi:arrow-up"></ha-icon>${
          count ? this.say("show_new", { count }) : this.say("nothing_new")
        }
      </button>
    </div>`;
  }

  #body(): TemplateResult {
    const rows = this.log.shown;
    if (!rows.length) {
      return this.#isLoading || this.#tools?.older.isLoading
        ? loadingLog(this.hass)
        : emptyLog(this.hass, {
            problem: this.feed.problem,
            isVisible: this.feed.visible !== false,
            isFiltered: this.log.isFiltered && (this.log.events > 0 || !!this.#filter?.text),
          });
    }
    const now = Date.now();
    const placed = this.list.place(rows, this.focusedKey);
    const tabKey = placed.some(({ item }) => item.key === this.focusedKey)
      ? this.focusedKey
      : placed.find(({ item }) => isEvent(item))?.item.key;
    const view: ListView = {
      count: rows.length,
      now,
      tabKey,
      wanted: this.#filter?.text ?? "",
      open: this.list.open,
      tools: this.#tools,
      toggle: this.#toggle,
    };
    return html`<div
      class="log ${this.list.isWide ? "wide" : ""}"
      data-scroller
      role="feed"
      aria-label=${this.say("events")}
      aria-busy=${this.#isLoading || this.#tools?.older.isLoading}
      @keydown=${this.#tools?.keyboard.handleKey}
      @pointerdown=${this.#tools?.hold.press}
      @focusin=${this.#handleFocus}
      @focusout=${this.#tools?.hold.focusOut}
    >
      <div class="space" style="height:${this.list.height}px">
        ${repeat(
          placed,
          ({ item }) => item.key,
          (row) => listRow(this.hass, row, view),
        )}
      </div>
    </div>`;
  }

  #setFilter(filter: Filter): void {
    this.#filter = filter;
    this.log.setFilter(filter);
    this.list.open.clear();
    this.list.scrollToTop();
    this.requestUpdate();
  }

  readonly #handleFilter = (change: Partial<Filter>): void => {
    if (!this.#filter) {
      return;
    }
    this.#setFilter({ ...this.#filter, ...change });
    clearTimeout(this.#searching);
    this.#searching = setTimeout(() => {
      this.#searching = undefined;
      this.announce(this.say("found", { count: this.log.shownEvents }));
    }, SEARCH_DELAY_MS);
  };

  #loadOlder(): void {
    const filter = this.#filter;
    const oldest = this.log.oldest;
    if (!filter || this.#searching !== undefined || this.feed.visible !== true) {
      return;
    }
    const search: Search = {
      ...this.#searchFor(filter),
      ...(oldest ? { before: new Date(oldest.time + 1).toISOString() } : {}),
    };
    void this.#tools?.older.load(`${JSON.stringify(filter)} ${String(this.log.cuts)}`, search);
  }

  #searchFor(filter: Filter): Search {
    const wanted = filter.text.trim();
    const deviceIds = filter.deviceId === undefined ? this.#deviceIds : [filter.deviceId];
    return {
      ...(wanted ? { text: wanted } : {}),
      ...(deviceIds ? { device_ids: deviceIds } : {}),
      ...(filter.system ? {} : { own: true }),
    };
  }

  readonly #handleExport = (): void => {
    const filter = this.#filter;
    if (filter) {
      void this.loadLater().then(() => this.#tools?.export(this.#searchFor(filter)));
    }
  };

  readonly #handlePause = (): void => {
    this.#isPaused = !this.#isPaused;
    if (this.#isPaused) {
      this.requestUpdate();
    } else {
      this.#handleShow();
    }
  };

  readonly #handleShow = (): void => {
    this.list.open.clear();
    this.list.scrollToTop();
    this.log.release();
    this.requestUpdate();
  };

  readonly #handlePublish = (): void => {
    this.#isPublishing = !this.#isPublishing;
    this.requestUpdate();
  };

  readonly #toggle = ({ key, event }: EventRow): void => {
    this.focusedKey = key;
    this.#tools?.forget(event);
    this.list.toggle(key);
  };

  readonly #handleFocus = (event: FocusEvent): void => {
    this.#tools?.hold.focusIn(event);
    const key = (event.target as HTMLElement).dataset["key"];
    if (key !== undefined && Number(key) !== this.focusedKey) {
      this.focusedKey = Number(key);
      this.requestUpdate();
    }
  };
}

define("particle-events-card-content", EventsCardContent);

export const createContent: CardModule["createContent"] = () => new EventsCardContent();
