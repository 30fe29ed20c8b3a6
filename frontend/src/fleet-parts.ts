/** What shows the fleet, in one file: the badge needs much of what the card does. */

export * as badge from "./badge/badge";
export * as fleetCard from "./fleet-card/fleet-card";
