// Installed in each page before its own scripts: says what was painted and when, and what came in.
(() => {
  const OBSERVED = /^(hui-|particle-|ha-logbook)/;
  const elements = new Map();
  const errors = [];

  // A card whose element is defined late is an error card that is hidden at first, for two seconds.
  const hidden = new Set();
  const lookForErrors = () => {
    for (const element of hidden) {
      if (element.isConnected && element.checkVisibility()) {
        errors.push(element._config?.message ?? textOf(element));
        hidden.delete(element);
      }
    }
  };
  setInterval(lookForErrors, 200);

  // Shadow roots hide what is in them from the document, so each element is noted as it gets one.
  const { attachShadow } = Element.prototype;
  Element.prototype.attachShadow = function (options) {
    const { localName } = this;
    if (OBSERVED.test(localName)) {
      elements.set(localName, [...(elements.get(localName) ?? []), this].filter(isKept));
      if (localName === "hui-error-card") {
        hidden.add(this);
      }
    }
    return attachShadow.call(this, options);
  };
  const isKept = (element, index, { length }) => element.isConnected || length - index < 1000;

  /** All that an element says, in its shadow roots too. */
  const textOf = (node) => {
    const parts = [];
    const collect = (one) => {
      if (one.nodeType === Node.TEXT_NODE) {
        parts.push(one.data);
      } else if (one.localName !== "style") {
        one.shadowRoot?.childNodes.forEach(collect);
        one.childNodes.forEach(collect);
      }
    };
    collect(node);
    return parts.join(" ").replaceAll(/\s+/g, " ").trim();
  };

  const all = (name) => (elements.get(name) ?? []).filter(({ isConnected }) => isConnected);
  const says = (element, pattern) => !!element && new RegExp(pattern).test(textOf(element));

  /** The time at which the frame that is about to be drawn is there. */
  const afterPaint = () =>
    new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(performance.now());
      port2.postMessage(undefined);
    });

  /** Resolve when the first frame for which a condition holds is painted. */
  const painted = async (condition) => {
    for (;;) {
      await new Promise(requestAnimationFrame);
      // Others may still render before this frame is painted, so it is looked at after that.
      const time = await afterPaint();
      if (condition()) return time;
    }
  };

  /** Return when each of some elements says what it should: name, pattern, place among those of the name. */
  const watch = (marks) =>
    Promise.all(marks.map(([name, pattern, place]) => painted(() => says(all(name)[place], pattern))));

  // --- What comes in on the WebSocket ----------------------------------------------------------

  let awaited;
  let leftOut = 0;

  const kindOf = ({ event }) => {
    if (event?.patch) return "patch";
    if (event?.subscription !== undefined) return "events";
    if (event?.a || event?.c) return "states";
    return Array.isArray(event?.events) ? "logbook" : undefined;
  };

  const take = ({ data }) => {
    const now = performance.now();
    for (const [, count] of data.matchAll(/"left_out":(\d+)/g)) {
      leftOut += Number(count);
    }
    if (awaited && data.includes(awaited.marker)) {
      for (const message of [JSON.parse(data)].flat()) {
        if (JSON.stringify(message).includes(awaited.marker)) {
          awaited.arrivals[kindOf(message)] ??= now;
        }
      }
    }
  };

  window.WebSocket = class extends WebSocket {
    constructor(...options) {
      super(...options);
      this.addEventListener("message", take);
    }
  };

  /** Return, by element, the milliseconds from a marker on the socket to the frame that shows it. */
  const latency = async (marker, kinds) => {
    const arrivals = {};
    awaited = { marker, arrivals };
    const times = await Promise.all(
      Object.entries(kinds).map(async ([name, kind]) => {
        const [element] = all(name);
        if (textOf(element).includes(marker)) throw new Error(`${name} already shows ${marker}`);
        const time = await painted(() => arrivals[kind] !== undefined && textOf(element).includes(marker));
        return [name, time - arrivals[kind]];
      }),
    );
    awaited = undefined;
    return Object.fromEntries(times);
  };

  // --- How smoothly the page runs ---------------------------------------------------------------

  let run;

  const start = (names) => {
    const watched = names.flatMap(all);
    run = { began: performance.now(), frames: 0, longTasks: [], renders: 0, mostRenders: 0, gap: 0 };
    const mine = run;
    leftOut = 0;
    let inFrame = 0;
    let last = run.began;
    for (const element of watched) {
      const { performUpdate } = element;
      element.performUpdate = function () {
        mine.renders += 1;
        inFrame += 1;
        mine.mostRenders = Math.max(mine.mostRenders, inFrame);
        return performUpdate.call(this);
      };
    }
    run.observer = new PerformanceObserver((list) => {
      mine.longTasks.push(...list.getEntries().map(({ duration }) => duration));
    });
    run.observer.observe({ entryTypes: ["longtask"] });
    const count = (now) => {
      mine.frames += 1;
      mine.gap = Math.max(mine.gap, now - last);
      last = now;
      // What is rendered in this frame may come before or after this callback; a task ends the frame.
      void afterPaint().then(() => {
        inFrame = 0;
      });
      if (run === mine) requestAnimationFrame(count);
    };
    requestAnimationFrame(count);
  };

  const stop = () => {
    const { began, frames, longTasks, renders, mostRenders, gap, observer } = run;
    longTasks.push(...observer.takeRecords().map(({ duration }) => duration));
    observer.disconnect();
    run = undefined;
    return { seconds: (performance.now() - began) / 1000, frames, longTasks, renders, mostRenders, gap, leftOut };
  };

  performance.setResourceTimingBufferSize(5000);

  /** Return the address and the size on the wire of what was loaded until a time. */
  const loaded = (until) =>
    performance
      .getEntriesByType("resource")
      .filter(({ responseEnd }) => responseEnd <= until)
      .map(({ name, encodedBodySize }) => [new URL(name).pathname, encodedBodySize]);

  window.particleBench = { all, errors: () => (lookForErrors(), errors), latency, loaded, painted, start, stop, watch };
})();
