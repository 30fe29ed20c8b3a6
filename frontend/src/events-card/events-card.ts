/** The content of `particle-events-card`: the live log of what devices publish. */

import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import type { CardContent, CardModule } from "../card";
import type { CardConfig, HomeAssistant } from "../hass";
import { text } from "../localize";
import { define } from "../registry";
import { errorMessage, type ServiceError } from "../service-error";
import { sharedStyles } from "../styles";
import { exportEvents, replayEvent } from "./actions";
import { openAutomationEditor } from "./automation";
import { configuredDevices, particleDevices } from "./devices";
import { isEvent, type EventRow, type LogEvent, type Row } from "./event";
import { emptyLog, loadingLog } from "./empty";
import type { Outcome } from "./event-detail";
import { EventFeed, type Search } from "./event-feed";
import { senderName } from "./event-row";
import { eventsStyles } from "./events-styles";
import type { Filter } from "./filter";
import { headerBar, searchBar } from "./header";
import { Hold } from "./hold";
import { listRow, type ListView } from "./list-row";
import { Log, MAX_SCROLLED_BACK } from "./log";
import { OlderEvents } from "./older-events";
import { isOtherHass } from "./other-hass";
import { rowForKey } from "./row-keys";
import { VirtualRows } from "./virtual-rows";
import { copyText } from "./copy";

/** While somebody types, the stored events are not searched for each letter. */
const SEARCH_DELAY_MS = 400;

class EventsCardContent extends LitElement implements CardContent {
  static override styles = [sharedStyles, eventsStyles];

  @property({ attribute: false }) config!: CardConfig;
  @property({ attribute: false, hasChanged: isOtherHass }) hass!: HomeAssistant;
  @property({ type: Boolean }) preview = false;

  @state() private isPaused = false;
  @state() private isPublishing = false;
  @state() private outcome: Outcome | undefined;
  @state() private announcement = "";

  private filter: Filter | undefined;
  private focusedKey: number | undefined;
  private searching: ReturnType<typeof setTimeout> | undefined;

