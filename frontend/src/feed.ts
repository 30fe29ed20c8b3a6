/** A JSON object that the integration keeps up to date: a device, or the fleet. */

import type { ReactiveControllerHost } from "lit";

import { setClock } from "./clock";
import { Subscription, type SubscriptionError } from "./connection";
import type { HomeAssistant, WebSocketCommand } from "./hass";
import { applyPatch } from "./merge-patch";

interface Message {
  patch: unknown;
  complete: boolean;
  now: string;
}

type Host = ReactiveControllerHost & { hass?: HomeAssistant | undefined };

/**
 * Keeps the object that the patches of a subscription make.
 *
 * Each subscription sends the whole object anew. Until all of it is there, the object of the one before
 * stays: it is what is known last.
 */
export class Feed<Shown extends object> {
  /** What is known; undefined until something is. */
  object: Shown | undefined;

  readonly #subscription: Subscription<Message>;
  #incoming: unknown = {};
  #complete = false;
  #wanted: string | undefined;

  /** `command` returns what to subscribe to, or undefined while that is not known. */
  constructor(
    private readonly host: Host,
    private readonly command: () => WebSocketCommand | undefined,
  ) {
    this.#subscription = new Subscription(host, command, this.#take, this.#start);
  }

  /** Whether the object is all there, and follows what happens now. */
  get live(): boolean {
    return this.#subscription.live && this.#complete;
  }

  /** Why nothing comes in. */
  get error(): SubscriptionError | undefined {
    return this.#subscription.error;
  }

  readonly #start = (): void => {
    const wanted = JSON.stringify(this.command());
    if (wanted !== this.#wanted) {
      this.#wanted = wanted;
      this.object = undefined;
      this.host.requestUpdate();
    }
    this.#incoming = {};
    this.#complete = false;
  };

  /** The key of a text, shared by the cards, that says why the object is not live. */
  get problem(): string {
    return this.error ? "not_loaded" : "disconnected";
  }

  readonly #take = ({ patch, complete, now }: Message): void => {
    setClock(now);
    this.#incoming = applyPatch(this.#incoming, patch);
    this.#complete ||= complete;
    if (this.#complete) {
      this.object = this.#incoming as Shown;
      this.host.requestUpdate();
    }
  };
}
