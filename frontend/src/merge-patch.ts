/** Patches of JSON objects as the integration sends them: JSON Merge Patch, RFC 7396. */

export type JsonObject = Record<string, unknown>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Return a JSON value with a patch applied.
 *
 * What is not changed is shared with the value that was there, which itself is left as it is. Names come
 * from the cloud, so `__proto__` is a name like any other.
 */
export const applyPatch = (target: unknown, patch: unknown): unknown => {
  if (!isObject(patch)) {
    return patch;
  }
  const result = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) {
      result.delete(name);
    } else {
      result.set(name, applyPatch(result.get(name), value));
    }
  }
  return Object.fromEntries(result);
};
