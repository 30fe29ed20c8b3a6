/** What is done with events; loaded after the first picture of the log. */

import type { TemplateResult } from "lit";

import type { HomeAssistant } from "../hass";
import { errorMessage, type ServiceError } from "../service-error";
import { exportEvents, replayEvent } from "./actions";
import { openAutomationEditor } from "./automation";
import { copyText } from "./copy";
import type { LogEvent } from "./event";
import { eventDetail, type Outcome } from "./event-detail";
import type { EventFeed, Search } from "./event-feed";
import type { EventFormat } from "./format";
import { Hold } from "./hold";
import { Keyboard, type KeyboardCard } from "./keyboard";
import { OlderEvents } from "./older-events";
import "./publish-form";

export { toolsStyles } from "./tools-styles";

/** The card that the events are in. */
interface ToolCard extends HTMLElement, KeyboardCard {
  hass: HomeAssistant;
  readonly feed: EventFeed;
  readonly format: EventFormat;
  say: (key: string, values?: Record<string, string | number>) => string;
  /** Say something to users of screen readers, and render. */
  announce: (message: string) => void;
}

export class EventTools {
  readonly hold: Hold;
  readonly keyboard: Keyboard;
  readonly older: OlderEvents;

  #outcome: Outcome | undefined;

  constructor(private readonly card: ToolCard) {
    const { feed, log } = card;
    this.hold = new Hold(() => {
      card.requestUpdate();
    });
    this.keyboard = new Keyboard(card);
    this.older = new OlderEvents(
      (search) => feed.search(search),
      ({ events }) => {
        log.append(events);
        card.requestUpdate();
      },
    );
  }

  /** Return what is shown of an event that is open. */
  detail(event: LogEvent, now: number): TemplateResult {
    const { format, hass } = this.card;
    const outcome = this.#outcome?.event === event ? this.#outcome : undefined;
    return eventDetail(hass, event, now, outcome, this.#actions, format);
  }

  /** Forget what the last action on an event led to. */
  forget(event: LogEvent): void {
    if (this.#outcome?.event === event) {
      this.#outcome = undefined;
    }
  }

  async export(search: Search): Promise<void> {
    try {
      await exportEvents(this.card.hass, search);
    } catch {
      this.card.announce(this.card.say("export_failed"));
    }
  }

  readonly #actions = {
    copy: (event: LogEvent): void => {
      void this.#copy(event);
    },
    replay: (event: LogEvent): void => {
      void this.#replay(event);
    },
    automate: (event: LogEvent): void => {
      const { card } = this;
      const device = card.format.senderName(card.hass, event);
      openAutomationEditor(
        card,
        event,
        card.say("automation_alias", { device, event: event.event }),
      );
    },
  };

  async #copy(event: LogEvent): Promise<void> {
    const copied = await copyText(event.data ?? "", this.card.renderRoot);
    const message = this.card.say(copied ? "copied" : "copy_failed");
    this.#outcome = copied ? { event, copied } : { event, message, isError: true };
    this.card.announce(message);
  }

  async #replay(event: LogEvent): Promise<void> {
    const { card } = this;
    this.#outcome = { event, busy: true };
    card.announce("");
    try {
      await replayEvent(card.hass, event);
      this.#outcome = { event, message: card.say("replay_done") };
      card.announce(card.say("replay_done"));
    } catch (error) {
      const message = await errorMessage(card.hass, error as ServiceError);
      this.#outcome = { event, message, isError: true };
      // The message is an alert already.
      card.announce("");
    }
  }
}
