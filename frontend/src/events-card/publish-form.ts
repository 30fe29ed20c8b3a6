/** A small form with which administrators publish an event. */

import { html, nothing, type TemplateResult } from "lit";

import { Content } from "../content";
import { define } from "../registry";
import { errorMessage, type ServiceError } from "../service-error";
import { sharedStyles } from "../styles";
import { publishEvent } from "./actions";
import { publishStyles } from "./publish-styles";

interface Account {
  entry_id: string;
  title: string;
  state: string;
}

class PublishForm extends Content {
  static override styles = [sharedStyles, publishStyles];

  protected readonly section = "events_card";

  #accounts: Account[] = [];
  #isBusy = false;
  #failure = "";
  #published = "";

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#loadAccounts();
  }

  protected override firstUpdated(): void {
    this.renderRoot.querySelector("input")?.focus();
  }

  protected override render(): TemplateResult {
    return html`<form @submit=${this.#handleSubmit} @keydown=${this.#handleKey}>
      ${
        this.#accounts.length > 1
          ? html`<label
              >${this.say("account")}<select name="account" class="box">
                ${this.#accounts.map(
                  ({ entry_id: id, title }) => html`<option value=${id}>${title}</option>`,
                )}
              </select></label
            >`
          : nothing
      }
      <label
        >${this.say("event_name")}<input
          class="box"
          name="event"
          required
          maxlength="64"
          autocomplete="off"
          spellcheck="false"
      /></label>
      <label
        >${this.say("event_data")}<textarea
          class="box"
          name="data"
          rows="2"
          spellcheck="false"
        ></textarea>
      </label>
      <p class="secondary">${this.say("publish_hint")}</p>
      <div class="actions">
        <button type="submit" class="button strong" ?disabled=${this.#isBusy}>
          ${this.say("publish")}
        </button>
        <button type="button" class="button plain" @click=${this.#close}>
          ${this.say("close")}
        </button>
      </div>
      <p role="status">${this.#published}</p>
      ${this.#failure ? html`<p class="failure" role="alert">${this.#failure}</p>` : nothing}
    </form>`;
  }

  async #loadAccounts(): Promise<void> {
    try {
      const entries = await this.hass.callWS({ type: "config_entries/get", domain: "particle" });
      this.#accounts = (entries as Account[]).filter((entry) => entry.state === "loaded");
      this.requestUpdate();
    } catch {
      // With one account none has to be chosen; with several, the action says so.
    }
  }

  readonly #handleSubmit = (submit: SubmitEvent): void => {
    submit.preventDefault();
    const form = new FormData(submit.target as HTMLFormElement);
    const field = (name: string): string => {
      const value = form.get(name);
      return typeof value === "string" ? value : "";
    };
    void this.#publish(field("event"), field("data"), field("account"));
  };

  async #publish(event: string, data: string, account: string): Promise<void> {
    this.#isBusy = true;
    this.#failure = "";
    this.#published = "";
    this.requestUpdate();
    try {
      await publishEvent(this.hass, event, data, account || undefined);
      this.#published = this.say("published", { event });
    } catch (error) {
      this.#failure = await errorMessage(this.hass, error as ServiceError);
    }
    this.#isBusy = false;
    this.requestUpdate();
  }

  readonly #handleKey = (event: KeyboardEvent): void => {
    if (event.key === "Escape") {
      this.#close();
    }
  };

  readonly #close = (): void => {
    this.dispatchEvent(new CustomEvent("particle-close"));
  };
}

define("particle-publish-form", PublishForm);
