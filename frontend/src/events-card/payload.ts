/** What an event carries: nothing, text, JSON, or bytes. */

import { isJson } from "./json";

export type Payload =
  | { kind: "none" }
  | { kind: "text"; text: string }
  | { kind: "json"; text: string }
  | { kind: "binary"; type: string; bytes: number; start: string };

/** Device OS sends bytes as a `data:` URL. */
const DATA_URL = /^data:([\w.+-]+\/[\w.+-]+)?[^,]*;base64,([A-Za-z0-9+/]*={0,2})$/;

const SHOWN_BYTES = 64;

const hexadecimal = (base64: string): string =>
  Array.from(atob(base64), (byte) => byte.charCodeAt(0).toString(16).padStart(2, "0")).join(" ");

const readBinary = (data: string): Payload | undefined => {
  const match = DATA_URL.exec(data);
  if (!match) {
    return undefined;
  }
  const [, type = "application/octet-stream", base64 = ""] = match;
  const digits = base64.replace(/=+$/, "").length;
  try {
    const start = hexadecimal(base64.slice(0, Math.ceil(SHOWN_BYTES / 3) * 4));
    return { kind: "binary", type, bytes: Math.floor((digits * 3) / 4), start };
  } catch {
    return undefined;
  }
};

export const readPayload = (data: string | null): Payload => {
  if (!data) {
    return { kind: "none" };
  }
  if (isJson(data)) {
    return { kind: "json", text: data };
  }
  return readBinary(data) ?? { kind: "text", text: data };
};
