import assert from "node:assert/strict";
import { test } from "node:test";

import type { ReactiveController } from "lit";

import { present } from "../src/clock";
import { Feed } from "../src/feed";
import type { HomeAssistant, WebSocketCommand } from "../src/hass";
import { fakeHass } from "./fake-hass";

/** A host and a connection whose messages the test sends. */
class Page {
  deviceId = "tank";
  readonly feed: Feed<Record<string, unknown>>;
  readonly asked: WebSocketCommand[] = [];
  refusal: { code: string } | undefined;
  private readonly listeners = new Map<string, Set<() => void>>();
  private controller: ReactiveController | undefined;
  private send: ((message: unknown) => void) | undefined;

  constructor() {
    const hass: HomeAssistant = fakeHass({
      connection: {
        connected: true,
        addEventListener: (type, listener) => {
          this.listeners.set(type, new Set([...(this.listeners.get(type) ?? []), listener]));
        },
        removeEventListener: (type, listener) => {
          this.listeners.get(type)?.delete(listener);
        },
        subscribeMessage: (onMessage, command) => {
          this.asked.push(command);
          if (this.refusal) {
            // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as the library does
            return Promise.reject(this.refusal);
          }
          this.send = onMessage;
          return Promise.resolve(() => Promise.resolve());
        },
      },
    });
    this.feed = new Feed<Record<string, unknown>>(
      {
        hass,
        addController: (controller) => {
          this.controller = controller;
        },
        removeController: () => undefined,
        requestUpdate: () => undefined,
        updateComplete: Promise.resolve(true),
      },
      () => ({ type: "follow", device_id: this.deviceId }),
    );
  }

  async show(): Promise<void> {
    this.controller?.hostUpdated?.();
    await Promise.resolve();
  }

  async fire(type: string): Promise<void> {
    this.listeners.get(type)?.forEach((listener) => {
      listener();
    });
    await Promise.resolve();
  }

  leave(): void {
    this.controller?.hostDisconnected?.();
  }

  message(patch: unknown, complete = true, now = Date.now()): void {
    this.send?.({ patch, complete, now: new Date(now).toISOString() });
  }
}

const followed = async (): Promise<Page> => {
  const page = new Page();
  await page.show();
  page.message({ a: 1, b: 2 });
  return page;
};

void test("patches make the object", async () => {
  const page = await followed();
  page.message({ a: null, b: 3 });
  assert.deepEqual(page.feed.object, { b: 3 });
  assert.equal(page.feed.live, true);
});

void test("an object that comes in pieces is shown when it is complete: a part of it would not be true", async () => {
  const page = new Page();
  await page.show();
  page.message({ a: 1 }, false);
  page.message({ b: 2 }, false);
  assert.deepEqual([page.feed.object, page.feed.live], [undefined, false]);
  page.message({}, true);
  assert.deepEqual([page.feed.object, page.feed.live], [{ a: 1, b: 2 }, true]);
});

void test("a connection that is lost leaves what is known, and says that it is not live", async () => {
  const page = await followed();
  await page.fire("disconnected");
  assert.deepEqual([page.feed.object, page.feed.live], [{ a: 1, b: 2 }, false]);
});

void test("a new connection sends the object anew, and what has gone meanwhile is gone", async () => {
  const page = await followed();
  await page.fire("disconnected");
  await page.fire("ready");
  page.message({ b: 3 }, false);
  assert.deepEqual([page.feed.object, page.feed.live], [{ a: 1, b: 2 }, false]);
  page.message({ c: 4 });
  assert.deepEqual([page.feed.object, page.feed.live], [{ b: 3, c: 4 }, true]);
});

void test("another device does not show the values of the one before", async () => {
  const page = await followed();
  page.deviceId = "boat";
  await page.show();
  assert.equal(page.feed.object, undefined);
});

void test("who may not see it is told so, and does not ask again", async () => {
  const page = new Page();
  page.refusal = { code: "unauthorized" };
  await page.show();
  await Promise.resolve();
  assert.deepEqual(page.feed.error, { code: "unauthorized" });
  assert.equal(page.asked.length, 1);
});

void test("a clock that is wrong is corrected by that of Home Assistant, and one that is right is not", async () => {
  const page = await followed();
  const hour = 3_600_000;
  for (const wrong of [hour, -hour, 0]) {
    page.message({}, true, Date.now() - wrong);
    assert.ok(Math.abs(Date.now() - present() - wrong) < 1_000);
  }
  page.message({}, true, Date.now() - 3_000);
  assert.ok(Date.now() - present() < 1_000);
});

void test("it says why nothing comes in", async () => {
  const page = await followed();
  await page.fire("disconnected");
  assert.equal(page.feed.problem, "disconnected");
  page.refusal = { code: "unknown_command" };
  await page.fire("ready");
  await Promise.resolve();
  assert.equal(page.feed.problem, "not_loaded");
  page.leave();
});
