/** Parts that are loaded together: files of their own would be larger than what they save. */

export * as variableCard from "./variable-card/variable-card";
export * as functionFeature from "./features/function-feature";
