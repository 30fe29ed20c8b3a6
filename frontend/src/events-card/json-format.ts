/** JSON with line breaks and indentation. */

export interface Token {
  text: string;
  isValue: boolean;
}

/** Return tokens of JSON with line breaks and indentation between them. */
export const formatJson = (tokens: string[]): Token[] => {
  const result: Token[] = [];
  let depth = 0;
  const breakLine = (): void => {
    result.push({ text: `\n${"  ".repeat(depth)}`, isValue: false });
  };
  tokens.forEach((text, index) => {
    const opens = text === "{" || text === "[";
    const closes = text === "}" || text === "]";
    const wasOpened = tokens[index - 1] === "{" || tokens[index - 1] === "[";
    if (closes) {
      depth -= 1;
      if (!wasOpened) {
        breakLine();
      }
    } else if (wasOpened) {
      breakLine();
    }
    if (opens) {
      depth += 1;
    }
    const isKey = tokens[index + 1] === ":";
    const isValue = !isKey && !opens && !closes && text !== "," && text !== ":";
    result.push({ text: text === ":" ? ": " : text, isValue });
    if (text === ",") {
      breakLine();
    }
  });
  return result;
};
