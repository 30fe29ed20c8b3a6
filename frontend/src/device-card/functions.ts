/** Calling the functions of a device. */

import { runAction } from "../action";
import type { HomeAssistant } from "../hass";
import { errorMessage, type ServiceError } from "../service-error";
import type { DeviceCardConfig } from "./config";

/** What is going on with a function. */
export type CallState =
  | { kind: "idle" }
  | { kind: "asking"; argument: string }
  | { kind: "running"; argument: string }
  | { kind: "failed"; argument: string; message: string };

/** The card that is told of what becomes of a call. */
interface CallingCard {
  config: DeviceCardConfig;
  hass: HomeAssistant;
  requestUpdate: () => void;
}

const IDLE: CallState = { kind: "idle" };

/** Calls functions one at a time, and keeps what became of them; a value that returns is in the snapshot. */
export class FunctionCalls {
  readonly #states = new Map<string, CallState>();
  readonly #arguments = new Map<string, string>();

  constructor(private readonly card: CallingCard) {}

  /** Whether a function is running; the device answers one call at a time. */
  get busy(): boolean {
    return [...this.#states.values()].some(({ kind }) => kind === "running");
  }

  /** Return what was typed as the argument of a function. */
  argumentOf(name: string): string {
    return this.#arguments.get(name) ?? "";
  }

  setArgument(name: string, argument: string): void {
    this.#arguments.set(name, argument);
  }

  stateOf(name: string): CallState {
    return this.#states.get(name) ?? IDLE;
  }

  /** Forget everything, because the card shows another device. */
  clear(): void {
    this.#states.clear();
    this.#arguments.clear();
  }

  /** Call a function, or first ask whether to. */
  start(name: string): void {
    const argument = this.argumentOf(name);
    if (this.card.config.confirm_functions) {
      this.#set(name, { kind: "asking", argument });
    } else {
      void this.run(name, argument);
    }
  }

  cancel(name: string): void {
    this.#set(name, IDLE);
  }

  /** Call a function; it costs a data operation, so it is never repeated by itself. */
  async run(name: string, argument: string): Promise<void> {
    if (this.busy) {
      return;
    }
    const { hass } = this.card;
    const deviceId = this.card.config.device_id ?? "";
    this.#set(name, { kind: "running", argument });
    let state = IDLE;
    try {
      await runAction(hass, "call_function", { data: { function: name, argument }, deviceId });
    } catch (error) {
      const message = await errorMessage(hass, error as ServiceError);
      state = { kind: "failed", argument, message };
    }
    if (this.card.config.device_id === deviceId) {
      this.#set(name, state);
    }
  }

  #set(name: string, state: CallState): void {
    this.#states.set(name, state);
    this.card.requestUpdate();
  }
}
