/** Reading a variable now. */

import type { ReactiveController, ReactiveControllerHost } from "lit";

import { runAction } from "../action";
import type { HomeAssistant } from "../hass";
import { errorMessage, type ServiceError } from "../service-error";

type Host = ReactiveControllerHost & { hass: HomeAssistant };

/** Reads a variable when it is told to; the value comes by the device's feed. */
export class Reading implements ReactiveController {
  isRunning = false;

  /** Why the last try failed. */
  failure: string | undefined;

  constructor(private readonly host: Host) {
    host.addController(this);
  }

  hostConnected(): void {
    this.failure = undefined;
  }

  async run(deviceId: string, variable: string): Promise<void> {
    this.isRunning = true;
    this.failure = undefined;
    this.host.requestUpdate();
    const { hass } = this.host;
    try {
      await runAction(hass, "read_variable", { data: { variable }, deviceId });
    } catch (error) {
      this.failure = await errorMessage(hass, error as ServiceError);
    }
    this.isRunning = false;
    this.host.requestUpdate();
  }
}
