/** JSON as people read it. Its own text is used throughout: a parser would round long numbers and sort keys. */

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** Return whether a text is a JSON object or list; a number or a word alone is better read as text. */
export const isJson = (text: string): boolean => {
  if (!/^\s*[{[]/.test(text)) {
    return false;
  }
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** Return the strings, numbers, words and signs of JSON. */
export const tokensOf = (json: string): string[] => json.match(TOKEN) ?? [];

/** Return a string without its quotation marks, and anything else as it is. */
const plain = (token: string): string =>
  token.startsWith('"') ? (JSON.parse(token) as string) : token;

export interface Pair {
  /** Undefined in a list. */
  key: string | undefined;
  value: string;
}

/** Return the first values of a JSON object or list; objects and lists in it as their own text. */
export const firstPairs = (json: string, limit: number): Pair[] => {
  const pairs: Pair[] = [];
  let depth = 0;
  let key: string | undefined;
  let value: string[] = [];
  const finish = (): void => {
    if (value.length) {
      const [only = ""] = value;
      pairs.push({ key, value: value.length === 1 ? plain(only) : value.join("") });
    }
    key = undefined;
    value = [];
  };
  for (const token of tokensOf(json)) {
    const closes = token === "}" || token === "]";
    if (closes) {
      depth -= 1;
    }
    if (depth === 0 && closes) {
      finish();
    } else if (depth === 1 && token === ",") {
      finish();
      if (pairs.length >= limit) {
        return pairs;
      }
    } else if (depth === 1 && token === ":") {
      key = plain(value.pop() ?? '""');
    } else if (depth > 0) {
      value.push(token);
    }
    if (token === "{" || token === "[") {
      depth += 1;
    }
  }
  return pairs;
};
