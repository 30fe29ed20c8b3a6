/** The times that the chart can show. */

export const WINDOWS: [hours: number, key: string][] = [
  [1, "1_h"],
  [24, "24_h"],
  [168, "7_d"],
];
