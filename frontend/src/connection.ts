/** Live data: subscriptions to the websocket commands of the integration. */

import type { ReactiveController, ReactiveControllerHost } from "lit";

import type { Connection, HomeAssistant, WebSocketCommand } from "./hass";

const FIRST_RETRY_MS = 2_000;
const LAST_RETRY_MS = 60_000;

type Host = ReactiveControllerHost & { hass?: HomeAssistant | undefined };

export interface SubscriptionError {
  code?: string | number;
  message?: string;
}

/**
 * Keep a subscription while the host is on the page, and again after each reconnect.
 *
 * The library's own resubscribing gives up where Home Assistant is back before the integration is. So this
 * one asks again, at growing intervals, until it is answered.
 */
export class Subscription<Message> implements ReactiveController {
  /** Whether messages come in now. While they don't, what was received is not live. */
  live = false;

  /** Why the last attempt failed. */
  error: SubscriptionError | undefined;

  #connection: Connection | undefined;
  #wanted: string | undefined;
  #unsubscribe: (() => Promise<void>) | undefined;
  #attempt = 0;
  #retries = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * `command` returns what to subscribe to, or undefined while that is not known; `onStart` is called before
   * each attempt, so that what comes in after it belongs to that one.
   */
  constructor(
    private readonly host: Host,
    private readonly command: () => WebSocketCommand | undefined,
    private readonly onMessage: (message: Message) => void,
    private readonly onStart?: () => void,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.hostUpdated();
  }

  hostUpdated(): void {
    const connection = this.host.hass?.connection;
    const command = this.command();
    const wanted = command && JSON.stringify(command);
    if (connection === this.#connection && wanted === this.#wanted) {
      return;
    }
    this.hostDisconnected();
    if (connection && wanted !== undefined) {
      this.#connection = connection;
      this.#wanted = wanted;
      connection.addEventListener("ready", this.#restart);
      connection.addEventListener("disconnected", this.#handleDisconnect);
      this.#restart();
    }
  }

  hostDisconnected(): void {
    this.#connection?.removeEventListener("ready", this.#restart);
    this.#connection?.removeEventListener("disconnected", this.#handleDisconnect);
    this.#connection = undefined;
    this.#wanted = undefined;
    this.#stop();
    void this.#unsubscribe?.().catch(() => undefined);
    this.#unsubscribe = undefined;
  }

  readonly #restart = (): void => {
    this.#stop();
    this.#unsubscribe = undefined;
    this.#retries = 0;
    void this.#subscribe();
  };

  readonly #handleDisconnect = (): void => {
    this.#stop();
    this.#unsubscribe = undefined;
    this.host.requestUpdate();
  };

  /** Forget what is under way: an answer that still comes is not ours any more. */
  #stop(): void {
    this.#attempt += 1;
    this.live = false;
    clearTimeout(this.#timer);
  }

  async #subscribe(): Promise<void> {
    const connection = this.#connection;
    const command = this.command();
    if (!connection || !command) {
      return;
    }
    const attempt = (this.#attempt += 1);
    const isCurrent = (): boolean => attempt === this.#attempt;
    this.onStart?.();
    try {
      const unsubscribe = await connection.subscribeMessage(
        (message) => {
          if (isCurrent()) {
            this.onMessage(message as Message);
          }
        },
        command,
        { resubscribe: false },
      );
      if (!isCurrent()) {
        await unsubscribe().catch(() => undefined);
        return;
      }
      this.#unsubscribe = unsubscribe;
      this.live = true;
      this.error = undefined;
      this.#retries = 0;
    } catch (error) {
      if (!isCurrent()) {
        return;
      }
      this.error = error as SubscriptionError;
      if (this.error.code !== "unauthorized") {
        const delay = Math.min(FIRST_RETRY_MS * 2 ** this.#retries, LAST_RETRY_MS);
        this.#retries += 1;
        this.#timer = setTimeout(() => void this.#subscribe(), delay);
      }
    }
    this.host.requestUpdate();
  }
}