  private readonly log = new Log();
  private readonly list = new VirtualRows<Row>(this);
  private readonly hold = new Hold(() => {
    this.requestUpdate();
  });
  private readonly feed = new EventFeed(
    this,
    () => this.deviceIds,
    ({ events, left_out: leftOut }) => {
      this.log.add(events, leftOut, this.isHolding);
      this.requestUpdate();
    },
    ({ events }) => {
      this.log.merge(events, this.isHolding);
      this.older.restart();
      this.requestUpdate();
    },
  );
  private readonly older = new OlderEvents(
    (search) => this.feed.search(search),
    ({ events }) => {
      this.log.append(events);
      this.requestUpdate();
    },
  );

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.hold.stop();
    clearTimeout(this.searching);
  }

  private get deviceIds(): string[] | undefined {
    return configuredDevices(this.config);
  }

  /** Whether new events wait, because somebody is busy with those that are shown. */
  private get isHolding(): boolean {
    return this.isPaused || !this.list.isAtTop || this.list.open.size > 0 || this.hold.active;
  }

  /** However much comes in, it is drawn once a frame. */
  protected override async scheduleUpdate(): Promise<void> {
    await new Promise(requestAnimationFrame);
    await super.scheduleUpdate();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("config")) {
      this.setFilter({
        text: "",
        deviceId: undefined,
        system: this.config["system_events"] !== false,
      });
    }
    if (!this.isHolding && this.log.newEvents) {
      this.log.release();
    }
  }

  protected override updated(): void {
    if (this.feed.live && this.list.isNearEnd && this.log.shown.length < MAX_SCROLLED_BACK) {
      this.loadOlder();
    }
  }

  protected override render(): TemplateResult {
    const { hass, deviceIds } = this;
    const devices = particleDevices(hass, deviceIds);
    if (deviceIds?.length && !devices.length) {
      return html`<ha-card>
        <div class="note attention">
          <ha-icon icon="mdi:alert-outline"></ha-icon>
          <p>${this.say("devices_gone")}</p>
        </div>
      </ha-card>`;
    }
    return html`<ha-card class=${this.feed.live ? "" : "stale"}>
      ${headerBar(hass, {
        title: typeof this.config["title"] === "string" ? this.config["title"] : undefined,
        isLive: this.feed.live,
        lostSince: this.feed.lostSince,
        isPaused: this.isPaused,
        isFiltered: this.log.isFiltered,
        shown: this.log.shownEvents,
        all: this.log.events,
        held: this.isHolding ? this.log.newEvents : 0,
        onPause: this.handlePause,
        onShow: this.handleShow,
        onExport: this.feed.visible ? this.handleExport : undefined,
        onPublish: hass.user?.is_admin ? this.handlePublish : undefined,
      })}
      ${searchBar(hass, this.filter, devices, this.handleFilter)} ${this.heldBar()}
      ${
        this.isPublishing
          ? html`<particle-publish-form
              .hass=${hass}
              @particle-close=${this.handlePublish}
            ></particle-publish-form>`
          : nothing
      }
      ${this.body()}
      <div class="visually-hidden" role="status">${this.announcement}</div>
    </ha-card>`;
  }

  private say(key: string, values?: Record<string, string | number>): string {
    return text(this.hass.localize, `events_card.${key}`, values);
  }

  private heldBar(): TemplateResult | typeof nothing {
    if (!this.isPaused) {
      return nothing;
    }
    const count = this.log.newEvents;
    return html`<div class="held">
      <button class="button strong" ?disabled=${!count} @click=${this.handleShow}>
        <ha-icon icon="mdi:arrow-up"></ha-icon>${
          count ? this.say("show_new", { count }) : this.say("nothing_new")
        }
      </button>
    </div>`;
  }

  private body(): TemplateResult {
    const rows = this.log.shown;
    const isLoading = this.feed.visible === undefined && !this.feed.error;
    if (!rows.length) {
      return isLoading || this.older.isLoading
        ? loadingLog(this.hass)
        : emptyLog(this.hass, {
            isLive: this.feed.live,
            isVisible: this.feed.visible !== false,
            isFiltered: this.log.isFiltered && (this.log.events > 0 || !!this.filter?.text),
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
      wanted: this.filter?.text ?? "",
      open: this.list.open,
      outcome: this.outcome,
      actions: this.actions,
      toggle: this.toggle,
    };
    return html`<div
      class="log ${this.list.isWide ? "wide" : ""}"
      data-scroller
      role="feed"
      aria-label=${this.say("events")}
      aria-busy=${isLoading || this.older.isLoading}
      @keydown=${this.handleKey}
      @pointerdown=${this.hold.press}
      @focusin=${this.handleFocus}
      @focusout=${this.hold.focusOut}
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

  private setFilter(filter: Filter): void {
    this.filter = filter;
    this.log.setFilter(filter);
    this.list.open.clear();
    this.list.scrollToTop();
    this.requestUpdate();
  }

  private readonly handleFilter = (change: Partial<Filter>): void => {
    if (!this.filter) {
      return;
    }
    this.setFilter({ ...this.filter, ...change });
    clearTimeout(this.searching);
    this.searching = setTimeout(() => {
      this.searching = undefined;
      this.announcement = this.say("found", { count: this.log.shownEvents });
    }, SEARCH_DELAY_MS);
  };

  private loadOlder(): void {
    const { filter } = this;
    const oldest = this.log.oldest;
    if (!filter || this.searching !== undefined || this.feed.visible !== true) {
      return;
    }
    const search: Search = {
      ...this.searchFor(filter),
      ...(oldest ? { before: new Date(oldest.time + 1).toISOString() } : {}),
    };
    void this.older.load(`${JSON.stringify(filter)} ${String(this.log.cuts)}`, search);
  }

  private searchFor(filter: Filter): Search {
    const wanted = filter.text.trim();
    const deviceIds = filter.deviceId === undefined ? this.deviceIds : [filter.deviceId];
    return {
      ...(wanted ? { text: wanted } : {}),
      ...(deviceIds ? { device_ids: deviceIds } : {}),
      ...(filter.system ? {} : { own: true }),
    };
  }

  private readonly handleExport = (): void => {
    if (this.filter) {
      exportEvents(this.hass, this.searchFor(this.filter)).catch(() => {
        this.announcement = this.say("export_failed");
      });
    }
  };

  private readonly handlePause = (): void => {
    this.isPaused = !this.isPaused;
    if (!this.isPaused) {
      this.handleShow();
    }
  };

  private readonly handleShow = (): void => {
    this.list.open.clear();
    this.list.scrollToTop();
    this.log.release();
    this.requestUpdate();
  };

  private readonly handlePublish = (): void => {
    this.isPublishing = !this.isPublishing;
    if (this.isPublishing) {
      void import("./publish-form");
    }
  };

  private readonly toggle = ({ key, event }: EventRow): void => {
    this.focusedKey = key;
    if (this.outcome?.event === event) {
      this.outcome = undefined;
    }
    this.list.toggle(key);
  };

  private readonly actions = {
    copy: (event: LogEvent): void => {
      void this.copy(event);
    },
    replay: (event: LogEvent): void => {
      void this.replay(event);
    },
    automate: (event: LogEvent): void => {
      const device = senderName(this.hass, event);
      openAutomationEditor(
        this,
        event,
        this.say("automation_alias", { device, event: event.event }),
      );
    },
  };

  private async copy(event: LogEvent): Promise<void> {
    const copied = await copyText(event.data ?? "", this.renderRoot);
    const message = this.say(copied ? "copied" : "copy_failed");
    this.outcome = copied ? { event, copied } : { event, message, isError: true };
    this.announcement = message;
  }

  private async replay(event: LogEvent): Promise<void> {
    this.outcome = { event, busy: true };
    try {
      await replayEvent(this.hass, event);
      this.outcome = { event, message: this.say("replay_done") };
      this.announcement = this.say("replay_done");
    } catch (error) {
      this.outcome = {
        event,
        message: await errorMessage(this.hass, error as ServiceError),
        isError: true,
      };
    }
  }

  private readonly handleFocus = (event: FocusEvent): void => {
    this.hold.focusIn(event);
    const key = (event.target as HTMLElement).dataset["key"];
    if (key !== undefined && Number(key) !== this.focusedKey) {
      this.focusedKey = Number(key);
      this.requestUpdate();
    }
  };

  private readonly handleKey = (event: KeyboardEvent): void => {
    const row = (event.target as HTMLElement)
      .closest("article")
      ?.querySelector<HTMLElement>(".line");
    const key = Number(row?.dataset["key"]);
    if (event.key === "Escape" && this.list.open.has(key)) {
      this.list.toggle(key);
      row?.focus();
      return;
    }
    const rows = this.log.shown;
    const index = rows.findIndex((shown) => shown.key === key);
    if (event.target !== row || index === -1) {
      return;
    }
    let target = rowForKey(event.key, index, rows.length, this.list.page);
    if (target === undefined) {
      return;
    }
    event.preventDefault();
    const step = target < index ? -1 : 1;
    for (let at = rows[target]; at && !isEvent(at); at = rows[target]) {
      target += step;
    }
    const wanted = rows[target];
    if (wanted) {
      void this.focusRow(wanted.key, target);
    }
  };

  private async focusRow(key: number, index: number): Promise<void> {
    this.focusedKey = key;
    this.list.reveal(index);
    this.requestUpdate();
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(`[data-key="${String(key)}"]`)?.focus({
      preventScroll: true,
    });
  }
}

define("particle-events-card-content", EventsCardContent);

export const createContent: CardModule["createContent"] = () => new EventsCardContent();

export { configForm, stubConfig } from "./config";
