/** Leading to other places of Home Assistant. */

/** Open the dialog of an entity. */
export const showMoreInfo = (from: EventTarget | null, entityId: string): void => {
  from?.dispatchEvent(
    new CustomEvent("hass-more-info", { detail: { entityId }, bubbles: true, composed: true }),
  );
};

/** Go to a page, as the frontend's own links do. */
export const goTo = (path: string): void => {
  history.pushState(null, "", path);
  window.dispatchEvent(new CustomEvent("location-changed", { detail: { replace: false } }));
};
