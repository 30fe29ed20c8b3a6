/** Calling the functions of a device. */

import type { ReactiveController, ReactiveControllerHost } from "lit";

import type { HomeAssistant } from "../hass";
import { errorMessage, type ServiceError } from "../service-error";

/** What is going on with a function. */
export type CallState =
  | { kind: "idle" }
  | { kind: "asking"; argument: string }
  | { kind: "running"; argument: string }
  | { kind: "failed"; argument: string; message: string };

const IDLE: CallState = { kind: "idle" };

/** Calls functions one at a time, and keeps what became of them; a value that returns is in the snapshot. */
export class FunctionCalls implements ReactiveController {
  private readonly states = new Map<string, CallState>();

  constructor(
    private readonly host: ReactiveControllerHost & { hass: HomeAssistant },
    private readonly options: () => { deviceId: string; confirm: boolean },
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    // Nothing is followed.
  }

  /** Whether a function is running; the device answers one call at a time. */
  get busy(): boolean {
    return [...this.states.values()].some(({ kind }) => kind === "running");
  }

  stateOf(name: string): CallState {
    return this.states.get(name) ?? IDLE;
  }

  /** Forget everything, because the card shows another device. */
  clear(): void {
    this.states.clear();
  }

  /** Call a function, or first ask whether to. */
  start(name: string, argument: string): void {
    if (this.options().confirm) {
      this.set(name, { kind: "asking", argument });
    } else {
      void this.run(name, argument);
    }
  }

  cancel(name: string): void {
    this.set(name, IDLE);
  }

  /** Call a function; it costs a data operation, so it is never repeated by itself. */
  async run(name: string, argument: string): Promise<void> {
    if (this.busy) {
      return;
    }
    const { hass } = this.host;
    const { deviceId } = this.options();
    this.set(name, { kind: "running", argument });
    let state = IDLE;
    try {
      await hass.callWS({
        type: "call_service",
        domain: "particle",
        service: "call_function",
        service_data: { function: name, argument },
        target: { device_id: deviceId },
        return_response: true,
      });
    } catch (error) {
      const message = await errorMessage(hass, error as ServiceError);
      state = { kind: "failed", argument, message };
    }
    if (this.options().deviceId === deviceId) {
      this.set(name, state);
    }
  }

  private set(name: string, state: CallState): void {
    this.states.set(name, state);
    this.host.requestUpdate();
  }
}
