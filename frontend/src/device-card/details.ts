/** What a device card loads after its first picture: tiles, functions, events, the foot, and the form. */

import { html, nothing, type ReactiveControllerHost, type TemplateResult } from "lit";

import { timeOf } from "../age";
import { present } from "../clock";
import type { CoreCard } from "../core-cards";
import type { HomeAssistant } from "../hass";
import type { Snapshot } from "../snapshot";
import type { DeviceCardConfig } from "./config";
import { EntityTiles, otherEntities } from "./entities";
import { eventRow } from "./event-row";
import { foot } from "./foot";
import { rememberNames } from "./form";
import { functionRow } from "./function-row";
import { FunctionCalls } from "./functions";

export { detailsStyles } from "./details-styles";

const MAX_FUNCTIONS = 5;

/** The card that the parts belong to. */
export interface DetailedCard extends ReactiveControllerHost {
  config: DeviceCardConfig;
  hass: HomeAssistant;
  preview: boolean;
  coreCards: readonly CoreCard[];
  readonly showsAll: boolean;
  /** The functions to show, in this order. */
  readonly functionNames: string[];
  /** Where the page of the device is, for those who may see it. */
  readonly href: string | undefined;
  say: (key: string, values?: Record<string, string>) => string;
  sayShared: (key: string) => string;
  /** Return the button that shows all of a number of things, or fewer. */
  showAll: (number: number) => TemplateResult;
}

type Part = TemplateResult | typeof nothing;

export class Details {
  readonly #calls: FunctionCalls;
  readonly #tiles: EntityTiles;

  constructor(private readonly card: DetailedCard) {
    this.#calls = new FunctionCalls(card);
    this.#tiles = new EntityTiles(card);
  }

  /** Forget what was going on, because the card shows another device. */
  clear(): void {
    this.#calls.clear();
  }

  /** Return the entities of the device that have tiles, whether they have a state yet or not. */
  others(snapshot: Snapshot): string[] {
    const { config, hass } = this.card;
    rememberNames(Object.keys(snapshot.variables ?? {}), Object.keys(snapshot.functions ?? {}));
    return snapshot.variables ? otherEntities(hass, config.device_id ?? "", snapshot) : [];
  }

  /** Return the tiles of entities. */
  entities(ids: string[], { access }: Snapshot): Part {
    const tiles = this.#tiles.of(ids, access?.control ?? false);
    return tiles.length ? html`<div class="tiles">${tiles}</div>` : nothing;
  }

  foot(snapshot: Snapshot): Part {
    return foot(this.card, snapshot);
  }

  /** Return the functions; `problem` says why the device cannot be reached. */
  functions(snapshot: Snapshot, problem: string | undefined): Part {
    const { card } = this;
    const functions = snapshot.functions ?? {};
    const names = card.functionNames;
    if (!names.length) {
      return nothing;
    }
    const control = snapshot.access?.control ?? false;
    const blocked = problem ?? this.#blocked(snapshot);
    const now = present();
    const isLimited = names.length > MAX_FUNCTIONS && !card.config.functions?.length;
    return html`<h3 class="part">
        ${card.say("functions")}${control ? ` · ${blocked ?? card.say("cost_each")}` : ""}
      </h3>
      ${(isLimited && !card.showsAll ? names.slice(0, MAX_FUNCTIONS) : names).map((name) =>
        functionRow({
          card,
          name,
          last: functions[name] ?? {},
          calls: this.#calls,
          isBlocked: blocked !== undefined || card.preview,
          control,
          now,
        }),
      )}
      ${isLimited ? card.showAll(names.length) : nothing}
      ${control ? nothing : html`<p class="sentence">${card.say("no_control")}</p>`}`;
  }

  events({ events }: Snapshot): Part {
    const newest = Object.entries(events ?? {}).sort(
      ([, one], [, other]) => (timeOf(other.received_at) ?? 0) - (timeOf(one.received_at) ?? 0),
    );
    if (this.card.config.hide_events || !newest.length) {
      return nothing;
    }
    const now = present();
    return html`<h3 class="part">${this.card.say("events")}</h3>
      ${newest.map(([name, event]) => eventRow(this.card.hass, name, event, now))}`;
  }

  /** Return why no function can be called now; undefined if they can. */
  #blocked({ status: { state } }: Snapshot): string | undefined {
    const { card } = this;
    switch (state) {
      case "online":
        return undefined;
      case "asleep":
        return card.say("when_awake");
      case "updating":
        return card.say("when_updated");
      case "safe_mode":
        return card.say("when_firmware_runs");
      case "cloud_lost":
      case "not_permitted":
        return card.sayShared(state);
      default:
        return card.say("when_online");
    }
  }
}
