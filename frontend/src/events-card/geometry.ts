/** Where the rows of the list are: all have one height, but those that are open are higher. */

export interface OpenRow {
  index: number;
  /** Pixels that it is higher than a closed one. */
  extra: number;
}

export interface Rows {
  count: number;
  height: number;
  /** In the order of their indexes. */
  open: OpenRow[];
}

/** Return the pixels above a row. */
export const offsetOf = ({ height, open }: Rows, index: number): number => {
  let offset = index * height;
  for (const row of open) {
    if (row.index >= index) {
      break;
    }
    offset += row.extra;
  }
  return offset;
};

export const totalHeight = (rows: Rows): number => offsetOf(rows, rows.count);

/** Return the index of the row at a pixel; of the nearest row where there is none. */
const indexAt = ({ count, height, open }: Rows, pixel: number): number => {
  let above = 0;
  for (const { index, extra } of open) {
    const top = index * height + above;
    if (pixel < top) {
      break;
    }
    if (pixel < top + height + extra) {
      return index;
    }
    above += extra;
  }
  return Math.max(0, Math.min(count - 1, Math.floor((pixel - above) / height)));
};

/** Return the first row to draw and the one after the last, with some more on both sides. */
export const visibleRange = (
  rows: Rows,
  top: number,
  viewport: number,
  more: number,
): [start: number, end: number] => {
  if (!rows.count) {
    return [0, 0];
  }
  return [
    Math.max(0, indexAt(rows, top) - more),
    Math.min(rows.count, indexAt(rows, top + viewport) + 1 + more),
  ];
};
