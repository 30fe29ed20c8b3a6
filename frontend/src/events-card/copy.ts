/** Copying text, also where the page is not served over HTTPS. */

export const copyText = async (text: string, near: ParentNode): Promise<boolean> => {
  // Its type says that it is always there.
  const clipboard = navigator.clipboard as Clipboard | undefined;
  try {
    if (clipboard) {
      await clipboard.writeText(text);
      return true;
    }
  } catch {
    // The browser may still allow the old way.
  }
  const field = document.createElement("textarea");
  field.value = text;
  field.style.cssText = "position:fixed;opacity:0";
  near.append(field);
  field.select();
  try {
    // Deprecated, and the only way without HTTPS.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    return document.execCommand("copy");
  } finally {
    field.remove();
  }
};
