/** The content of `particle-function-feature`: buttons that run functions of a device with stored arguments. */

import "../shared";
import "../shared-by-devices";

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";

import { runAction } from "../action";
import { Content } from "../content";
import { deviceStyles } from "../device-styles";
import type { FeatureContent, FeatureModule } from "../feature";
import { Feed } from "../feed";
import type { CardConfig } from "../hass";
import { formatNumber } from "../locale";
import { text } from "../localize";
import { define } from "../registry";
import { errorMessage, type ServiceError } from "../service-error";
import type { Snapshot } from "../snapshot";
import { statusText } from "../status";
import { sharedStyles } from "../styles";
import { featureStyles } from "./styles";

interface ChosenFunction {
  function: string;
  argument?: string;
  label?: string;
  icon?: string;
  confirm?: boolean;
}

interface FunctionFeatureConfig extends CardConfig {
  functions?: ChosenFunction[];
}

/** What is going on with one of the buttons, in words. */
interface Press {
  index: number;
  kind: "asking" | "running" | "said" | "failed";
  says: string;
}

// The form offers the functions of the device. It is opened beside a tile that has this feature and so knows them.
const functionNames = new Map<string | undefined, string[]>();

/** How long a question waits, as in features of Home Assistant, and how long a result stands without its age. */
const DURATION_MS = { asking: 5_000, said: 10_000 };

class FunctionFeatureContent extends Content implements FeatureContent {
  static override properties = { ...Content.properties, deviceId: { attribute: false } };
  static override styles = [sharedStyles, deviceStyles, featureStyles];

  declare config: FunctionFeatureConfig;
  declare deviceId: string | undefined;

  protected readonly section = "function_feature";

