/** Loading stored events, page by page, as one scrolls to the end of the log. */

import type { Cursor, EventPage } from "./event";
import type { Search } from "./event-feed";

export class OlderEvents {
  /** Whether there is nothing older. */
  isComplete = false;

  isLoading = false;

  #cursor: Cursor | undefined;
  #key = "";
  #attempt = 0;

  constructor(
    private readonly search: (search: Search) => Promise<EventPage | undefined>,
    private readonly onPage: (page: EventPage) => void,
  ) {}

  /** Load the next page, unless that is under way or all is loaded. `key` stands for what is searched. */
  async load(key: string, search: Search): Promise<void> {
    if (key !== this.#key) {
      this.#key = key;
      this.restart();
    }
    if (this.isComplete || this.isLoading) {
      return;
    }
    const attempt = ++this.#attempt;
    this.isLoading = true;
    const page = await this.search(this.#cursor ? { ...search, cursor: this.#cursor } : search);
    if (attempt !== this.#attempt) {
      return;
    }
    this.isLoading = false;
    this.#cursor = page?.cursor ?? undefined;
    this.isComplete = !page?.cursor;
    this.onPage(page ?? { events: [], cursor: null, visible: true });
  }

  restart(): void {
    this.#attempt += 1;
    this.isLoading = false;
    this.isComplete = false;
    this.#cursor = undefined;
  }
}
