import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import type { DeviceCardConfig } from "../src/device-card/config";
import { FunctionCalls } from "../src/device-card/functions";
import type { WebSocketCommand } from "../src/hass";
import { fakeHass } from "./fake-hass";

let commands: WebSocketCommand[];
let config: DeviceCardConfig;
let calls: FunctionCalls;

beforeEach(() => {
  commands = [];
  config = { type: "", device_id: "device" };
  const hass = fakeHass({
    callWS: (command) => {
      commands.push(command);
      return Promise.resolve({});
    },
  });
  calls = new FunctionCalls({ config, hass, requestUpdate: () => undefined });
});

void test("A function gets the argument that was typed for it, and no other", () => {
  calls.setArgument("open", "50");

  calls.start("open");
  assert.deepEqual(commands[0]?.["service_data"], { function: "open", argument: "50" });

  calls.clear();
  calls.start("close");
  assert.deepEqual(commands[1]?.["service_data"], { function: "close", argument: "" });
});

void test("One function runs at a time", () => {
  calls.start("open");
  calls.start("close");

  assert.ok(calls.busy);
  assert.equal(commands.length, 1);
});

void test("A function that is to be confirmed does not run before that", () => {
  config.confirm_functions = true;
  calls.setArgument("open", "50");

  calls.start("open");

  assert.deepEqual(calls.stateOf("open"), { kind: "asking", argument: "50" });
  assert.deepEqual(commands, []);
});
