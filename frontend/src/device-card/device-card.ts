/** The content of `particle-device-card`: one device. */

import { html, LitElement, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";

import type { CardContent, CardModule } from "../card";
import { deviceName, type CardConfig, type HomeAssistant } from "../hass";
import { text } from "../localize";
import { define } from "../registry";
import { sharedStyles } from "../styles";

class DeviceCardContent extends LitElement implements CardContent {
  static override styles = sharedStyles;

  @property({ attribute: false }) config!: CardConfig;
  @property({ attribute: false }) hass!: HomeAssistant;
  @property({ type: Boolean }) preview = false;

  protected override render(): TemplateResult {
    const { device_id: deviceId } = this.config;
    if (typeof deviceId !== "string" || !deviceId) {
      return this.note("cards.choose_device");
    }
    const device = this.hass.devices[deviceId];
    if (!device) {
      return this.note("cards.device_gone");
    }
    return html`<ha-card>
      <div class="header"><bdi class="name">${deviceName(device)}</bdi></div>
    </ha-card>`;
  }

  private note(key: string): TemplateResult {
    return html`<ha-card><p class="note">${text(this.hass.localize, key)}</p></ha-card>`;
  }
}

define("particle-device-card-content", DeviceCardContent);

export const createContent: CardModule["createContent"] = () => new DeviceCardContent();

export const configForm: CardModule["configForm"] = () => ({
  schema: [
    { name: "device_id", required: true, selector: { device: { integration: "particle" } } },
  ],
  computeLabel: ({ name }, localize) => text(localize, `editor.${name}`),
});

export const stubConfig: CardModule["stubConfig"] = (hass) => {
  const device = Object.values(hass.devices).find(
    ({ disabled_by: disabledBy, entry_type: entryType, identifiers }) =>
      !disabledBy &&
      entryType !== "service" &&
      identifiers.some(([domain]) => domain === "particle"),
  );
  return { device_id: device?.id ?? "" };
};
