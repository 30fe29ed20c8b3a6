/**
 * What all cards have in common, in one file instead of one for each set of cards that shares something: each
 * further file costs a request and compresses worse. The cards import this module for that alone.
 */

import "./connection";
import "./content";
import "./devices";
import "./freshness";
import "./hass";
import "./locale";
import "./localize";
import "./registry";
import "./styles";
import "lit/directives/repeat.js";
