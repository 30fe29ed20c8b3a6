/** The events of a card: what comes in live, and what is stored. */

import type { ReactiveController, ReactiveControllerHost } from "lit";

import { Subscription, type SubscriptionError } from "../connection";
import type { HomeAssistant } from "../hass";
import type { Cursor, EventMessage, EventPage } from "./event";

export const PAGE = 100;

type Host = ReactiveControllerHost & { hass: HomeAssistant };

/** What to search the stored events for. */
export interface Search {
  device_ids?: string[];
  text?: string;
  own?: boolean;
  before?: string;
  cursor?: Cursor;
}

export class EventFeed implements ReactiveController {
  /** Since when Particle cannot be reached. */
  lostSince: string | undefined;

  /** Whether an account is loaded, so that events can come in. */
  #loaded = true;

  /** Whether the user may see any of the devices; undefined until that is known. */
  visible: boolean | undefined;

  readonly #subscription: Subscription<EventMessage>;
  #wasLive = false;

  constructor(
    private readonly host: Host,
    private readonly deviceIds: () => string[] | undefined,
    private readonly onEvents: (message: EventMessage) => void,
    private readonly onNewest: (page: EventPage) => void,
  ) {
    this.#subscription = new Subscription(host, this.#command, this.#take, () => {
      this.lostSince = undefined;
      this.#loaded = true;
    });
    host.addController(this);
  }

  get live(): boolean {
    return this.#subscription.live;
  }

  /** Why nothing comes in; the key of a text. */
  get problem(): "not_connected" | "no_account" | undefined {
    return this.live ? (this.#loaded ? undefined : "no_account") : "not_connected";
  }

  get error(): SubscriptionError | undefined {
    return this.#subscription.error;
  }

  hostUpdated(): void {
    const { live } = this;
    if (live && !this.#wasLive) {
      void this.#loadNewest();
    }
    this.#wasLive = live;
  }

  /** Return a page of stored events; undefined if it could not be had. */
  async search(search: Search): Promise<EventPage | undefined> {
    const deviceIds = search.device_ids ?? this.deviceIds();
    try {
      return (await this.host.hass.callWS({
        type: "particle/events/search",
        limit: PAGE,
        ...search,
        ...(deviceIds ? { device_ids: deviceIds } : {}),
      })) as EventPage;
    } catch {
      return undefined;
    }
  }

  readonly #command = (): { type: string; device_ids?: string[] } => {
    const deviceIds = this.deviceIds();
    return {
      type: "particle/events/subscribe",
      ...(deviceIds ? { device_ids: deviceIds } : {}),
    };
  };

  readonly #take = (message: EventMessage): void => {
    this.lostSince = message.lost_since ?? undefined;
    const isBack = message.loaded && !this.#loaded;
    this.#loaded = message.loaded;
    if (isBack) {
      void this.#loadNewest();
    }
    this.onEvents(message);
    void this.#confirm(message.subscription);
  };

  /** Ask for more only when the browser has drawn what came: a slow one gets fewer and larger messages. */
  async #confirm(subscription: number): Promise<void> {
    if (!document.hidden) {
      await new Promise(requestAnimationFrame);
    }
    try {
      await this.host.hass.callWS({ type: "particle/events/confirm", subscription });
    } catch {
      // The connection is gone, and so is the subscription.
    }
  }

  async #loadNewest(): Promise<void> {
    const page = await this.search({});
    this.visible = page?.visible ?? true;
    if (page) {
      this.onNewest(page);
    }
    this.host.requestUpdate();
  }
}