  #pressed: Press | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly #feed = new Feed<Snapshot>(this, () => {
    const { deviceId } = this;
    return deviceId === undefined
      ? undefined
      : { type: "particle/device/subscribe", device_id: deviceId };
  });

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("config") || changed.has("deviceId")) {
      this.#set(undefined);
    }
  }

  protected override render(): TemplateResult {
    const { deviceId } = this;
    const pressed = this.#pressed;
    const functions = this.config.functions ?? [];
    functionNames.set(deviceId, Object.keys(this.#feed.object?.functions ?? {}));
    if (deviceId === undefined || !functions.length) {
      return html`<p>${this.say(deviceId === undefined ? "no_device" : "choose")}</p>`;
    }
    const failed = pressed?.kind === "failed";
    return html`${functions.map((chosen, index) =>
        failed && pressed.index !== index ? nothing : this.#button(chosen, index),
      )}
      <div class="visually-hidden" role=${failed ? "alert" : "status"}>${pressed?.says}</div>
      <div
        id="failure"
        dir="auto"
        popover
        @toggle=${({ newState }: ToggleEvent) => {
          if (newState === "closed") {
            this.#set(undefined);
          }
        }}
      >
        ${pressed?.says}
      </div>`;
  }

  #button(chosen: ChosenFunction, index: number): TemplateResult {
    const { function: name, argument = "", label, icon } = chosen;
    const { kind, says }: Partial<Press> = this.#pressed?.index === index ? this.#pressed : {};
    const failed = kind === "failed";
    const reason = this.#reason(name);
    const title = label ?? name;
    const named = !failed && kind !== "asking" && (label ?? !icon);
    return html`<button
      class="button ${kind ?? ""}"
      aria-label=${[title, says ?? reason].filter(Boolean).join(": ")}
      aria-disabled=${!failed && (reason !== undefined || this.#pressed?.kind === "running")}
      aria-busy=${kind === "running"}
      title=${failed ? says : (reason ?? this.say("press", { call: `${name}(${argument})` }))}
      popovertarget=${failed ? "failure" : nothing}
      @keydown=${ignoreRepeated}
      @click=${(event: MouseEvent) => {
        // The second click of a double click is none of its own.
        if (event.detail < 2) {
          this.#press(chosen, index, reason);
        }
      }}
    >
      ${
        kind === "running"
          ? html`<span class="spinner"></span>`
          : failed || icon
            ? html`<ha-icon .icon=${failed ? "mdi:alert-circle-outline" : icon}></ha-icon>`
            : nothing
      }
      ${named || says ? html`<span class="who">${named ? html`<bdi class="name">${title}</bdi>` : nothing}<span class="says" dir="auto">${says}</span></span>` : nothing}
    </button>`;
  }

  /** Return why a function cannot be run now; undefined if it can. */
  #reason(name: string): string | undefined {
    const { object: snapshot, live, error } = this.#feed;
    if (!snapshot) {
      return this.sayShared(
        error ? (error.code === "unauthorized" ? "not_allowed" : "disconnected") : "loading",
      );
    }
    const { access, functions, status } = snapshot;
    if (access?.control === false) {
      return text(this.hass.localize, "device_card.no_control");
    }
    if (!live) {
      return this.sayShared("disconnected");
    }
    if (status.state !== "online") {
      return statusText(this.hass, status, Date.now(), true);
    }
    return functions && name in functions ? undefined : this.say("missing");
  }

  #press(chosen: ChosenFunction, index: number, reason: string | undefined): void {
    const { kind, index: last } = this.#pressed ?? {};
    if (kind === "running" || kind === "failed") {
      return;
    }
    if (reason !== undefined) {
      this.#set({ index, kind: "said", says: reason });
    } else if (chosen.confirm && !(kind === "asking" && last === index)) {
      this.#set({ index, kind: "asking", says: text(this.hass.localize, "device_card.confirm") });
    } else {
      void this.#run(chosen, index);
    }
  }

  async #run({ function: name, argument = "" }: ChosenFunction, index: number): Promise<void> {
    const { hass, deviceId } = this;
    if (deviceId === undefined) {
      return;
    }
    const running: Press = {
      index,
      kind: "running",
      says: text(hass.localize, "device_card.running"),
    };
    this.#set(running);
    let result: Press;
    try {
      const { response } = (await runAction(hass, "call_function", {
        data: { function: name, argument },
        deviceId,
      })) as { response: { return_value: number } };
      const value = formatNumber(hass, response.return_value);
      result = { index, kind: "said", says: this.say("returned", { value }) };
    } catch (error) {
      result = { index, kind: "failed", says: await errorMessage(hass, error as ServiceError) };
    }
    if (this.#pressed === running) {
      this.#set(result);
    }
  }

  #set(pressed: Press | undefined): void {
    clearTimeout(this.#timer);
    this.#pressed = pressed;
    this.requestUpdate();
    const kind = pressed?.kind;
    if (kind === "asking" || kind === "said") {
      this.#timer = setTimeout(() => {
        this.#set(undefined);
      }, DURATION_MS[kind]);
    }
  }
}

/** Whoever holds the key down wants one call, and not one after another. */
const ignoreRepeated = (event: KeyboardEvent): void => {
  if (event.repeat && event.key === "Enter") {
    event.preventDefault();
  }
};

define("particle-function-feature-content", FunctionFeatureContent);

export const createContent: FeatureModule["createContent"] = () => new FunctionFeatureContent();

export const configForm: FeatureModule["configForm"] = (hass, deviceId) => {
  const say = (key: string): string => text(hass.localize, `function_feature.${key}`);
  const options = functionNames.get(deviceId) ?? [];
  const selectors = {
    function: { select: { custom_value: true, mode: "dropdown", options } },
    argument: { text: {} },
    label: { text: {} },
    icon: { icon: {} },
    confirm: { boolean: {} },
  };
  const fields = Object.entries(selectors).map(([name, selector]) => [
    name,
    {
      selector,
      label: say(name),
      description: say(`${name}_helper`),
      required: name === "function",
    },
  ]);
  return {
    schema: [
      {
        name: "functions",
        selector: {
          object: {
            multiple: true,
            label_field: "function",
            description_field: "argument",
            fields: Object.fromEntries(fields) as unknown,
          },
        },
      },
    ],
    computeLabel: () => say("functions"),
  };
};
