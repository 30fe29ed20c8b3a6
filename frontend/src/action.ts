/** Running the actions of the integration. */

import type { HomeAssistant } from "./hass";

export interface Action {
  data: Record<string, unknown>;
  deviceId?: string;
}

/** Run an action; on a device, it returns a response, which is not needed here. */
export const runAction = (
  hass: HomeAssistant,
  service: string,
  { data, deviceId }: Action,
): Promise<unknown> =>
  hass.callWS({
    type: "call_service",
    domain: "particle",
    service,
    service_data: data,
    ...(deviceId === undefined ? {} : { target: { device_id: deviceId }, return_response: true }),
  });
